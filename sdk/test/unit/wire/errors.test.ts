import { readFileSync } from 'node:fs';
import { isError, PorticoError } from 'portico';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { admitted, exchange, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost } from '../../support/tabs.js';

const REMOTE = [
  'REFUSED',
  'NO_COMMON_VERSION',
  'CAPABILITY_REFUSED',
  'CONSENT_DENIED',
  'CONSENT_PENDING',
  'GRANT_REVOKED',
  'UNKNOWN_MEMBER',
  'INVALID_PARAMS',
  'LIMIT_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'PROTOCOL_VIOLATION',
  'DECLARED',
  'INTERNAL',
];
const LOCAL = [
  'UNREACHABLE',
  'SERIALIZATION_MISMATCH',
  'UNSUPPORTED_BROWSER',
  'CONTEXT_INVALIDATED',
  'HANDSHAKE_TIMEOUT',
  'DISCONNECTED',
  'OUTCOME_UNKNOWN',
  'CLOSED',
  'MEMBER_TOO_NEW',
  'INVALID_RESULT',
  'EVENTS_MISSED',
  'INVALID_ARGUMENT',
  'INVALID_DEFINITION',
];

/** What a call rejects with when the host answers it with this. */
const answeredWith = async (error: unknown): Promise<PorticoError> => {
  const { raw, read } = await welcomed({ serialization: 'structured-clone' });
  const outcome = failureOf(read.get({ id: 1 }));
  await settled();
  raw.host.send([KIND.ERROR, 1, error]);
  return outcome;
};

describe('reading an error', () => {
  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'INTERNAL'],
    ['a number', 5],
    ['a list', [{ code: 'REFUSED' }]],
    ['an empty object', {}],
    ['a code that is no text', { code: 5 }],
    ['a code that is an object', { code: { toString: 'REFUSED' } }],
    ['an unknown code', { code: 'TOTAL_LOSS' }],
    ['a name of Object.prototype', { code: 'constructor' }],
    ['a lower-case code', { code: 'refused' }],
    ['a Map', new Map([['code', 'REFUSED']])],
    ['an Error', new TypeError('no')],
    ...LOCAL.map((code): readonly [string, unknown] => [`the local code ${code}`, { code }]),
  ])('[W10.1] %s means INTERNAL', async (_what, error) => {
    const failure = await answeredWith(error);
    expect([failure.code, failure.origin, PorticoError.is(failure)]).toEqual(['INTERNAL', 'remote', true]);
  });

  test.each(REMOTE.filter((code) => code !== 'DECLARED'))('[W10.1] %s means itself', async (code) => {
    const failure = await answeredWith({ code, message: 'so', data: { limit: 'calls' } });
    expect([failure.code, failure.message, failure.data]).toEqual([code, `${code}: so`, { limit: 'calls' }]);
  });

  test.each([
    ['an END', KIND.END],
    ['a GOODBYE', KIND.GOODBYE],
    ['a REFUSE', KIND.REFUSE],
  ])('[W10.2] nothing is declared in %s', async (_what, kind) => {
    const { raw, read } = kind === KIND.REFUSE ? realClient() : await welcomed();
    const outcome = failureOf(read.changed().next());
    await settled();
    const error = { code: 'DECLARED', declared: 'tabGone', data: { id: 'of the wrong type' } };
    raw.host.send(kind === KIND.END ? [kind, 1, error] : [kind, error]);
    const failure = await outcome;
    expect(isError(tabs, failure, 'tabGone')).toBe(false);
    expect(failure.code).toBe(kind === KIND.GOODBYE ? 'DISCONNECTED' : 'INTERNAL');
  });

  test('[W10.2] [W6.6] [W6.7] [W6.11] [W6.12] what answers calls ends no subscription, and the reverse', async () => {
    const { raw, read, session } = await welcomed();
    const answer = read.get({ id: 1 });
    const changes = read.changed();
    await settled();
    const error = { code: 'DECLARED', declared: 'tabGone', data: 'of the wrong type' };
    raw.host.send(
      [KIND.ERROR, 2, error],
      [KIND.RESULT, 2, 'x'],
      [KIND.END, 1, error],
      [KIND.EVENT, 1, 0, 'x'],
    );
    raw.host.send([KIND.RESULT, 1, { id: 1 }], [KIND.EVENT, 2, 0, { id: 2 }]);
    expect([await answer, (await changes.next()).value, session.state]).toEqual([
      { id: 1 },
      { id: 2 },
      'open',
    ]);
  });

  test('[W10.3] messages are cut', async () => {
    const failure = await answeredWith({ code: 'REFUSED', message: 'x'.repeat(100_000) });
    expect(failure.message).toBe(`REFUSED: ${'x'.repeat(1024)}`);
    expect((await answeredWith({ code: 'REFUSED', message: { length: 1e9 } })).message).toMatch(/^REFUSED: /);
  });

  test('[W10.5] no error can say that it is local', async () => {
    const failure = await answeredWith({ code: 'ABORTED', origin: 'local', stack: 'at host', cause: 'x' });
    expect([failure.origin, failure.cause, failure.stack?.includes('at host')]).toEqual([
      'remote',
      undefined,
      false,
    ]);
  });
});

test('[W10.4] an error that crosses has code, message, declared name and data, and nothing else', async () => {
  const server = tabsHost({
    get: (_params, call) => {
      throw Object.assign(call.fail('tabGone', { id: 1 }) as Error, { cause: 'secret', extra: 'secret' });
    },
  });
  const peer = await admitted(server);
  const [answer] = await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 1 }]);
  expect(Object.keys(answer?.[2] as object).sort()).toEqual(['code', 'data', 'declared', 'message']);
  expect(JSON.stringify(peer.messages)).not.toMatch(/secret|\.test\.ts/);
});

test('[W10.6] the two tables hold all codes, each where it belongs', () => {
  const document = readFileSync(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../../../src/errors/codes.ts', import.meta.url), 'utf8');
  const code = source.replaceAll(/\/\*.*?\*\//gs, '');
  const section = document.slice(document.indexOf('## 10. Errors\n'), document.indexOf('## 11. Limits\n'));
  const [crossing = '', own = ''] = section.split('Codes that a side gives itself');
  const inTable = (text: string): string[] =>
    [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name);
  const inUnion = (name: string): string[] => {
    const [, union = ''] = new RegExp(`export type ${name} =([^;]*);`).exec(code) ?? [];
    return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, each = '']) => each);
  };
  expect([inTable(crossing), inTable(own)]).toEqual([REMOTE, LOCAL]);
  expect([inUnion('RemoteCode'), inUnion('LocalCode')]).toEqual([REMOTE, LOCAL]);
});
