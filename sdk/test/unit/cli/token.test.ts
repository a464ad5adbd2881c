import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import { partnerToken } from 'portico/partners';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { PRINCIPALS } from '../../support/principals.js';
import { asked, codeOf, handmade } from '../partners/tokens.js';
import type { Ran } from './built-cli.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const json = (name: string): JWK => JSON.parse(readFileSync(at(name), 'utf8'));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-token-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line in this process; the exit code that it leaves is taken back. */
const portico = async (...args: readonly string[]): Promise<Ran> => {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  }
  const before = process.exitCode;
  try {
    return { code: await run(['token', ...args]), ...written };
  } finally {
    process.exitCode = before;
  }
};

const HOST = 'd'.repeat(32);
const TERMS: Readonly<Record<string, string>> = {
  '--for': `chromium:${PRINCIPALS.extension.id}`,
  '--host': `${HOST},tabs@example.org`,
  '--protocol': 'org.example.tabs',
  '--capabilities': 'read,titles',
  '--days': '90',
};

const makeKey = async (name = 'key', ...more: readonly string[]): Promise<void> => {
  expect(await portico('key', '--out', at(name), ...more)).toMatchObject({ code: 0 });
};
const sign = (changes: Readonly<Record<string, string | undefined>> = {}): Promise<Ran> => {
  const terms = Object.entries({ '--key': at('key.json'), ...TERMS, ...changes });
  return portico('sign', ...terms.flatMap(([name, value]) => (value === undefined ? [] : [name, value])));
};
const signed = async (changes?: Parameters<typeof sign>[0]): Promise<string> => {
  const { code, stdout, stderr } = await sign(changes);
  expect(code, stderr).toBe(0);
  return stdout.trim();
};

