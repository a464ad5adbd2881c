import { defineProtocol, method } from 'portico';
import { allow, createHost, extensions, type Host, refuse, where } from 'portico/host';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { clockOf, rawClient, STRANGER, settled } from '../../support/raw-peer.js';
import { codeIn } from '../../support/sessions.js';
import { hello } from '../../support/tabs.js';

/** Names of ports: two that are published, and others. */
const NAMES = [
  'portico:org.example.tabs',
  'portico:org.example.notes',
  'portico:org.example.other',
  'portico:org.example.tabs ',
  'portico:ORG.EXAMPLE.TABS',
  'portico:',
  'portico:__proto__',
  'portico:constructor',
  'portico:toString',
  `portico:${'x'.repeat(10_000)}`,
];

const call = [KIND.CALL, 1, 'read.ping', 0, null];

/** What a stranger may try, message by message. */
const SCRIPTS: Readonly<Record<string, readonly unknown[]>> = {
  'says nothing': [],
  'greets, and asks for nothing': [[hello({ wants: [] })]],
  'needs a capability': [[hello({ needs: ['read'] })]],
  'needs another capability': [[hello({ needs: ['write', 'nothing', '__proto__'] })]],
  'offers other versions': [[hello({ versions: ['9.0.0'] })]],
  'offers no version': [[hello({ versions: [] })]],
  'calls with the hello': [[hello(), call], [call]],
  'calls without a hello': [[call]],
  'says goodbye': [[[KIND.GOODBYE, {}]]],
  'greets in another wire version': [[hello({ wire: [2] })]],
  'greets without sense': [[[KIND.HELLO, { wire: 'x' }]]],
  'sends no batch': ['hello'],
  'greets twice': [[hello()], [hello()]],
  'sends much': [[hello()], ...Array.from({ length: 600 }, () => [call])],
};

interface Timing {
  /** When the rules of the host's protocols decide: with the connection, when a test lets them, or never. */
  readonly tabs: 'at once' | 'later' | 'never';
  readonly notes: 'at once' | 'later' | 'never';
}

const published = (timing: Timing): { readonly host: Host; readonly ran: string[]; decide(): void } => {
  const host = createHost();
  const ran: string[] = [];
  let decide = (): void => {};
  const later = new Promise<void>((resolve) => {
    decide = resolve;
  });
  for (const key of ['tabs', 'notes'] as const) {
    const answer = {
      'at once': () => false,
      later: () => later.then(() => false),
      never: () => new Promise<boolean>(() => {}),
    };
    const admit = [
      refuse(where(['extension'], answer[timing[key]])),
      allow(extensions({ chromium: ['c'.repeat(32)] })),
    ] as const;
    const ping = (): void => {
      ran.push(key);
    };
    const protocol = defineProtocol({
      name: `org.example.${key}`,
      version: '1.2.0',
      capabilities: {
        read: { title: 'Read', members: { ping: method() } },
        write: { title: 'Write', members: { ping: method() } },
      },
    });
    host.publish(protocol, {
      read: { admit, provide: () => ({ ping }) },
      write: { admit, provide: () => ({ ping }) },
    });
  }
  return { host, ran, decide };
};

