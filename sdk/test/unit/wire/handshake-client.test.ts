import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, expectViolated, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { FITS, holed, MISFITS } from '../../support/standings.js';
import { welcome, welcomeIn } from '../../support/tabs.js';

describe('before the welcome', () => {
  test('[W5.1] [W5.2] [W5.4] a client begins with a hello that says what it asks for', async () => {
    const { raw } = realClient({
      serialization: 'structured-clone',
      connect: { needs: ['read'], wants: ['titles', 'control'], name: 'Tab Board' },
    });
    await settled();
    expect(raw.host.frames).toEqual([
      [
        KIND.HELLO,
        {
          wire: [1],
          versions: ['1.2.0'],
          needs: ['read'],
          wants: ['titles', 'control'],
          name: 'Tab Board',
          probe: new Uint8Array([80]),
        },
      ],
    ]);
  });

  test('[W5.6] calls and subscriptions travel with the hello, in its message', async () => {
    const { raw, read } = realClient();
    const answer = read.ping();
    const changes = read.changed();
    await settled();
    expect(raw.host.messages).toHaveLength(1);
    expect(raw.host.frames.slice(1)).toEqual([
      [KIND.CALL, 1, 'read.ping', 0, null],
      [KIND.SUBSCRIBE, 2, 'read.changed', 256],
    ]);
    raw.host.send(welcome(), [KIND.RESULT, 1, null], [KIND.EVENT, 2, 0, { id: 1 }]);
    expect(await answer).toBeUndefined();
    expect((await changes.next()).value).toEqual({ id: 1 });
  });

  test('[W5.5] bytes are sent as Base64, and after the welcome as it says', async () => {
    const { raw, control, session } = realClient({ serialization: 'structured-clone' });
    const data = new Uint8Array([1, 2, 255]);
    for (const call of [control.store({ data })]) call.catch(() => {});
    await settled();
    raw.host.send(welcome({ native: 1 }));
    await session.ready();
    control.store({ data }).catch(() => {});
    await settled();
    expect(raw.host.of(KIND.CALL).map((frame) => frame[4])).toEqual([{ data: 'AQL/' }, { data }]);

    const other = await welcomed({ serialization: 'structured-clone' }, { native: 0 });
    other.control.store({ data }).catch(() => {});
    await settled();
    expect(other.raw.host.of(KIND.CALL).map((frame) => frame[4])).toEqual([{ data: 'AQL/' }]);
  });

  test('[W5.8] no more than earlyCalls calls are under way; the others follow the welcome', async () => {
    const { raw, read, session } = realClient({ connect: { limits: { earlyCalls: 3 } } });
    for (let id = 1; id <= 5; id++) read.get({ id }).catch(() => {});
    await settled();
    expect(raw.host.of(KIND.CALL)).toEqual([[KIND.CALL, 1, 'read.get', 0, { id: 1 }, { id: 2 }, { id: 3 }]]);
    raw.host.send(welcome());
    await session.ready();
    await settled();
    expect(raw.host.of(KIND.CALL).at(-1)).toEqual([KIND.CALL, 4, 'read.get', 0, { id: 4 }, { id: 5 }]);
  });

  test.each([
    ['a result', [KIND.RESULT, 1, null]],
    ['an error', [KIND.ERROR, 1, { code: 'INTERNAL' }]],
    ['an event', [KIND.EVENT, 2, 0, { id: 1 }]],
    ['an end', [KIND.END, 2, { code: 'INTERNAL' }]],
    ['a call', [KIND.CALL, 1, 'read.ping', 0, null]],
    ['a hello', [KIND.HELLO, {}]],
  ])('[W5.23] %s is a violation', async (_what, frame) => {
    const { raw, read } = realClient();
    const call = codeOf(read.ping());
    const change = codeOf(read.changed().next());
    await settled();
    raw.host.send(frame, welcome(), [KIND.RESULT, 1, null]);
    expect([await call, await change]).toEqual(['OUTCOME_UNKNOWN', 'PROTOCOL_VIOLATION']);
    await settled();
    expectViolated(raw.host);
  });

  test('[W5.25] a host that does not answer in time is given up', async () => {
    const { raw, session } = realClient({ connect: { limits: { handshake: 100 } } });
    const ready = codeOf(session.ready());
    await settled();
    raw.clock.advance(99);
    expect(session.state).toBe('connecting');
    raw.clock.advance(1);
    expect([await ready, session.state]).toEqual(['HANDSHAKE_TIMEOUT', 'dormant']);
    await settled();
    expect(raw.host.closed).toBe(true);
  });

  test('[W6.2] a refusal ends everything that waits for the session, with its code', async () => {
    const { raw, read, session } = realClient();
    const outcomes = [session.ready(), read.ping(), read.list(), read.changed().next()].map(failureOf);
    await settled();
    raw.host.send([
      KIND.REFUSE,
      { code: 'NO_COMMON_VERSION', message: 'other', data: { versions: ['9.0.0'], retryAfter: 5 } },
    ]);
    for (const error of await Promise.all(outcomes)) {
      expect([error.code, error.origin, error.data]).toEqual([
        'NO_COMMON_VERSION',
        'remote',
        { versions: ['9.0.0'], retryAfter: 5 },
      ]);
    }
    expect(session.state).toBe('dormant');
  });
});

