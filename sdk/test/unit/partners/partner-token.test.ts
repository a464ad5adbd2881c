import fc from 'fast-check';
import { allow, any, extensions, not } from 'portico/host';
import { type PartnerKey, partnerToken } from 'portico/partners';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decide } from '../../../src/host/admission/rules.js';
import { PRINCIPALS } from '../../support/principals.js';
import { question } from '../../support/questions.js';
import { thrownBy } from '../../support/refusals.js';
import { asked, CLAIMS, codeOf, handmade, matcherOf, SIGNERS, sign, signed } from './tokens.js';

vi.setConfig({ testTimeout: 60_000 });
afterEach(() => vi.restoreAllMocks());

const ALGORITHMS = ['ES256', 'Ed25519'] as const;

describe.each(ALGORITHMS)('a token signed by %s', (algorithm) => {
  test('lets its partner in until it expires', async () => {
    expect(await asked(matcherOf(), await sign(SIGNERS[algorithm]))).toEqual({
      matched: true,
      until: [CLAIMS.exp * 1000],
      reported: [],
    });
  });

  test('is refused where any bit of it is changed', async () => {
    const matcher = matcherOf();
    const token = await sign(SIGNERS[algorithm]);
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    const change = fc.tuple(fc.nat({ max: 2 }), fc.nat(), fc.nat({ max: 7 }));
    await fc.assert(
      fc.asyncProperty(change, async ([part, at, bit]) => {
        const changed = parts.map((bytes) => Buffer.from(bytes));
        const bytes = changed[part] as Buffer;
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (1 << bit);
        const text = changed.map((each) => each.toString('base64url')).join('.');
        expect(await codeOf(matcher, text)).toMatch(
          part === 0 ? /^TOKEN_(MALFORMED|ALGORITHM|KEY_UNKNOWN|SIGNATURE)$/ : /^TOKEN_SIGNATURE$/,
        );
      }),
      { numRuns: 400 },
    );
  });

  test('is refused where this browser does not have the algorithm', async () => {
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('No.', 'NotSupportedError'));
    expect(await codeOf(matcherOf(), await sign(SIGNERS[algorithm]))).toBe('TOKEN_ALGORITHM');
  });
});

test('Ed25519 goes by its old name, too', async () => {
  expect(await codeOf(matcherOf(), await sign({ ...SIGNERS.Ed25519, alg: 'EdDSA' }))).toBe('matched');
  const { publicKey } = SIGNERS.Ed25519;
  const older = partnerToken({ keys: [{ ...publicKey, alg: 'EdDSA' }] });
  expect(await codeOf(older, await sign(SIGNERS.Ed25519))).toBe('matched');
});

describe('a token for a key', () => {
  const thumbprint = `${'k'.repeat(42)}A`;
  const key = { thumbprint, algorithm: 'Ed25519' } as const;

  test('is good for whoever has proven that key, whatever its id', async () => {
    const matcher = matcherOf({ keyed: true });
    const token = await signed({ sub: `key:${thumbprint}` });
    expect(matcher.needs).toBe('proof');
    expect(await codeOf(matcher, token, { evidence: { token, key } })).toBe('matched');
    expect(await codeOf(matcher, token, { evidence: { token, key } }, PRINCIPALS.other)).toBe('matched');
    const other = { ...key, thumbprint: `${'o'.repeat(42)}A` };
    for (const evidence of [{ token }, { token, key: other }, { token, key: undefined }])
      expect(await codeOf(matcher, token, { evidence })).toBe('TOKEN_SUBJECT');
  });

  test('is refused where the matcher does not ask for keys', async () => {
    const matcher = matcherOf();
    const token = await signed({ sub: `key:${thumbprint}` });
    expect(matcher.needs).toBe('hello');
    const { reported } = await asked(matcher, token, { evidence: { token, key } });
    expect(reported).toEqual([['TOKEN_SUBJECT', expect.stringContaining('keyed: true')]]);
  });

  test('leaves tokens for ids as they are', async () => {
    expect(await codeOf(matcherOf({ keyed: true }), await signed())).toBe('matched');
    expect(await codeOf(matcherOf({ keyed: true }), await signed({ sub: 'key:undefined' }))).toBe(
      'TOKEN_SUBJECT',
    );
  });
});

