import fc from 'fast-check';
import { CompactSign } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PRINCIPALS } from '../../support/principals.js';
import {
  type Changes,
  CLAIMS,
  claims,
  codeOf,
  HOST,
  handmade,
  matcherOf,
  NOW,
  SIGNERS,
  sign,
  signed,
  signer,
} from './tokens.js';

vi.setConfig({ testTimeout: 60_000 });
afterEach(() => vi.restoreAllMocks());

const stranger = await signer('ES256');
const { jti: _, ...NAMELESS } = CLAIMS;

describe('is refused with a code of its own:', () => {
  const HEADER = { alg: 'ES256', typ: 'portico-partner+jwt' };

  test('absent, or before the hello', async () => {
    expect(await codeOf(matcherOf(), undefined)).toBe('TOKEN_ABSENT');
    expect(await codeOf(matcherOf(), undefined, { evidence: undefined })).toBe('TOKEN_ABSENT');
  });

  test.each([
    '',
    '.',
    '..',
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    'e30.e30.',
    'e30.e30.e30.e30.e30',
    '{}',
    'ä.ö.ü',
    ' ',
  ])('no token, but %j', async (text) => {
    expect(await codeOf(matcherOf(), text)).toMatch(/^TOKEN_(MALFORMED|ALGORITHM)$/);
  });

  test('whatever else a client may send', async () => {
    const matcher = matcherOf();
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constant(Buffer.from(JSON.stringify({ ...HEADER, kid: 'x' })).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        expect(await codeOf(matcher, parts.join('.'))).toMatch(/^TOKEN_(MALFORMED|ALGORITHM|KEY_UNKNOWN)$/);
      }),
      { numRuns: 500 },
    );
  });

  test('too large', async () => {
    const fitting = await signed({ jti: 'x'.repeat(2500) });
    expect(fitting.length).toBeLessThanOrEqual(4096);
    expect(await codeOf(matcherOf(), fitting)).toBe('matched');
    expect(await codeOf(matcherOf(), await signed({ jti: 'x'.repeat(3000) }))).toBe('TOKEN_TOO_LARGE');
    expect(await codeOf(matcherOf(), 'x'.repeat(4097))).toBe('TOKEN_TOO_LARGE');
    expect(await codeOf(matcherOf(), 'x'.repeat(4096))).toBe('TOKEN_MALFORMED');
  });

  test.each([
    'none',
    'None',
    'HS256',
    'HS512',
    'RS256',
    'PS256',
    'ES384',
    'ML-DSA-44',
    '',
    7,
    null,
    undefined,
    ['ES256'],
    '__proto__',
  ])('of the algorithm %j', async (alg) => {
    const { kid } = SIGNERS.ES256.publicKey;
    expect(await codeOf(matcherOf(), handmade({ ...HEADER, kid, alg }, CLAIMS))).toBe('TOKEN_ALGORITHM');
  });

  test('signed with the public key as a secret', async () => {
    const { publicKey } = SIGNERS.ES256;
    for (const secret of [JSON.stringify(publicKey), publicKey.x as string]) {
      const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(CLAIMS)))
        .setProtectedHeader({ ...HEADER, alg: 'HS256', kid: publicKey.kid as string })
        .sign(new TextEncoder().encode(secret));
      expect(await codeOf(matcherOf(), token)).toBe('TOKEN_ALGORITHM');
    }
  });

  test("of another algorithm than its key's", async () => {
    const { kid } = SIGNERS.Ed25519.publicKey;
    expect(await codeOf(matcherOf(), await signed({}, { kid }))).toBe('TOKEN_ALGORITHM');
  });

  test.each(['other', '', 7, null, undefined, '__proto__', 'constructor', ['x']])(
    'of the key %j',
    async (kid) => {
      expect(await codeOf(matcherOf(), handmade({ ...HEADER, kid }, CLAIMS, 'AAAA'))).toBe(
        'TOKEN_KEY_UNKNOWN',
      );
    },
  );

  test('signed by a stranger', async () => {
    expect(await codeOf(matcherOf(), await sign(stranger))).toBe('TOKEN_KEY_UNKNOWN');
    const { kid } = SIGNERS.ES256.publicKey;
    expect(await codeOf(matcherOf(), await sign(stranger, CLAIMS, { kid }))).toBe('TOKEN_SIGNATURE');
  });

  test('not signed', async () => {
    const { kid } = SIGNERS.ES256.publicKey;
    for (const signature of [
      '',
      'AA',
      Buffer.alloc(64).toString('base64url'),
      Buffer.alloc(32).toString('base64url'),
    ])
      expect(await codeOf(matcherOf(), handmade({ ...HEADER, kid }, CLAIMS, signature))).toBe(
        'TOKEN_SIGNATURE',
      );
  });

  test('a token that brings its own key', async () => {
    const { kid: _, ...jwk } = stranger.publicKey;
    for (const header of [{ jwk }, { jku: 'https://evil.example/keys' }, { x5c: ['AAAA'] }])
      expect(await codeOf(matcherOf(), handmade({ ...HEADER, kid: 'x', ...header }, CLAIMS, 'AAAA'))).toBe(
        'TOKEN_MALFORMED',
      );
  });

  test.each<Changes>([{ typ: 'JWT' }, { typ: undefined }, { typ: 'portico-proof' }, { cty: 'x' }])(
    'with the header %j',
    async (header) => {
      expect(await codeOf(matcherOf(), await signed({}, header))).toBe('TOKEN_MALFORMED');
    },
  );

  test('with a header that must be understood', async () => {
    const { kid } = SIGNERS.ES256.publicKey;
    for (const header of [
      { crit: ['b64'], b64: false },
      { crit: ['exp'], exp: 1 },
      { crit: [] },
      { b64: true },
    ])
      expect(await codeOf(matcherOf(), handmade({ ...HEADER, kid, ...header }, CLAIMS, 'AAAA'))).toBe(
        'TOKEN_MALFORMED',
      );
  });

  test.each<unknown>([
    '',
    'text',
    '"text"',
    '7',
    'null',
    '[]',
    '{"sub":',
    '{}',
    ...['sub', 'aud', 'protocol', 'capabilities', 'exp'].map((name) => claims({ [name]: undefined })),
    ...[7, null, '', {}, [], ['', 'read'], [7]].flatMap((value) => [
      claims({ aud: value }),
      claims({ capabilities: value }),
    ]),
    claims({ capabilities: 'read' }),
    ...[7, null, '', {}, ['x']].flatMap((value) => [claims({ sub: value }), claims({ protocol: value })]),
    ...['never', null, -1, 0.5, 1e300, true, [NOW + 60]].flatMap((value) => [
      claims({ exp: value }),
      claims({ nbf: value }),
      claims({ iat: value }),
    ]),
    claims({ jti: 7 }),
    claims({ scope: 'less' }),
    claims({ cnf: { jkt: 'x' } }),
    `{"__proto__":{},${JSON.stringify(CLAIMS).slice(1)}`,
  ])('signed, but saying %j', async (content) => {
    expect(await codeOf(matcherOf(), await sign(SIGNERS.ES256, content))).toBe('TOKEN_MALFORMED');
  });

  test('signed, but no text', async () => {
    const { publicKey, privateKey, alg } = SIGNERS.ES256;
    const token = await new CompactSign(new Uint8Array([0x7b, 0xff, 0x7d]))
      .setProtectedHeader({ ...HEADER, alg, kid: publicKey.kid as string })
      .sign(privateKey);
    expect(await codeOf(matcherOf(), token)).toBe('TOKEN_MALFORMED');
  });

  test('over, from its very second on', async () => {
    const token = await signed();
    const at = (seconds: number) => codeOf(matcherOf(), token, { time: seconds * 1000 });
    expect(await at(CLAIMS.exp - 0.001)).toBe('matched');
    expect(await at(CLAIMS.exp)).toBe('TOKEN_EXPIRED');
    expect(await at(CLAIMS.exp + 1e6)).toBe('TOKEN_EXPIRED');
    expect(await at(Number.NaN)).toBe('TOKEN_EXPIRED');
  });

  test.each(['nbf', 'iat'])('not yet, by %s, with a minute of leeway', async (name) => {
    expect(await codeOf(matcherOf(), await signed({ [name]: NOW + 60 }))).toBe('matched');
    expect(await codeOf(matcherOf(), await signed({ [name]: NOW + 61 }))).toBe('TOKEN_NOT_YET');
  });

  test('made for another host', async () => {
    for (const aud of ['x', ['x', 'y'], HOST.slice(1), `${HOST}h`, `chromium:${HOST}`])
      expect(await codeOf(matcherOf(), await signed({ aud }))).toBe('TOKEN_AUDIENCE');
    expect(await codeOf(matcherOf(), await signed({ aud: HOST }))).toBe('matched');
    expect(await codeOf(matcherOf(), await signed(), { host: 'copy' })).toBe('TOKEN_AUDIENCE');
  });

  test('stolen: brought by another extension, in another browser', async () => {
    const token = await signed();
    expect(await codeOf(matcherOf(), token, {}, PRINCIPALS.other)).toBe('TOKEN_SUBJECT');
    const twin = { ...PRINCIPALS.extension, browser: 'firefox' } as const;
    expect(await codeOf(matcherOf(), token, {}, twin)).toBe('TOKEN_SUBJECT');
    for (const sub of [
      PRINCIPALS.extension.id,
      `Chromium:${PRINCIPALS.extension.id}`,
      `${CLAIMS.sub} `,
      'chromium:',
    ])
      expect(await codeOf(matcherOf(), await signed({ sub }))).toBe('TOKEN_SUBJECT');
    const firefox = await signed({ sub: `firefox:${PRINCIPALS.firefox.id}` });
    expect(await codeOf(matcherOf(), firefox, {}, PRINCIPALS.firefox)).toBe('matched');
  });

  test('made for another protocol or capability', async () => {
    const token = await signed();
    expect(await codeOf(matcherOf(), token, { capability: 'titles' })).toBe('matched');
    for (const changes of [
      { capability: 'capture' },
      { protocol: 'org.example.tab' },
      { capability: 'constructor' },
    ])
      expect(await codeOf(matcherOf(), token, changes)).toBe('TOKEN_CAPABILITY');
  });

  test('revoked', async () => {
    const token = await signed();
    expect(await codeOf(matcherOf({ revoked: ['one'] }), token)).toBe('TOKEN_REVOKED');
    expect(await codeOf(matcherOf({ revoked: ['two', ''] }), token)).toBe('matched');
    expect(await codeOf(matcherOf({ revoked: ['undefined'] }), await sign(SIGNERS.ES256, NAMELESS))).toBe(
      'matched',
    );
  });
});