describe('the welcome', () => {
  test('is what the connection tells', async () => {
    const { session } = await welcomed(
      {},
      {
        granted: ['read'],
        refused: ['titles', 'admin'],
        reasons: ['CAPABILITY_REFUSED', 'CONSENT_DENIED'],
        pending: ['control'],
      },
    );
    expect(session.info).toEqual({
      id: 's',
      instance: 'i',
      version: '1.2.0',
      granted: ['read'],
      refused: { titles: 'CAPABILITY_REFUSED', admin: 'CONSENT_DENIED' },
      pending: ['control'],
    });
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['nothing in it', [KIND.WELCOME, null]],
    ['an object', [KIND.WELCOME, { wire: 1, version: '1.2.0', granted: [], refused: {} }]],
    ['a list of it all', [KIND.WELCOME, welcome().slice(1)]],
    ...MISFITS.map(([what, changes]) => [what, welcome(changes)] as const),
    // Without the last one it says nothing of bytes.
    ...Array.from({ length: 9 }, (_, i) => [`${i} of its elements`, welcome().slice(0, 1 + i)] as const),
    ...Array.from({ length: 9 }, (_, i) => [`a hole for element ${i + 1}`, holed(welcome(), i + 1)] as const),
    ...(
      [
        ['no wire version', { wire: undefined }],
        ['a wire version that was not offered', { wire: 2 }],
        ['wire version 0', { wire: 0 }],
        ['a wire version that is a text', { wire: '1' }],
        ['a wire version that is a BigInt', { wire: 1n }],
        ['a wire version that is a list', { wire: [1] }],
        ['no version', { version: undefined }],
        ['a version that is none', { version: 'latest' }],
        ['a version of two numbers', { version: '1.2' }],
        ['a version with more', { version: '1.2.0-beta' }],
        ['a version that is a number', { version: 1.2 }],
        ['a version in a list', { version: ['1.2.0'] }],
        ['a version of another line', { version: '2.0.0' }],
        ['a version that is newer than the offer', { version: '1.2.1' }],
        ['no session', { session: undefined }],
        ['a session that is no text', { session: 1 }],
        ['a session too long', { session: 's'.repeat(65) }],
        ['no instance', { instance: undefined }],
        ['an instance that is no text', { instance: ['i'] }],
        ['an instance too long', { instance: 'i'.repeat(65) }],
        ['no number of calls', { calls: undefined }],
        ['no calls', { calls: 0 }],
        ['half a call', { calls: 1.5 }],
        ['fewer calls than none', { calls: -1 }],
        ['an unsafe number of calls', { calls: 2 ** 53 }],
        ['calls without end', { calls: Number.POSITIVE_INFINITY }],
        ['calls that are no number', { calls: Number.NaN }],
        ['calls that are a text', { calls: '5' }],
        ['calls that are a BigInt', { calls: 5n }],
        ['calls that are an object', { calls: { calls: 5 } }],
      ] as const
    ).map(([what, changes]) => [what, welcome(changes)] as const),
  ])('[W5.22] with %s is a violation', async (_what, frame) => {
    const { raw, read, session } = realClient({ serialization: 'structured-clone' });
    const outcomes = [session.ready(), read.list()].map(failureOf);
    await settled();
    raw.host.send(frame, [KIND.RESULT, 1, []]);
    for (const error of await Promise.all(outcomes))
      expect(error).toMatchObject({
        code: 'PROTOCOL_VIOLATION',
        origin: 'local',
        data: { kind: KIND.WELCOME },
      });
    await settled();
    expectViolated(raw.host);
    expect([session.info, session.state]).toEqual([undefined, 'dormant']);
  });

  test.each([
    ...FITS,
    ['names of 64 characters for itself', { session: 's'.repeat(64), instance: 'i'.repeat(64) }],
    ['empty names for itself', { session: '', instance: '' }],
    ['one call', { calls: 1 }],
    ['as many calls as can be counted', { calls: 2 ** 53 - 1 }],
  ] as const)('[W5.22] with %s is accepted', async (_what, changes) => {
    for (const serialization of ['json', 'structured-clone'] as const) {
      const { session } = await welcomed({ serialization }, changes);
      const { granted, refused, reasons, pending, ...told } = welcomeIn(welcome(changes));
      expect(session.info).toMatchObject({
        granted,
        pending,
        id: told.session,
        instance: told.instance,
        version: '1.2.0',
      });
      expect(Object.entries(session.info?.refused ?? {})).toEqual(
        (refused as string[]).map((name, i) => [name, (reasons as string[])[i]]),
      );
    }
  });

  test.each([0, 2, -1, '1', true, null, undefined, 'native', 1n, [1], {}])(
    '[W5.5] with %s, and not 1, for how bytes travel means Base64',
    async (native) => {
      const { raw, control } = await welcomed({ serialization: 'structured-clone' }, { native });
      const data = new Uint8Array([1, 2, 255]);
      control.store({ data }).catch(() => {});
      await settled();
      expect(raw.host.of(KIND.CALL).map((frame) => frame[4])).toEqual([{ data: 'AQL/' }]);
    },
  );

  test('[W5.22] of an older version of the offered line is accepted', async () => {
    const { session } = await welcomed({}, { version: '1.0.3' });
    expect(session.info?.version).toBe('1.0.3');
  });

  test.each([
    ['welcome', welcome()],
    ['refusal', [KIND.REFUSE, { code: 'REFUSED' }]],
  ])('[W5.24] a %s after it is a violation', async (_what, frame) => {
    const { raw, session } = await welcomed();
    raw.host.send(frame);
    await settled();
    expectViolated(raw.host);
    expect(session.state).toBe('dormant');
  });
});
