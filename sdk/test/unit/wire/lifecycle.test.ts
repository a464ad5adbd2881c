import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { admitted, codeIn, exchange, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { tabsHost, welcome } from '../../support/tabs.js';
import { collectUncaught } from '../../support/uncaught.js';

type Client = ReturnType<typeof realClient>;

/** The ends of a session, by the columns of the table, and what brings them about. */
const ENDS: Readonly<Record<string, { readonly early: boolean; readonly end: (client: Client) => void }>> = {
  'port lost, host restarted': { early: false, end: ({ raw }) => raw.host.close() },
  'host says GOODBYE': {
    early: false,
    end: ({ raw }) => raw.host.send([KIND.GOODBYE, { code: 'DISCONNECTED' }]),
  },
  'client closes': { early: false, end: ({ session }) => session.close() },
  refused: { early: true, end: ({ raw }) => raw.host.send([KIND.REFUSE, { code: 'REFUSED' }]) },
  absent: { early: true, end: ({ raw }) => raw.host.close() },
  'no answer to the hello': { early: true, end: ({ raw }) => raw.clock.advance(10_000) },
};

const document = readFileSync(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');
const section = document.slice(document.indexOf('## 12. Lifecycle\n'), document.indexOf('**W12.1**'));
const [header = [], , ...rows] = [...section.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
  row.split('|').map((cell) => cell.trim().replaceAll('`', '')),
);
const cells = rows.flatMap(([what = '', ...codes]) =>
  codes.map((code, i) => [what, header[i + 1] ?? '', code.replace("the refusal's code", 'REFUSED')] as const),
);

/** A client with one call not sent, one of each sort sent, and a subscription; and then its session ends. */
const outcomesOf = async (column: string): Promise<Readonly<Record<string, readonly [string, unknown]>>> => {
  const { early, end } = ENDS[column] ?? { early: false, end: () => {} };
  const absent = column === 'absent';
  const options = {
    connect: { limits: { earlyCalls: 2 } },
    ...(absent ? { lastError: () => 'Could not establish connection. Receiving end does not exist.' } : {}),
  };
  const client = early ? realClient(options) : await welcomed(options, { calls: 2 });
  const { read, control } = client;
  const outcomes = {
    'call, sent, idempotent': failureOf(read.list()),
    'call, sent, not idempotent': failureOf(control.close({ id: 1 })),
    'call, not sent': failureOf(control.close({ id: 2 })),
    subscription: failureOf(read.changed().next()),
  };
  await settled();
  expect(client.raw.host.of(KIND.CALL).map(([, id]) => id)).toEqual([1, 2]);
  end(client);
  const ended = Object.entries(outcomes).map(async ([what, outcome]) => {
    const { code, cause } = await outcome;
    return [what, [code, cause]] as const;
  });
  return Object.fromEntries(await Promise.all(ended));
};

describe('the table', () => {
  test('has a row for all that can be under way, and a column for every end', () => {
    expect(header.slice(1)).toEqual(Object.keys(ENDS));
    expect(rows.map(([what]) => what)).toEqual([
      'call, not sent',
      'call, sent, idempotent',
      'call, sent, not idempotent',
      'subscription',
      'handler in the host',
    ]);
  });

  test.each(cells.filter(([what]) => what.startsWith('call')))(
    '[W12.1] %s, %s: %s',
    async (what, column, code) => {
      const [got, cause] = (await outcomesOf(column))[what] ?? [];
      expect(got).toBe(code);
      if (code === 'OUTCOME_UNKNOWN') expect(cause).toMatchObject({ code: expect.any(String) });
    },
  );

  test.each(cells.filter(([what]) => what === 'subscription'))(
    '[W12.2] %s, %s: %s',
    async (what, column, code) => {
      expect((await outcomesOf(column))[what]?.[0]).toBe(code);
    },
  );
});

test('[W12.1] a call after a violation of the host may have run', async () => {
  const { raw, read, control } = await welcomed();
  const outcomes = [failureOf(control.close({ id: 1 })), failureOf(read.list())];
  await settled();
  raw.host.post('nonsense');
  const [close, list] = await Promise.all(outcomes);
  expect([close?.code, list?.code]).toEqual(['OUTCOME_UNKNOWN', 'PROTOCOL_VIOLATION']);
  expect(close?.cause).toMatchObject({ code: 'PROTOCOL_VIOLATION', origin: 'local' });
});

test('[W12.2] a subscription gives what had arrived, and then its end', async () => {
  const { raw, read } = await welcomed();
  const changes = read.changed();
  await settled();
  raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }]);
  raw.host.close();
  await settled();
  expect([(await changes.next()).value, (await changes.next()).value]).toEqual([{ id: 1 }, { id: 2 }]);
  expect((await failureOf(changes.next())).code).toBe('DISCONNECTED');
  expect(await changes.next()).toEqual({ done: true, value: undefined });
});