describe('the matcher', () => {
  test('is about extensions only', async () => {
    const token = await signed();
    for (const name of ['script', 'ownScript', 'page', 'self'] as const)
      expect(await asked(matcherOf(), token, {}, PRINCIPALS[name])).toMatchObject({
        matched: false,
        reported: [],
      });
    for (const name of ['script', 'page'] as const)
      expect((await asked(not(matcherOf()), token, {}, PRINCIPALS[name])).matched).toBe(false);
  });

  test('waits for the hello', () => {
    const rules = [allow(any(matcherOf(), extensions({})))];
    expect(decide(rules, PRINCIPALS.extension, question())).toEqual({ verdict: 'wait', needs: 'hello' });
  });

  test('honours another audience instead of its own id, where it is told so', async () => {
    const token = await signed({ aud: 'published' });
    for (const audience of ['published', ['other', 'published']])
      expect(await codeOf(matcherOf({ audience }), token)).toBe('matched');
    expect(await codeOf(matcherOf({ audience: 'published' }), await signed())).toBe('TOKEN_AUDIENCE');
    expect(thrownBy(() => matcherOf({ audience: [] })).code).toBe('INVALID_ARGUMENT');
  });

  test('verifies a token once, however many capabilities are asked for', async () => {
    const matcher = matcherOf();
    const verify = vi.spyOn(crypto.subtle, 'verify');
    const token = await signed();
    const ask = (capability: string) => codeOf(matcher, token, { capability });
    expect(await Promise.all(['read', 'titles', 'capture', 'guard'].map(ask))).toEqual([
      'matched',
      'matched',
      'TOKEN_CAPABILITY',
      'TOKEN_CAPABILITY',
    ]);
    expect(await codeOf(matcher, token, { time: (CLAIMS.exp + 1) * 1000 })).toBe('TOKEN_EXPIRED');
    expect(await codeOf(matcher, token, {}, PRINCIPALS.other)).toBe('TOKEN_SUBJECT');
    expect(verify).toHaveBeenCalledTimes(1);
  });

  test('remembers few tokens: strangers can not fill its memory', async () => {
    const matcher = matcherOf();
    const verify = vi.spyOn(crypto.subtle, 'verify');
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, index) => signed({ jti: `t${index}` })));
    for (const token of tokens) await codeOf(matcher, token);
    expect(verify).toHaveBeenCalledTimes(40);
    await codeOf(matcher, tokens.at(-1));
    expect(verify).toHaveBeenCalledTimes(40);
    await codeOf(matcher, tokens[0]);
    expect(verify).toHaveBeenCalledTimes(41);
  });

  test('takes from the log nothing that a stranger wrote', async () => {
    const evil = '\u202eevil\u001b[2J';
    const token = handmade({ alg: evil, kid: evil, typ: evil, [evil]: 1 }, { sub: evil }, 'AAAA');
    expect(JSON.stringify((await asked(matcherOf(), token)).reported)).not.toContain('evil');
  });

  test('says by which keys', () => {
    const kids = Object.values(SIGNERS).map(({ publicKey }) => publicKey.kid);
    expect(matcherOf().text).toBe(`a partner token signed with ${kids.join(', ')}`);
  });

  test('ends all that a key has signed when the key is taken out', async () => {
    const token = await signed();
    expect(await codeOf(partnerToken({ keys: [SIGNERS.Ed25519.publicKey] }), token)).toBe(
      'TOKEN_KEY_UNKNOWN',
    );
  });

  test.each<readonly [string, (key: PartnerKey) => readonly PartnerKey[]]>([
    ['no keys', () => []],
    ['a private key', (key) => [{ ...key, d: 'x' } as PartnerKey]],
    ['a key without a name', ({ kid: _, ...key }) => [key]],
    ['a key with an empty name', (key) => [{ ...key, kid: '' }]],
    ['two keys of one name', (key) => [key, { ...key }]],
    ['another curve', (key) => [{ ...key, crv: 'P-384' }]],
    ['another kind', (key) => [{ ...key, kty: 'RSA' }]],
    ['a secret', () => [{ kty: 'oct', k: 'AAAA', kid: 'x' } as PartnerKey]],
    ['the algorithm of another key', (key) => [{ ...key, alg: 'Ed25519' }]],
    ['a symmetric algorithm', (key) => [{ ...key, alg: 'HS256' }]],
    ['a key for encryption', (key) => [{ ...key, use: 'enc' }]],
    ['half a point', ({ y: _, ...key }) => [key]],
    ['a short coordinate', (key) => [{ ...key, x: 'AAAA' }]],
  ])('takes no %s', (_name, keys) => {
    expect(thrownBy(() => partnerToken({ keys: keys(SIGNERS.ES256.publicKey) })).code).toBe(
      'INVALID_ARGUMENT',
    );
  });

  test('and a private key is not quoted in the error', () => {
    const secret = 'very-secret';
    const { message } = thrownBy(() =>
      partnerToken({ keys: [{ ...SIGNERS.ES256.publicKey, d: secret } as PartnerKey] }),
    );
    expect(message).toContain('private');
    expect(message).not.toContain(secret);
  });

  test('with a key off its curve refuses, and throws nothing', async () => {
    const { publicKey } = SIGNERS.ES256;
    const matcher = partnerToken({ keys: [{ ...publicKey, x: publicKey.y as string }] });
    expect(await codeOf(matcher, await signed())).toBe('TOKEN_ALGORITHM');
  });
});
