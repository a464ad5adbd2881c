import { describe, expect, test } from 'vitest';
import { circles, forbiddenGlobals, forbiddenImports, maximumLines, tooLong } from './layering-rules.js';
import { readSources } from './source-tree.js';

const sdk = readSources('sdk/src');
const extensions = [...readSources('host-extension/src'), ...readSources('client-extension/src')];

describe('the sources', () => {
  test('the layers of the SDK import downwards only', () => {
    expect(sdk.flatMap(forbiddenImports)).toEqual([]);
  });

  test('the extensions use the public surface only', () => {
    expect(extensions.flatMap(forbiddenImports)).toEqual([]);
  });

  test('chrome, browser and console are mentioned only where they belong', () => {
    expect(sdk.flatMap(forbiddenGlobals)).toEqual([]);
  });

  test('no files import each other in a circle, but for the simulated browser', () => {
    const files = [...sdk, ...extensions].filter(({ path }) => !path.startsWith('sdk/src/testing/browser/'));
    expect(circles(files)).toEqual([]);
  });

  test('no file is too long', () => {
    expect([...sdk, ...extensions].flatMap(tooLong)).toEqual([]);
  });
});

describe('the rules notice', () => {
  const imports = (path: string, text: string) => forbiddenImports({ path, text });
  const globals = (path: string, text: string) => forbiddenGlobals({ path, text });

  test.each([
    ['sdk/src/wire/a.ts', "import { a } from '../session/a.js';", 'wire may not import session'],
    ['sdk/src/host/a.ts', "export type { A } from '../client/a.js';", 'host may not import client'],
    ['sdk/src/client/a/b.ts', "await import('../../host/a.js');", 'client may not import host'],
    ['sdk/src/errors/a.ts', "let a: import('../limits/a.js').A;", 'errors may not import limits'],
    ['sdk/src/host/a.ts', "import './tsyringe/a.js';", 'only an application imports host/tsyringe'],
    ['sdk/src/host/a.ts', "import 'tsyringe';", 'may not import the package tsyringe'],
    ['sdk/src/call/a.ts', "import 'node:fs';", 'may not import the package node:fs'],
    ['sdk/src/extra/a.ts', '', 'belongs to no layer'],
    ['client-extension/src/a.ts', "import '../../sdk/src/index.js';", 'outside of client-extension/src'],
  ])('in %s: %s', (path, text, rule) => {
    const [found] = imports(path, `\n${text}`);
    expect(found).toContain(rule);
    expect(found).toMatch(/^[\w/-]+\.ts:[12] /);
  });

  test.each([
    'chrome.runtime.id;',
    'let port: chrome.runtime.Port;',
    'globalThis.chrome;',
    'browser.tabs;',
    'globalThis.browser;',
    'typeof browser;',
    'console.log(1);',
    'const all = { console };',
  ])('in sdk/src/call/a.ts: %s', (text) => {
    expect(globals('sdk/src/call/a.ts', text)).toHaveLength(1);
  });

  test('names that only look like those globals are left alone', () => {
    const text = `
      // chrome.runtime
      const browser = 'chrome';
      const facts = { chrome: browser.length, console: ids.browser };
      facts.chrome + facts.console;`;
    expect(globals('sdk/src/call/a.ts', text)).toEqual([]);
    expect(globals('sdk/src/platform/browser-port.ts', 'chrome.runtime.id; browser.tabs;')).toEqual([]);
  });

  test('a circle, of types too, and not what leads to it or away from it', () => {
    const file = (name: string, ...imports: string[]) => ({
      path: `sdk/src/call/${name}.ts`,
      text: imports.map((each) => `import type { A } from './${each}.js';`).join('\n'),
    });
    const files = [file('a', 'b'), file('b', 'c'), file('c', 'b', 'd'), file('d')];
    expect(circles(files)).toEqual([
      'sdk/src/call/b.ts lies in a circle: it imports sdk/src/call/c.ts',
      'sdk/src/call/c.ts lies in a circle: it imports sdk/src/call/b.ts',
    ]);
    expect(circles(files.slice(2))).toEqual([]);
  });

  test('a long file', () => {
    const lines = (count: number) => 'a;\n'.repeat(count);
    expect(tooLong({ path: 'a.ts', text: lines(maximumLines) })).toEqual([]);
    expect(tooLong({ path: 'a.ts', text: lines(maximumLines + 1) })).toHaveLength(1);
  });
});
