import { isError, PorticoError } from 'portico';
import { connect, requestGrants, returnGrants } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import {
  ABSENT,
  type Attempt,
  type ScriptedPlatformOptions,
  scriptedPlatform,
} from '../../support/scripted-platform.js';
import { codeOf, failureOf } from '../../support/sessions.js';
import { tabs, welcome } from '../../support/tabs.js';

const client = (options: ScriptedPlatformOptions = {}) => {
  const scripted = scriptedPlatform(options);
  const connection = connect(tabs, { needs: ['read'], wants: ['control'], platform: scripted.platform });
  return { scripted, ...connection };
};
type Client = ReturnType<typeof client>;

/** Everything that waits on a connection, and what became of each. */
const everything = ({ read, has, session }: Client) =>
  Promise.all([
    failureOf(session.ready()),
    failureOf(has('control')),
    failureOf(read.list()),
    failureOf(read.get({ id: 1 })),
    failureOf(read.changed().next()),
  ]);

interface Outcome {
  readonly code: string;
  /** What a call that may have run, and may not be repeated, ends with. */
  readonly callCode?: string;
  readonly origin: 'local' | 'remote';
  readonly happens: (attempt: Attempt, all: Client) => void;
  readonly data?: unknown;
}

const refuse =
  (error: object) =>
  ({ peer }: Attempt) => {
    peer.send([KIND.REFUSE, error]);
    peer.close();
  };

const outcomes: Readonly<Record<string, Outcome>> = {
  'nobody there': {
    code: 'UNREACHABLE',
    origin: 'local',
    happens: ({ fail }) => fail(ABSENT),
    data: { browserSays: ABSENT },
  },
  'another serialization': {
    code: 'SERIALIZATION_MISMATCH',
    origin: 'local',
    happens: ({ fail }) =>
      fail('Could not establish connection. Receiving end uses different message serialization format.'),
    data: expect.anything(),
  },
  'a browser that has no such connections': {
    code: 'UNSUPPORTED_BROWSER',
    origin: 'local',
    happens: ({ fail }) => fail('Cross-extension messaging is not supported.'),
    data: expect.anything(),
  },
  'a port that closes without an answer': {
    code: 'DISCONNECTED',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: ({ peer }) => peer.close(),
    data: {},
  },
  'an end for which the browser has other words': {
    code: 'DISCONNECTED',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: ({ fail }) => fail('The message port closed before a response was received.'),
    data: expect.anything(),
  },
  'no answer to the hello': {
    code: 'HANDSHAKE_TIMEOUT',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: (_attempt, { scripted }) => scripted.clock.advance(DEFAULT_LIMITS.handshake),
  },
  'a refusal': {
    code: 'REFUSED',
    origin: 'remote',
    happens: refuse({ code: 'REFUSED', message: 'no' }),
  },
  'no common version': {
    code: 'NO_COMMON_VERSION',
    origin: 'remote',
    happens: refuse({ code: 'NO_COMMON_VERSION', message: 'no', data: { versions: ['3.0.0'] } }),
    data: { versions: ['3.0.0'] },
  },
  'a refused capability': {
    code: 'CAPABILITY_REFUSED',
    origin: 'remote',
    happens: refuse({ code: 'CAPABILITY_REFUSED', message: 'no', data: { capabilities: ['read'] } }),
    data: { capabilities: ['read'] },
  },
  'a content script that was left behind': {
    code: 'CONTEXT_INVALIDATED',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: ({ fail }) => fail('Extension context invalidated.'),
    data: { browserSays: 'Extension context invalidated.' },
  },
  'too many sessions': {
    code: 'LIMIT_EXCEEDED',
    origin: 'remote',
    happens: refuse({ code: 'LIMIT_EXCEEDED', message: 'no', data: { limit: 'sessions' } }),
    data: { limit: 'sessions' },
  },
  'an answer that is none': {
    code: 'PROTOCOL_VIOLATION',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: ({ peer }) => peer.post('hello'),
    data: { kind: undefined },
  },
  'an answer that is out of place': {
    code: 'PROTOCOL_VIOLATION',
    callCode: 'OUTCOME_UNKNOWN',
    origin: 'local',
    happens: ({ peer }) => peer.send([KIND.RESULT, 1, null]),
    data: { kind: KIND.RESULT },
  },
  'a code that nobody knows': {
    code: 'INTERNAL',
    origin: 'remote',
    happens: refuse({ code: 'CLOSED', message: 'no' }),
  },
  'close() on this side': {
    code: 'CLOSED',
    origin: 'local',
    happens: (_attempt, { session }) => session.close(),
  },
};

/** What no later attempt can change. */
const FINAL = ['CLOSED', 'UNSUPPORTED_BROWSER', 'CONTEXT_INVALIDATED'];