/** All that a stranger sees who follows a script: what arrives, and when, to the byte and the task. */
const seenBy = async (timing: Timing, name: string, script: readonly unknown[]): Promise<string> => {
  const { host, ran, decide } = published(timing);
  const seen: unknown[] = [];
  const peer = rawClient(host, { as: STRANGER, name });
  const look = async (what: string): Promise<void> => {
    for (let task = 0; task < 12; task++) {
      seen.push([what, task, JSON.stringify(peer.messages), peer.closed]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await look('connected');
  for (const message of script) {
    if (peer.closed) break;
    peer.post(message);
  }
  await look('said');
  clockOf(host).advance(9_999);
  await look('after a while');
  decide();
  await look('decided');
  clockOf(host).advance(1);
  await look('after a longer while');
  clockOf(host).advance(10_000);
  await look('at the end');
  expect([ran, host.sessions, peer.closed]).toEqual([[], 0, true]);
  return JSON.stringify(seen);
};

const timings: readonly Timing[] = [
  { tabs: 'at once', notes: 'at once' },
  { tabs: 'later', notes: 'at once' },
  { tabs: 'later', notes: 'later' },
  { tabs: 'never', notes: 'at once' },
];

describe.each(timings)('rules that decide on tabs $tabs, and on notes $notes', (timing) => {
  test.each(Object.entries(SCRIPTS))(
    '[W5.12] [W5.14] a stranger who %s sees the same at every name',
    async (_what, script) => {
      const views = new Set<string>();
      for (const name of NAMES) views.add(await seenBy(timing, name, script));
      expect([...views]).toHaveLength(1);
    },
  );
});

test('[A18] [W5.12] rules that decide at once give one refusal, whatever is said and asked', async () => {
  const replies = new Set<string>();
  for (const name of NAMES) {
    for (const script of Object.values(SCRIPTS)) {
      const peer = rawClient(published({ tabs: 'at once', notes: 'at once' }).host, { as: STRANGER, name });
      for (const message of script) peer.post(message);
      await settled();
      replies.add(JSON.stringify(peer.messages));
      expect(peer.closed).toBe(true);
    }
  }
  expect([...replies]).toEqual([
    '[[[2,{"code":"REFUSED","message":"this host does not admit this caller"}]]]',
  ]);
});

test('[A18] [W5.12] rules that take their time give the same one', async () => {
  const { host, decide } = published({ tabs: 'later', notes: 'at once' });
  const peers = NAMES.map((name) => rawClient(host, { as: STRANGER, name }));
  for (const peer of peers) peer.send(hello({ needs: ['read'] }), call);
  await settled();
  expect(peers.map(({ messages }) => messages)).toEqual(peers.map(() => []));
  decide();
  await settled();
  for (const peer of peers)
    expect(JSON.stringify(peer.messages)).toBe(
      '[[[2,{"code":"REFUSED","message":"this host does not admit this caller"}]]]',
    );
});

test('[W5.13] [W5.7] what is refused at once is never listened to', async () => {
  const { host } = published({ tabs: 'at once', notes: 'at once' });
  let listeners = 0;
  const counted = (port: Parameters<NonNullable<Parameters<typeof rawClient>[1]>['port'] & object>[0]) => ({
    ...port,
    onMessage: { addListener: () => void listeners++ },
    onDisconnect: { addListener: () => void listeners++ },
  });
  for (const name of NAMES) rawClient(host, { as: STRANGER, name, port: counted });
  await settled();
  expect([listeners, host.sessions]).toEqual([0, 0]);
});

test('[W5.14] who is admitted at once need not wait for the rules of another protocol', async () => {
  const host = createHost();
  const members = { ping: method() };
  const protocolOf = (name: string) =>
    defineProtocol({ name, version: '1.2.0', capabilities: { read: { title: 'Read', members } } });
  const provide = () => ({ ping: () => {} });
  host.publish(protocolOf('org.example.tabs'), {
    read: { admit: [allow(where(['extension'], () => true))], provide },
  });
  host.publish(protocolOf('org.example.notes'), {
    read: { admit: [allow(where(['extension'], () => new Promise<boolean>(() => {})))], provide },
  });
  const peer = rawClient(host, { as: STRANGER });
  const other = rawClient(host, { as: STRANGER, name: 'portico:org.example.other' });
  for (const each of [peer, other]) each.send(hello(), call);
  await settled();
  expect(peer.frames.map(([kind]) => kind)).toEqual([KIND.WELCOME, KIND.RESULT]);
  expect(other.frames).toEqual([]);
});

test('[W5.12] the log, and not the caller, is told why', async () => {
  const { host } = published({ tabs: 'at once', notes: 'at once' });
  const peers = NAMES.map((name) => rawClient(host, { as: STRANGER, name }));
  await settled();
  expect(new Set(peers.flatMap(({ frames }) => frames.map(codeIn)))).toEqual(new Set(['REFUSED']));
});