describe('a host', () => {
  test.each<readonly [string, (peer: Awaited<ReturnType<typeof admitted>>) => void, string]>([
    ['its port is lost', (peer) => peer.close(), 'DISCONNECTED'],
    ['its client says goodbye', (peer) => peer.send([KIND.GOODBYE, { code: 'CLOSED' }]), 'CLOSED'],
    ['its client breaks a rule', (peer) => peer.send([KIND.HELLO, {}]), 'PROTOCOL_VIOLATION'],
  ])('[W12.3] aborts the handlers of a session when %s', async (_what, end, code) => {
    const server = tabsHost();
    const peer = await admitted(server);
    const other = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', 0, {}], [KIND.SUBSCRIBE, 2, 'read.changed', 5]);
    await exchange(other, [KIND.CALL, 1, 'control.wait', 0, {}]);
    const before = peer.of(KIND.RESULT).length;
    end(peer);
    await settled();
    expect(server.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(server.signals[0]?.reason).toMatchObject({ code });
    expect(server.subscribers()).toBe(0);
    server.emit('changed', { id: 1, title: 'a' });
    server.release();
    await settled();
    expect([peer.of(KIND.RESULT).length, peer.of(KIND.EVENT)]).toEqual([before, []]);
    expect(other.of(KIND.RESULT)).toHaveLength(1);
  });
});

describe('the next session', () => {
  test('[W12.4] begins with a new port, a new hello and the first id', async () => {
    const { raw, read, session } = await welcomed();
    const lost = failureOf(read.get({ id: 1 }));
    await settled();
    raw.host.close();
    await lost;
    expect([session.state, raw.hosts.length]).toEqual(['dormant', 1]);
    const answer = read.get({ id: 2 });
    await settled();
    expect(raw.hosts).toHaveLength(2);
    expect(raw.host.frames.map((frame) => frame.slice(0, 2))).toEqual([
      [KIND.HELLO, expect.any(Object)],
      [KIND.CALL, 1],
    ]);
    raw.host.send(welcome({ session: 't', instance: 'j' }), [KIND.RESULT, 1, { id: 2 }]);
    expect([await answer, session.info?.id, session.info?.instance]).toEqual([{ id: 2 }, 't', 'j']);
  });

  test('[W12.4] answers on a port that was given up reach nobody', async () => {
    const { raw, read } = await welcomed({ connect: { limits: { handshake: 100 } } });
    raw.host.send([KIND.GOODBYE, {}]);
    await settled();
    const answer = read.get({ id: 2 });
    await settled();
    const [first, second] = raw.hosts;
    expect(() => first?.send([KIND.RESULT, 1, { id: 666 }])).toThrow();
    second?.send(welcome(), [KIND.RESULT, 1, { id: 2 }]);
    expect(await answer).toEqual({ id: 2 });
  });

  test('[W12.5] of a client that waits for an absent host sends again what never arrived', async () => {
    const absence = { text: 'Could not establish connection. Receiving end does not exist.' };
    const client = realClient({
      connect: { whenUnreachable: 'wait' },
      lastError: () => absence.text,
    });
    const { raw, control, read } = client;
    const close = control.close({ id: 1 });
    const changes = read.changed();
    await settled();
    raw.host.close();
    await settled();
    expect([client.session.state, raw.hosts.length]).toEqual(['connecting', 1]);
    raw.clock.advance(500);
    await settled();
    expect(raw.hosts).toHaveLength(2);
    expect(raw.host.frames.slice(1)).toEqual([
      [KIND.CALL, 1, 'control.close', 0, { id: 1 }],
      [KIND.SUBSCRIBE, 2, 'read.changed', 256],
    ]);
    raw.host.send(welcome(), [KIND.EVENT, 2, 0, { id: 7 }], [KIND.RESULT, 1, null]);
    expect([await close, (await changes.next()).value]).toEqual([undefined, { id: 7 }]);
  });

  test('[W12.5] of a client that waits repeats nothing once somebody was there', async () => {
    const { raw, control, session } = realClient({ connect: { whenUnreachable: 'wait' } });
    const close = failureOf(control.close({ id: 1 }));
    await settled();
    raw.host.close();
    expect((await close).code).toBe('OUTCOME_UNKNOWN');
    raw.clock.advance(60_000);
    await settled();
    expect([raw.hosts.length, session.state]).toEqual([1, 'dormant']);
  });
});

test('[W12.3] a host that refuses has run nothing', async () => {
  const server = tabsHost();
  const peer = await admitted(server);
  const answers = await exchange(peer, [KIND.CALL, 1, 'admin.reset', 0, null]);
  expect([answers.map(codeIn), server.ran]).toEqual([['CAPABILITY_REFUSED'], []]);
});

describe('listeners of a connection', () => {
  const failures = collectUncaught();

  test('that fail keep nothing from settling', async () => {
    const { raw, read, session } = realClient();
    session.onChange((state) => {
      throw new Error(state);
    });
    const outcome = failureOf(read.list());
    await settled();
    raw.host.send(welcome());
    await settled();
    expect(session.state).toBe('open');
    raw.host.close();
    expect((await outcome).code).toBe('DISCONNECTED');
    await settled();
    expect(failures).toEqual([new Error('open'), new Error('dormant')]);
  });

  test('that try again at once are not settled with what came before', async () => {
    const { raw, session } = await welcomed();
    const again: Promise<unknown>[] = [];
    session.onChange((state) => {
      if (state === 'dormant') again.push(session.ready());
    });
    raw.host.close();
    await settled();
    expect(raw.hosts).toHaveLength(2);
    raw.host.send(welcome({ session: 'second' }));
    expect(await Promise.all(again)).toMatchObject([{ id: 'second' }]);
  });
});