describe.each(Object.entries(outcomes))('%s', (_title, { code, callCode = code, origin, happens, data }) => {
  test('is told by everything that waits, each once', async () => {
    const it = client();
    const told = everything(it);
    await settled();
    happens(it.scripted.attempt, it);
    const errors = await told;
    expect(errors.map((error) => error.code)).toEqual([code, code, code, callCode, code]);
    expect(errors.filter((error) => error.code === code).map((error) => error.origin)).toEqual(
      new Array(callCode === code ? 5 : 4).fill(origin),
    );
    expect(errors[0].data).toEqual(data);
    if (callCode !== code) expect((errors[3].cause as PorticoError).code).toBe(code);
  });

  test('is neither the fault of a declared error nor of a call', async () => {
    const it = client();
    const told = failureOf(it.read.get({ id: 1 }));
    await settled();
    happens(it.scripted.attempt, it);
    const error = await told;
    expect(isError(tabs, error, 'tabGone')).toBe(false);
    expect(PorticoError.is(error) && error instanceof Error).toBe(true);
    expect(error.message.startsWith(`${error.code}: `)).toBe(true);
  });

  test('is no unhandled rejection while nobody asks', async () => {
    const it = client();
    await settled();
    happens(it.scripted.attempt, it);
    // Vitest fails the run on an unhandled rejection.
    await settled();
    expect(it.session.state).toBe(FINAL.includes(code) ? 'closed' : 'dormant');
  });

  test('leaves a connection that the next use takes up again, or that is closed for good', async () => {
    const it = client();
    await settled();
    happens(it.scripted.attempt, it);
    await settled();
    if (FINAL.includes(code)) {
      expect((await failureOf(it.read.list())).code).toBe(code);
      expect((await failureOf(it.session.ready())).code).toBe(code);
      expect((await failureOf(it.read.changed().next())).code).toBe(code);
      expect(it.scripted.attempts).toHaveLength(1);
      return;
    }
    expect(it.scripted.attempts).toHaveLength(1);
    const listed = it.read.list();
    expect(it.scripted.attempts).toHaveLength(2);
    await settled();
    it.scripted.attempt.peer.send(welcome());
    it.scripted.attempt.peer.send([KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
  });
});

describe('what the browser throws at connect', () => {
  const throwing = (): ScriptedPlatformOptions => ({
    onConnect: () => {
      throw new Error("Invalid extension id: 'bad'");
    },
  });

  test('rejects what is called then, and later', async () => {
    const it = client(throwing());
    expect(it.session.state).toBe('closed');
    for (let i = 0; i < 2; i++) {
      const errors = await everything(it);
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['INVALID_ARGUMENT']));
      expect(errors[0].message).toContain("Invalid extension id: 'bad'");
      expect(errors[0].cause).toBeInstanceOf(Error);
    }
    // It would throw for ever.
    expect(it.scripted.attempts).toHaveLength(1);
  });

  test('is no unhandled rejection while nobody asks', async () => {
    client(throwing());
    await settled();
  });
});

test('a host that stops says so, and what had been sent may have run', async () => {
  const it = client();
  it.scripted.attempt.peer.send(welcome());
  await it.session.ready();
  const ends = [it.read.list(), it.read.get({ id: 1 }), it.read.changed().next()].map(failureOf);
  await settled();
  it.scripted.attempt.peer.send([
    KIND.GOODBYE,
    { code: 'DISCONNECTED', message: 'the host stopped listening' },
  ]);
  const [repeatable, other, subscription] = await Promise.all(ends);
  expect(repeatable?.code).toBe('DISCONNECTED');
  expect(other).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: { code: 'DISCONNECTED' } });
  expect(subscription?.code).toBe('DISCONNECTED');
});

describe('arguments of the author’s own', () => {
  test('a protocol that names no host for this browser needs one', () => {
    const { platform } = scriptedPlatform({
      own: { browser: 'firefox', id: 'a@b', origin: 'moz-extension://1' },
    });
    expect(() => connect(tabs, { needs: ['read'], platform })).toThrow(
      'org.example.tabs names no host for firefox',
    );
    expect(() => connect(tabs, { needs: ['read'], platform, host: 'host@example.org' })).not.toThrow();
  });

  test('parameters that do not fit are refused before anything is sent', async () => {
    const it = client();
    const error = await failureOf(it.read.get({ id: 'x' } as never));
    expect(error).toMatchObject({ code: 'INVALID_PARAMS', origin: 'local', data: { path: '/id' } });
    const undeclared = await failureOf(it.read.get({ id: 1, dryRun: true } as never));
    expect(undeclared).toMatchObject({ code: 'INVALID_PARAMS' });
    await settled();
    expect(it.scripted.attempt.peer.of(KIND.CALL)).toEqual([]);
  });

  test('are looked at first, before the connection is', async () => {
    const it = client();
    it.session.close();
    expect(await codeOf(it.read.get({ id: 'x' } as never))).toBe('INVALID_PARAMS');
    expect(await codeOf(it.read.list({}, { deadline: -1 }))).toBe('INVALID_ARGUMENT');
    expect(await codeOf(it.read.get({ id: 1 }))).toBe('CLOSED');
    expect(it.scripted.attempt.peer.of(KIND.CALL)).toEqual([]);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5', '5s', null])(
    'a deadline that is none is refused: %s',
    async (deadline) => {
      const it = client();
      const options = { deadline: deadline as never };
      expect(await codeOf(it.read.list({}, options))).toBe('INVALID_ARGUMENT');
      expect(await codeOf(requestGrants(it, ['control'], options))).toBe('INVALID_ARGUMENT');
      expect(await codeOf(returnGrants(it, ['control'], options))).toBe('INVALID_ARGUMENT');
      // And nothing was given back.
      it.scripted.attempt.peer.close();
      await settled();
      void it.session.ready().catch(() => {});
      await settled();
      expect(it.scripted.attempt.peer.frames[0]).toMatchObject([KIND.HELLO, { wants: ['control'] }]);
    },
  );

  test('[W7.8] a deadline of 0 is none of the caller’s own: the usual one holds, and nothing is said of it', async () => {
    const it = client();
    const listed = codeOf(it.read.list({}, { deadline: 0 }));
    await settled();
    expect(it.scripted.attempt.peer.of(KIND.CALL)[0]?.[3]).toBe(0);
    it.scripted.attempt.peer.send(welcome());
    await settled();
    it.scripted.clock.advance(29_999);
    await settled();
    expect(it.scripted.attempt.peer.of(KIND.CANCEL)).toEqual([]);
    it.scripted.clock.advance(1);
    expect(await listed).toBe('DEADLINE_EXCEEDED');
  });
});