describe('portico token key', () => {
  it.each([
    ['ES256', [], 'EC'],
    ['Ed25519', ['--algorithm', 'Ed25519'], 'OKP'],
  ])('makes a private file and a public one, for %s', async (alg, more, kty) => {
    const { code, stdout, stderr } = await portico('key', '--out', at('key'), ...more);
    expect(code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['key.json', 'key.public.json']);
    const { d, ...rest } = json('key.json');
    expect(json('key.public.json')).toEqual(rest);
    expect(rest).toMatchObject({ kty, alg, use: 'sig', kid: await calculateJwkThumbprint(rest) });
    expect(d).toMatch(/^[\w-]{43}$/);
    expect(stdout + stderr).not.toContain(d);
    expect(stdout).toContain(rest.kid);
    if (process.platform !== 'win32') expect(statSync(at('key.json')).mode & 0o777).toBe(0o600);
  });

  it('takes the name of the file, too', async () => {
    await makeKey('key.json');
    expect(readdirSync(folder).sort()).toEqual(['key.json', 'key.public.json']);
  });

  it.each(['key.json', 'key.public.json'])('never overwrites %s', async (name) => {
    writeFileSync(at(name), 'mine');
    const { code, stdout, stderr } = await portico('key', '--out', at('key'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/is there already, and keys are never overwritten/);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(at(name), 'utf8')).toBe('mine');
  });

  it('follows no link, and leaves no half of a pair', async () => {
    symlinkSync(at('elsewhere'), at('key.public.json'));
    expect(await portico('key', '--out', at('key'))).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(folder)).toEqual(['key.public.json']);
    expect(await portico('key', '--out', at('no/such/folder'))).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('portico token sign', () => {
  it.each(['ES256', 'Ed25519'])('makes a token that hosts take, by %s', async (algorithm) => {
    await makeKey('key', '--algorithm', algorithm);
    const before = Math.floor(Date.now() / 1000);
    const { code, stdout, stderr } = await sign({ '--id': 'first' });
    expect(code).toBe(0);
    const token = stdout.trim();
    expect(decodeProtectedHeader(token)).toEqual({
      alg: algorithm,
      kid: json('key.json').kid,
      typ: 'portico-partner+jwt',
    });
    const { iat = 0, ...claims } = decodeJwt(token);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(claims).toEqual({
      sub: TERMS['--for'],
      aud: [HOST, 'tabs@example.org'],
      protocol: 'org.example.tabs',
      capabilities: ['read', 'titles'],
      exp: iat + 90 * 86_400,
      jti: 'first',
    });
    expect(stderr).toMatch(/^chromium:a+ may use read, titles of org\.example\.tabs until .*; id first\n$/);

    const matcher = partnerToken({ keys: [json('key.public.json')] });
    const now = { host: HOST, time: Date.now() };
    expect(await asked(matcher, token, now)).toEqual({
      matched: true,
      until: [(claims.exp as number) * 1000],
      reported: [],
    });
    expect(await codeOf(matcher, token, { ...now, host: 'tabs@example.org' })).toBe('matched');
    expect(await codeOf(matcher, token, { ...now, capability: 'capture' })).toBe('TOKEN_CAPABILITY');
    expect(await codeOf(matcher, token, now, PRINCIPALS.other)).toBe('TOKEN_SUBJECT');
  });

  it('is good for a year, under a name of its own', async () => {
    await makeKey();
    const [one, other] = [await signed({ '--days': undefined }), await signed()].map((token) =>
      decodeJwt(token),
    );
    expect((one?.exp as number) - (one?.iat as number)).toBe(365 * 86_400);
    expect(one?.jti).toMatch(/^[\da-f-]{36}$/);
    expect(other?.jti).not.toBe(one?.jti);
  });

  it.each([
    'firefox:client@example.net',
    'firefox:{01234567-89ab-cdef-0123-456789abcdef}',
    `key:${'k'.repeat(43)}`,
  ])('signs for %s', async (partner) => {
    await makeKey();
    expect(decodeJwt(await signed({ '--for': partner })).sub).toBe(partner);
  });

  it.each<readonly [string, string | undefined]>([
    ['--for', PRINCIPALS.extension.id],
    ['--for', 'chromium:short'],
    ['--for', 'firefox:abc'],
    ['--for', 'safari:client@example.net'],
    ['--for', 'key:short'],
    ['--for', 'constructor:x'],
    ['--for', undefined],
    ['--host', 'https://example.org'],
    ['--host', `${HOST},`],
    ['--host', undefined],
    ['--protocol', 'tabs'],
    ['--protocol', undefined],
    ['--capabilities', 'read,,titles'],
    ['--capabilities', '*'],
    ['--capabilities', '__proto__'],
    ['--days', '0'],
    ['--days', '-1'],
    ['--days', '1.5'],
    ['--days', '1e3'],
    ['--days', '9999'],
    ['--id', 'two words'],
    ['--key', undefined],
  ])('refuses %s %s', async (name, value) => {
    await makeKey();
    const { code, stdout, stderr } = await sign({ [name]: value });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('signs with a private key only, and quotes none of it', async () => {
    await makeKey();
    const key = json('key.json');
    const secret = key.d as string;
    const files: Record<string, string | undefined> = {
      'public.json': JSON.stringify({ ...key, d: undefined }),
      'cut.json': JSON.stringify(key).slice(0, -2),
      'text.json': secret,
      'list.json': JSON.stringify([key]),
      'nameless.json': JSON.stringify({ ...key, kid: undefined }),
      'rsa.json': JSON.stringify({ ...key, kty: 'RSA' }),
      'broken.json': JSON.stringify({ ...key, d: secret.slice(4) }),
      'null.json': 'null',
      'missing.json': undefined,
    };
    for (const [name, text] of Object.entries(files)) {
      if (text !== undefined) writeFileSync(at(name), text, { mode: 0o600 });
      const { code, stdout, stderr } = await sign({ '--key': at(name) });
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: '' });
      expect(stderr.split('\n'), name).toHaveLength(2);
      expect(stderr, name).not.toContain(secret.slice(4, 12));
    }
  });

  it.skipIf(process.platform === 'win32')('warns of a key that others can read', async () => {
    await makeKey();
    expect((await sign()).stderr).not.toContain('warning');
    chmodSync(at('key.json'), 0o644);
    const { code, stderr } = await sign();
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: others can read /);
  });

  it('makes no token that is too large for hosts', async () => {
    await makeKey();
    const names = Array.from({ length: 80 }, (_, index) => `capability${'x'.repeat(40)}${index}`).join(',');
    const { code, stdout, stderr } = await sign({ '--capabilities': names });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/hosts read no more than 4096/);
  });
});

describe('portico token show', () => {
  it('tells what a token says, and that nobody has looked at its signature', async () => {
    await makeKey();
    const token = await signed({ '--id': 'first' });
    const { code, stdout } = await portico('show', token);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^for +chromium:a{32}\nhost +d{32}, tabs@example\.org\nprotocol +org\.example\.tabs\n/,
    );
    expect(stdout).toMatch(
      /\ncapabilities +read, titles\nmade +\d{4}-.*Z\nuntil +\d{4}-.*Z\nid +first\nkey +.*, ES256\n/,
    );
    expect(stdout).toMatch(/\nsignature +not looked at/);
  });

  it.each(['one key', 'a list', 'a set', 'the private file'])('verifies with %s', async (form) => {
    await makeKey();
    await makeKey('other', '--algorithm', 'Ed25519');
    const [key, other] = [json('key.public.json'), json('other.public.json')];
    const files = {
      'one key': key,
      'a list': [other, key],
      'a set': { keys: [other, key] },
      'the private file': json('key.json'),
    };
    writeFileSync(at('keys.json'), JSON.stringify(files[form as keyof typeof files]));
    const { code, stdout } = await portico('show', await signed(), '--keys', at('keys.json'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nsignature +good\n$/);
    expect(stdout).not.toContain(json('key.json').d);
  });

  it('exits with 1 where no host would take the token', async () => {
    await makeKey();
    await makeKey('other');
    const token = await signed();
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const altered = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: 'x' })).toString('base64url');
    const show = (text: string, key = 'key') => portico('show', text, '--keys', at(`${key}.public.json`));
    expect(await show(token, 'other')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('another key'),
    });
    const bad = { code: 1, stdout: expect.stringContaining('does not fit') };
    expect(await show(`${header}.${altered}.${signature}`)).toMatchObject(bad);
    expect(await show(`${header}.${claims}.`)).toMatchObject(bad);
    const { kid } = json('key.json');
    const none = handmade({ alg: 'none', kid, typ: 'portico-partner+jwt' }, decodeJwt(token));
    expect(await show(none)).toMatchObject(bad);
    expect(await show(handmade({ alg: 'ES256', kid }, decodeJwt(token), signature))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not of the type'),
    });
    vi.useFakeTimers({ now: Date.now() + 91 * 86_400_000, toFake: ['Date'] });
    const over = { code: 1, stdout: expect.stringMatching(/until .*which is over\n(.+\n)+signature +good/) };
    expect(await show(token)).toMatchObject(over);
    vi.useRealTimers();
  });

  it.each(['', 'text', 'a.b.c', 'e30.e30'])('%j is no token', async (text) => {
    expect(await portico('show', text)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('no token'),
    });
  });

  it('shows whatever stands in it, and nothing that moves a cursor', async () => {
    const evil = '\u202e\u001b[2Jtext\n';
    const object = { toString: 1, [evil]: evil };
    for (const value of [evil, object, [object, null, evil], 7, null, true]) {
      const token = handmade(
        { alg: value, kid: value },
        { sub: value, aud: value, exp: value, iat: value, jti: value },
      );
      const { stdout, stderr } = await portico('show', token);
      expect(stdout.split('\n')).toHaveLength(10);
      expect(stdout + stderr).toMatch(/^[\x20-\x7e\n]*$/);
    }
  });
});

describe('portico token', () => {
  it.each([[], ['bogus'], ['help'], ['key'], ['sign'], ['show']])(
    '%s alone is a mistake',
    async (...args) => {
      const { code, stdout, stderr } = await portico(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).not.toBe('');
    },
  );

  it.each([['--help'], ['key', '--help'], ['sign', '--help'], ['show', '--help']])(
    '%s %s tells',
    async (...args) => {
      const { code, stdout, stderr } = await portico(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: portico token/);
    },
  );
});
