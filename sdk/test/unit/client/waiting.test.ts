import { type ConnectionState, connect, requestGrants, returnGrants } from 'portico/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { ABSENT, type ScriptedPlatformOptions, scriptedPlatform } from '../../support/scripted-platform.js';
import { codeOf } from '../../support/sessions.js';
import { tabs, welcome } from '../../support/tabs.js';

const client = (options: ScriptedPlatformOptions = {}) => {
  const scripted = scriptedPlatform(options);
  const connection = connect(tabs, { needs: ['read'], platform: scripted.platform, whenUnreachable: 'wait' });
  return { scripted, ...connection };
};

describe("whenUnreachable: 'wait'", () => {
  // The jitter takes up to half of each wait away; so it takes nothing.
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(1));
  afterEach(() => void vi.restoreAllMocks());

  test('tries again, backing off up to half a minute', async () => {
    const { scripted, read } = client();
    const listed = read.list({}, { deadline: 1_800_000 });
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      await settled();
      scripted.attempt.fail(ABSENT);
      const before = scripted.attempts.length;
      let waited = 0;
      for (; scripted.attempts.length === before && waited < 60_000; waited += 500)
        scripted.clock.advance(500);
      waits.push(waited);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    await settled();
    scripted.attempt.peer.send(welcome());
    scripted.attempt.peer.send([KIND.RESULT, 1, [{ id: 7 }]]);
    expect(await listed).toEqual([{ id: 7 }]);
  });

  test('begins with short waits again once somebody has answered', async () => {
    const { scripted, read, session } = client();
    const listed = [read.list()];
    for (const wait of [500, 1000, 2000]) {
      await settled();
      scripted.attempt.fail(ABSENT);
      scripted.clock.advance(wait);
    }
    await settled();
    scripted.attempt.peer.send(welcome(), [KIND.RESULT, 1, []]);
    await listed[0];
    scripted.attempt.peer.close();
    await settled();
    expect(session.state).toBe('dormant');
    const again = codeOf(read.list());
    await settled();
    scripted.attempt.fail(ABSENT);
    const before = scripted.attempts.length;
    scripted.clock.advance(499);
    expect(scripted.attempts).toHaveLength(before);
    scripted.clock.advance(1);
    expect(scripted.attempts).toHaveLength(before + 1);
    session.close();
    expect(await again).toBe('CLOSED');
  });

  test('jitters: no two clients need come back at once', async () => {
    vi.mocked(Math.random).mockReturnValue(0);
    const { scripted, read } = client();
    void read.list().catch(() => {});
    await settled();
    scripted.attempt.fail(ABSENT);
    scripted.clock.advance(249);
    expect(scripted.attempts).toHaveLength(1);
    scripted.clock.advance(1);
    expect(scripted.attempts).toHaveLength(2);
  });

  test('delivers what waited with the next hello, once and in order', async () => {
    const { scripted, read } = client();
    const events = read.changed();
    const ids = Promise.all([1, 2].map((windowId) => read.list({ windowId })));
    await settled();
    scripted.attempt.fail(ABSENT);
    const late = read.list({ windowId: 3 });
    scripted.clock.advance(500);
    await settled();
    expect(scripted.attempt.peer.messages).toHaveLength(1);
    const [kinds, calls] = [
      scripted.attempt.peer.frames.map(([kind]) => kind),
      scripted.attempt.peer.of(KIND.CALL),
    ];
    expect(kinds).toEqual([KIND.HELLO, KIND.SUBSCRIBE, KIND.CALL]);
    expect(calls.flatMap((frame) => frame.slice(4))).toEqual([
      { windowId: 1 },
      { windowId: 2 },
      { windowId: 3 },
    ]);
    const [subscription] = scripted.attempt.peer.of(KIND.SUBSCRIBE);
    scripted.attempt.peer.send(
      welcome(),
      [KIND.RESULT, calls[0]?.[1], [{ id: 1 }], [{ id: 2 }], [{ id: 3 }]],
      [KIND.EVENT, subscription?.[1], 0, { id: 9 }],
    );
    expect([...(await ids), await late]).toEqual([[{ id: 1 }], [{ id: 2 }], [{ id: 3 }]]);
    expect(await events.next()).toEqual({ done: false, value: { id: 9 } });
  });

  test('ends a call at its deadline while it waits', async () => {
    const { scripted, read } = client();
    const code = codeOf(read.list({}, { deadline: 300 }));
    const patient = read.list();
    await settled();
    scripted.attempt.fail(ABSENT);
    scripted.clock.advance(300);
    expect(await code).toBe('DEADLINE_EXCEEDED');
    scripted.clock.advance(200);
    await settled();
    scripted.attempt.peer.send(welcome(), [KIND.RESULT, 1, []]);
    expect(await patient).toEqual([]);
  });

  test('ends a call that is aborted while it waits', async () => {
    const { scripted, read } = client();
    const controller = new AbortController();
    const code = codeOf(read.list({}, { signal: controller.signal }));
    await settled();
    scripted.attempt.fail(ABSENT);
    controller.abort();
    expect(await code).toBe('ABORTED');
  });

  test('ends what asks for grants at its deadline, and when it is aborted, as it does calls', async () => {
    const { scripted, ...connection } = client();
    const controller = new AbortController();
    const asked = [
      codeOf(requestGrants(connection, ['read'], { deadline: 300 })),
      codeOf(returnGrants(connection, ['read'], { deadline: 300 })),
      codeOf(requestGrants(connection, ['read'], { signal: controller.signal })),
    ];
    await settled();
    scripted.attempt.fail(ABSENT);
    controller.abort();
    scripted.clock.advance(300);
    expect(await Promise.all(asked)).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'ABORTED']);
  });

  test('sends what asks for grants after the welcome alone, and keeps no call behind it', async () => {
    const { scripted, read, ...connection } = client();
    const asked = requestGrants(connection, ['read']);
    const listed = read.list();
    await settled();
    expect(scripted.attempt.peer.frames.map(([kind]) => kind)).toEqual([KIND.HELLO, KIND.CALL]);
    scripted.attempt.peer.send(welcome(), [KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
    await settled();
    const [request] = scripted.attempt.peer.of(KIND.REQUEST);
    expect(request?.[1]).toBe(2);
    scripted.attempt.peer.send([KIND.RESULT, 2, null]);
    expect(await asked).toBeUndefined();
  });

  test('stops trying once nobody waits', async () => {
    const { scripted, read, session } = client();
    const code = codeOf(read.list({}, { deadline: 100 }));
    await settled();
    scripted.attempt.fail(ABSENT);
    scripted.clock.advance(100);
    expect(await code).toBe('DEADLINE_EXCEEDED');
    for (let i = 0; i < 20; i++) {
      scripted.clock.advance(30_000);
      await settled();
      if (session.state === 'dormant') break;
      scripted.attempt.fail(ABSENT);
    }
    expect(session.state).toBe('dormant');
    expect(scripted.attempts.length).toBeLessThanOrEqual(2);
  });

  test('makes session.ready() wait, too', async () => {
    const { scripted, session } = client();
    const ready = session.ready();
    await settled();
    scripted.attempt.fail(ABSENT);
    scripted.clock.advance(500);
    await settled();
    scripted.attempt.peer.send(welcome());
    expect(await ready).toMatchObject({ version: '1.2.0' });
  });

  test('does not wait where nobody asks for anything', async () => {
    const { scripted, session } = client();
    await settled();
    scripted.attempt.fail(ABSENT);
    expect(session.state).toBe('dormant');
    scripted.clock.advance(60_000);
    expect(scripted.attempts).toHaveLength(1);
  });

  test('waits for hosts that are absent, not for those that refuse', async () => {
    const { scripted, read } = client();
    const code = codeOf(read.list());
    await settled();
    scripted.attempt.peer.send([KIND.REFUSE, { code: 'REFUSED', message: 'no' }]);
    expect(await code).toBe('REFUSED');
    scripted.clock.advance(60_000);
    expect(scripted.attempts).toHaveLength(1);
  });

  test('ends for good with close()', async () => {
    const { scripted, read, session } = client();
    const code = codeOf(read.list());
    await settled();
    scripted.attempt.fail(ABSENT);
    session.close();
    expect(await code).toBe('CLOSED');
    scripted.clock.advance(60_000);
    expect(scripted.attempts).toHaveLength(1);
  });

  test('is told as connecting, with the reason', async () => {
    const { scripted, read, session } = client();
    const heard: [ConnectionState, string | undefined][] = [];
    session.onChange((state, error) => heard.push([state, error?.code]));
    const listed = read.list();
    await settled();
    scripted.attempt.fail(ABSENT);
    expect(session.state).toBe('connecting');
    scripted.clock.advance(500);
    await settled();
    scripted.attempt.peer.send(welcome(), [KIND.RESULT, 1, []]);
    await listed;
    expect(heard).toEqual([
      ['connecting', 'UNREACHABLE'],
      ['open', undefined],
    ]);
  });

  test('gives up where the browser throws', async () => {
    const it = client({
      onConnect: (attempt, count) => {
        if (count === 2) throw new Error('Invalid extension id');
        return attempt;
      },
    });
    const code = codeOf(it.read.list());
    await settled();
    it.scripted.attempt.fail(ABSENT);
    it.scripted.clock.advance(500);
    expect(await code).toBe('INVALID_ARGUMENT');
    expect(it.session.state).toBe('closed');
  });
});

test("whenUnreachable: 'fail' is the default", async () => {
  const scripted = scriptedPlatform();
  const { read } = connect(tabs, { needs: ['read'], platform: scripted.platform });
  const code = codeOf(read.list());
  await settled();
  scripted.attempt.fail(ABSENT);
  expect(await code).toBe('UNREACHABLE');
  scripted.clock.advance(60_000);
  expect(scripted.attempts).toHaveLength(1);
});
