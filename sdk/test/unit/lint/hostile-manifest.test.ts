import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BuildFailure } from '../../../src/build/build-failure.js';
import { type Finding, type LintOptions, lintExtension, readPeer } from '../../../src/build/lint/index.js';
import { parseManifest } from '../../../src/build/lint/read-manifest.js';
import { codePoint } from '../../support/code-point.js';
import { chromium, firefox, folderWith } from './folders.js';

const KEYS = [
  'manifest_version',
  'background',
  'service_worker',
  'scripts',
  'page',
  'persistent',
  'type',
  'externally_connectable',
  'ids',
  'matches',
  'accepts_tls_channel_id',
  'message_serialization',
  'key',
  'browser_specific_settings',
  'applications',
  'gecko',
  'id',
  'strict_min_version',
  'content_security_policy',
  'extension_pages',
  'minimum_chrome_version',
  'permissions',
  'host_permissions',
  '__proto__',
  'constructor',
  'toString',
];
const WORDS = [
  ...KEYS,
  '*',
  'module',
  '3',
  'structured_clone',
  'background.js',
  '../../../../etc/hosts',
  '/',
  '',
  '.',
  '\0',
  "script-src 'unsafe-eval'; upgrade-insecure-requests",
  'http://localhost/*',
  '-----BEGIN PUBLIC KEY-----',
  'a'.repeat(32),
];

/** Objects with the keys that the rules read, holding anything. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...WORDS),
    fc.constantFrom(2, 3, null, true, -1e300),
    fc.string({ unit: codePoint }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 })
      // JSON.parse makes own properties even of `__proto__`; Object.fromEntries does too.
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

/** A sound manifest in which some keys, at any depth of two, hold anything. */
const disturbed = fc
  .tuple(
    fc.constantFrom<Record<string, unknown>>(chromium, firefox),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.option(fc.constantFrom(...KEYS)), value), {
      maxLength: 5,
    }),
  )
  .map(([manifest, changes]) => {
    const changed = new Map<string, unknown>(Object.entries(manifest));
    for (const [key, inner, any] of changes) {
      const old = changed.get(key);
      const section = typeof old === 'object' ? old : {};
      changed.set(key, inner === null ? any : { ...section, [inner]: any });
    }
    return Object.fromEntries(changed);
  });

const options: fc.Arbitrary<LintOptions> = fc.constantFrom<LintOptions>(
  {},
  { role: 'host', browser: 'chromium' },
  { browser: 'firefox', hosts: { firefox: 'a@b.example' } },
  { peers: [{ chromium: 'a'.repeat(32), serialization: 'structured_clone' }] },
);

const isComplete = ({ code, severity, file, message, remedy, path }: Finding): boolean =>
  /^[a-z-]+$/.test(code) &&
  ['error', 'warning'].includes(severity) &&
  [file, message, remedy].every((text) => text !== '' && !/[\n\r]/.test(text)) &&
  !/undefined|\[object/.test(message) &&
  (path === undefined || /^(?:\/.+|\d+:\d+)$/.test(path));

describe('a manifest may hold anything anywhere', () => {
  test.each([
    ['made up', value.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each))],
    ['sound but for some keys', disturbed],
  ])('%s: gives complete findings, and never fails', async (_name, manifests) => {
    await fc.assert(
      fc.asyncProperty(manifests, options, async (manifest, given) => {
        const dir = folderWith({ 'manifest.json': JSON.stringify(manifest), 'background.js': '' });
        const found = await lintExtension(dir, given);
        expect(found.filter((each) => !isComplete(each))).toEqual([]);
        await readPeer(dir);
      }),
      { numRuns: 300 },
    );
  });

  test('what is not JSON is refused in one line, with its place', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('"', '{', ']', ',', '/*', '//', "'", '\\', '\u0000', 'x', ''),
        (json, at, junk) => {
          const cut = at % (json.length + 1);
          try {
            parseManifest(json.slice(0, cut) + junk + json.slice(cut + 1), 'manifest.json');
          } catch (error) {
            if (!(error instanceof BuildFailure)) throw error;
            expect(error.message).toMatch(/^manifest\.json:\d+:\d+: .+$/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('not JSON', () => {
  test.each([
    ['{\n  "a": 1,\n}', 2, 3],
    ['{\n  a: 1 }', 2, 3],
    ["{ 'a': 1 }", 1, 3],
    ['{ "a": 0x10 }', 1, 8],
    ['{ "a": [1,, 2] }', 1, 1],
    ['{ "a": }', 1, 8],
    ['{ "a": undefined }', 1, 8],
    ['{ "a": 1', 1, 9],
    ['[]', 1, 1],
    ['', 1, 1],
    ['// only a comment', 1, 1],
  ])('%j', (text, line, column) => {
    expect(() => parseManifest(text, 'manifest.json')).toThrow(`manifest.json:${line}:${column}: `);
  });

  test('nested too deeply', () => {
    expect(() => parseManifest('['.repeat(100_000), 'manifest.json')).toThrow('manifest.json:1:1: ');
  });
});

describe('comments', () => {
  test('are passed over, and text in strings is not taken for one', () => {
    const text = '\n// one\n{ "a": "http://x /* y */", // two\n"b": "\\"// z" }';
    expect(parseManifest(text, 'manifest.json')).toEqual({
      manifest: { a: 'http://x /* y */', b: '"// z' },
      blockComment: undefined,
    });
  });

  test('of the form that Firefox refuses are found, in its manifests alone', async () => {
    const lint = (manifest: object) =>
      lintExtension(
        folderWith({
          'manifest.json': `\uFEFF// one\n /* two */${JSON.stringify(manifest)}`,
          'background.js': '',
        }),
      );
    expect(await lint(chromium)).toEqual([]);
    expect(await lint(firefox)).toMatchObject([{ code: 'manifest-comment', severity: 'error', path: '2:2' }]);
  });
});
