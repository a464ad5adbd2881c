import { describe, expect, test } from 'vitest';
import { chromium, firefox } from './folders.js';
import { heads } from './judge.js';

const policy = (extension_pages: unknown, rest: object = {}) => ({
  ...chromium,
  ...rest,
  content_security_policy: { extension_pages },
});

describe('content_security_policy', () => {
  const PATH = '/content_security_policy/extension_pages';
  const local = { host_permissions: ['http://localhost/*'] };
  const container = { host_permissions: ['http://server.test/*'] };

  test.each<[string, unknown, string[]]>([
    ['unsafe-eval', policy("script-src 'self' 'unsafe-eval'"), [`error csp-refused ${PATH}`]],
    [
      'unsafe-inline by default-src',
      policy("default-src 'self' 'UNSAFE-INLINE'"),
      [`error csp-refused ${PATH}`],
    ],
    ['remote scripts', policy("script-src 'self' https://cdn.example"), [`error csp-refused ${PATH}`]],
    ['unsafe-eval where script-src decides', policy("default-src 'unsafe-eval'; script-src 'self'"), []],
    [
      'WebAssembly and scripts of localhost',
      policy("script-src 'self' 'wasm-unsafe-eval' http://localhost:3000"),
      [],
    ],
    [
      'MV2 form',
      { ...chromium, content_security_policy: "script-src 'self'" },
      ['error csp-form /content_security_policy'],
    ],
    ['another type', policy(7), [`error wrong-type ${PATH}`]],
    [
      'upgrade-insecure-requests',
      policy("script-src 'self'; upgrade-insecure-requests"),
      [`warning csp-upgrades-http ${PATH}`],
    ],
    [
      "Firefox's own default, with plain http asked for",
      { ...firefox, ...container },
      ['warning csp-upgrades-http /content_security_policy'],
    ],
    ["Firefox's own default, with localhost alone", { ...firefox, ...local }, []],
    ["Chromium's default", { ...chromium, ...container }, []],
    [
      'localhost asked for and not allowed',
      policy("default-src 'self'", local),
      [`warning csp-blocks-localhost ${PATH}`],
    ],
    [
      'localhost asked for and allowed',
      policy("default-src 'self'; connect-src http://localhost:*", local),
      [],
    ],
    ['localhost asked for, nothing restricted', policy("script-src 'self'", local), []],
    ['localhost not asked for', policy("default-src 'self'"), []],
  ])('%s', async (_name, manifest, expected) => {
    expect(await heads(manifest)).toEqual(expected);
  });
});
