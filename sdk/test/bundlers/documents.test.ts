import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseSync } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkPackages, type PackedSdk, packSdk } from '../../../tools/package.mjs';
import { readPolicy } from '../../src/host/policy/read-policy.js';
import { english } from '../../src/ui/messages/english.js';
import { type Block, blocksIn, blocksOf, DOCUMENTS } from '../support/documents.js';
import { FIXTURES } from './support/projects.js';
import { runIn } from './support/run.js';

/** Where the example stands in the fixture of a fragment. */
const HERE = /^ *\/\/ Here it stands\.$/m;

const blocks = DOCUMENTS.flatMap(blocksOf).filter(
  ({ mark, document }) =>
    mark === 'compiled' || mark === 'fragment' || (mark === 'run' && document === 'README.md'),
);
const isCode = ({ language }: Block): boolean => language === 'ts' || language === 'js';
const code = blocks.filter(isCode);

let packed: PackedSdk;
beforeAll(() => {
  packed = packSdk();
  linkPackages(packed.folder, ['typebox', 'vite', 'typescript', '@types/chrome']);
});
afterAll(() => packed?.remove());

const put = async (path: string, text: string): Promise<void> => {
  const file = join(packed.folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

/** A block as a module: its name leads back to the place, line by line as far as nothing stands before it. */
const moduleOf = async ({ mark, of, language, code }: Block): Promise<string> => {
  if (mark !== 'fragment') return code;
  const fixture = await readFile(join(FIXTURES, 'fragments', `${of}.${language}`), 'utf8');
  expect(fixture).toMatch(HERE);
  return fixture.replace(HERE, () => code);
};
const nameOf = ({ place, language }: Block): string =>
  `${basename(place).replace('.md:', '-')}.${language === 'js' ? 'mjs' : 'ts'}`;

const SETTINGS = {
  compilerOptions: {
    ...{ target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: ['chrome'] },
    ...{ module: 'esnext', moduleResolution: 'bundler', moduleDetection: 'force', resolveJsonModule: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ skipLibCheck: true, noEmit: true, allowJs: true, checkJs: true, noImplicitAny: false },
  },
  // Not what is generated: its declarations count.
  include: ['src/*'],
};

/** Type-checks modules beside what README's own commands make of its protocol. */
const check = async (modules: Readonly<Record<string, string>>): Promise<void> => {
  const site = join(packed.folder, 'documents');
  await put('documents/tsconfig.json', JSON.stringify(SETTINGS));
  await put('documents/src/partner-key.public.json', '{ "kty": "OKP", "crv": "Ed25519", "x": "" }');
  await put('documents/src/given.ts', await readFile(join(FIXTURES, 'fragments/given.ts'), 'utf8'));
  for (const [name, text] of Object.entries(modules)) await put(`documents/src/${name}`, text);
  await runIn(site, { tool: 'typescript', args: [] });
};

describe('the code in documents', () => {
  test('compiles as it says, with the types that are published', async () => {
    const protocol = code.find(({ of }) => of === 'src/tabs.protocol.ts')?.code ?? '';
    await put('documents/src/tabs.protocol.ts', protocol);
    const site = join(packed.folder, 'documents');
    const command = (...args: string[]) => runIn(site, { tool: 'portico', args });
    await command('compile', 'src/tabs.protocol.ts', '--out', 'src/generated');
    const out = 'node_modules/@acme/tabs-protocol';
    await command('package', 'src/tabs.protocol.ts', '--name', '@acme/tabs-protocol', '--out', out);
    const modules: Record<string, string> = {};
    for (const block of code) modules[nameOf(block)] = await moduleOf(block);
    const packaged = blocksIn(await readFile(join(site, out, 'README.md'), 'utf8'));
    const example = packaged.find(({ language }) => language === 'ts')?.code ?? '';
    expect(awaitsAtTop('README', 'ts', example)).toBe(false);
    modules['packaged-readme.ts'] = example;
    await check(modules);
  });

  test('would not, if it were wrong', async () => {
    const wrong = "import { connect } from 'portico/client';\nconnect(1, { needs: ['read'] });\n";
    await expect(check({ 'wrong.ts': wrong })).rejects.toThrow(/wrong\.ts\(2,/);
  });

  // Chromium registers no service worker with one in it, and shows nothing.
  test.each(code.filter(({ mark }) => mark !== 'fragment'))(
    'at $place has no top-level await, if it is for extensions',
    ({ place, language, code }) => {
      expect(/from 'portico\/(client|host)'/.test(code) && awaitsAtTop(place, language, code)).toBe(false);
    },
  );

  test.each([['await x;'], ['for await (const x of y) z();'], ['if (x) { const { y } = await z(); }']])(
    'has one in %s',
    (text) => {
      expect(awaitsAtTop('x', 'ts', text)).toBe(true);
      expect(awaitsAtTop('x', 'ts', `const f = async () => { ${text} };`)).toBe(false);
    },
  );
});

describe('the data in documents', () => {
  const jsonOf = (document: string): unknown[] =>
    blocks
      .filter((each) => each.document === document && each.language === 'json')
      .map((each) => JSON.parse(each.code) as unknown);

  test('is JSON', () => {
    const documents = ['README.md', 'docs/guides/policy.md', 'docs/guides/screens.md'];
    expect(documents.map((each) => jsonOf(each).length)).toEqual([2, 2, 1]);
  });

  test('is a policy that a host takes', () => {
    const [, managed] = jsonOf('docs/guides/policy.md') as { portico?: unknown }[];
    expect(readPolicy(managed?.portico)).toMatchObject({ rules: [{}, {}] });
  });

  test('translates texts that the screens have', () => {
    const [texts] = jsonOf('docs/guides/screens.md') as object[];
    const keys = Object.keys(texts ?? {}).map((key) => key.replace(/^portico_/, ''));
    expect(keys.filter((key) => !Object.hasOwn(english, key))).toEqual([]);
  });

  test('is pages with elements that are there, and scripts that are printed', () => {
    const pages = blocks.filter(({ language }) => language === 'html');
    const texts = blocks.filter(({ document }) => document === 'docs/guides/screens.md');
    const printed = texts.map(({ code }) => /^\/\/ (\S+)\.ts$/m.exec(code)?.[1]);
    expect(pages).toHaveLength(2);
    for (const { code } of pages) {
      const elements = [...code.matchAll(/<(\w+-[\w-]+)>/g)].map(([, name]) => name);
      expect(elements).not.toEqual([]);
      expect(['portico-consent-prompt', 'portico-connections']).toEqual(expect.arrayContaining(elements));
      for (const [, script] of code.matchAll(/src="(\S+)\.js"/g)) expect(printed).toContain(script);
    }
  });
});

/** Whether a module awaits outside of all functions. */
const awaitsAtTop = (name: string, language: string, text: string): boolean => {
  const { program, errors } = parseSync(`${name}.${language}`, text, { sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]?.message}`);
  const within = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    const { type, await: isAwaited } = value as { type?: string; await?: unknown };
    if (/Function/.test(type ?? '')) return false;
    if (type === 'AwaitExpression' || (type === 'ForOfStatement' && isAwaited === true)) return true;
    return Object.values(value).some(within);
  };
  return within(program);
};
