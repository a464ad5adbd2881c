import { describe, expect, test } from 'vitest';
import { type Finding, lintExtension } from '../../../src/build/lint/index.js';
import { chromium, firefox, folderWith } from './folders.js';

/** Findings in a Firefox background, which may await at its top level. */
const lint = (background: string, others: Readonly<Record<string, string>> = {}): Promise<Finding[]> =>
  lintExtension(folderWith({ 'manifest.json': firefox, 'background.js': background, ...others }));

const heads = async (...from: Parameters<typeof lint>): Promise<string[]> =>
  (await lint(...from)).map(({ severity, code, file, path }) => `${severity} ${code} ${file} ${path}`);

const LISTEN = 'chrome.runtime.onConnectExternal.addListener(() => {});';
const HOST = `import { createHost } from 'portico/host'; const host = createHost();\n`;
const listenAt = (text: string): string => {
  const lines = text.slice(0, text.lastIndexOf(LISTEN)).split('\n');
  return `background.js ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
};

describe('late, and known to run', () => {
  test.each([
    ['after a top-level await', `await settings;\n${LISTEN}`],
    ['after for await', `for await (const each of list) use(each);\n${LISTEN}`],
    ['inside for await', `for await (const each of list) { ${LISTEN} }`],
    ['in an async function that is called', `start();\nasync function start() { await settings; ${LISTEN} }`],
    [
      'in an async arrow function that is called',
      `const start = async () => { await settings; ${LISTEN} };\nstart();`,
    ],
    ['in an immediate async function', `(async () => { await settings; ${LISTEN} })();`],
    ['in an immediate function with call', `(async function () { await settings; ${LISTEN} }).call(self);`],
    ['in then', `load().then(() => { ${LISTEN} });`],
    ['in a chain', `load().then(parse).catch(() => {}).finally(function () { ${LISTEN} });`],
    ['in a named function that then calls', `load().then(start);\nfunction start() { ${LISTEN} }`],
    [
      'in a function called by one that is late',
      `load().then(() => start());\nconst start = () => { ${LISTEN} };`,
    ],
    ['in a timer', `setTimeout(() => { ${LISTEN} });`],
    ['in a timer of self', `self.setTimeout(() => { ${LISTEN} }, 0);`],
    ["in another event's listener", `chrome.runtime.onInstalled.addListener(() => { ${LISTEN} });`],
    [
      'in an event listener',
      `addEventListener('install', late); self.addEventListener('x', () => { ${LISTEN} });`,
    ],
    ["in a browser API's callback", `chrome.storage.local.get('x', () => { ${LISTEN} });`],
    ['after one branch that awaits', `if (old) { await migrate(); }\n${LISTEN}`],
    ['after a case that awaits', `switch (kind) { case 1: await migrate(); break; default: }\n${LISTEN}`],
    ['in a promise that is made later', `await settings;\nnew Promise(() => { ${LISTEN} });`],
  ])('%s', async (_name, script) => {
    expect(await heads(script)).toContain(`error listener-late ${listenAt(script)}`);
  });

  test('says why and where, in one line', async () => {
    const [finding] = await lint(`const x = 1;\nawait settings;\n${LISTEN}`);
    expect(finding?.message).toContain('onConnectExternal.addListener() is called after an await (2:1)');
    expect(finding?.message).not.toContain('\n');
    expect(finding?.remedy).toContain('top level');
  });

  test('onConnect counts as well', async () => {
    expect(await heads('await x;\nbrowser.runtime.onConnect.addListener(f);')).toEqual([
      'error listener-late background.js 2:1',
    ]);
  });

  test.each([
    ['optional chains', "await x;\nchrome?.runtime?.['onConnectExternal']?.addListener(f);"],
    ['a minified alias of runtime', 'const e=chrome.runtime;await x;\ne.onConnectExternal.addListener(f);'],
  ])('recognises %s', async (_name, script) => {
    expect(await heads(script)).toEqual(['error listener-late background.js 2:1']);
  });
});

describe('in time', () => {
  test.each([
    ['at the top level', LISTEN],
    ['before an await', `${LISTEN}\nawait settings;`],
    [
      'before the await of an async function',
      `start();\nasync function start() { ${LISTEN} await settings; }`,
    ],
    ['in a function that is called', `start();\nfunction start() { ${LISTEN} }`],
    ['in a function that nobody is seen to call', `export const start = () => { ${LISTEN} };`],
    ['in an immediate function', `(() => { ${LISTEN} })();`],
    [
      'in a function that is also called in time',
      `const start = () => { ${LISTEN} };\nstart(); load().then(start);`,
    ],
    ['beside an async function', `(async () => { await settings; })();\n${LISTEN}`],
    [
      'after a branch that awaits and returns',
      `start();\nasync function start() { if (old) { await x; return; } ${LISTEN} }`,
    ],
    ['in the other branch', `if (old) await migrate(); else { ${LISTEN} }`],
    ['in another case', `switch (kind) { case 1: await migrate(); break; default: ${LISTEN} }`],
    ['in a promise that is made at once', `new Promise((done) => { ${LISTEN} });`],
    ['for each of a list', `[1].forEach(() => { ${LISTEN} });`],
    [
      'where a parameter hides a late function',
      `load().then((start) => start());\nfunction start() { ${LISTEN} }`,
    ],
    ['another event', 'await settings;\nchrome.runtime.onInstalled.addListener(f);'],
    [
      'inside an onConnect listener, onMessage',
      'chrome.runtime.onConnect.addListener((port) => port.onMessage.addListener(f));',
    ],
  ])('%s', async (_name, script) => {
    expect(await heads(script)).toEqual([]);
  });
});

test.each([
  ['a function that somebody may call', `export const start = async () => { await x; ${LISTEN} };`],
  ['a method', `export class Start { async run() { await x; ${LISTEN} } }`],
  ['a callback that some function takes', `wrap(async () => { await x; ${LISTEN} });`],
])('is a warning in %s', async (_name, script) => {
  expect(await heads(script)).toEqual([`warning listener-late ${listenAt(script)}`]);
});

describe('listen() of a host', () => {
  test.each([
    ['after an await', `${HOST}await settings;\nhost.listen();`, ['error listener-late background.js 3:1']],
    ['in then', `${HOST}\nload().then(() => host.listen());`, ['error listener-late background.js 3:19']],
    ['at the top level', `${HOST}host.listen();\nawait settings;`, []],
    ['with an argument, which a host does not take', `${HOST}await x;\nserver.listen(80);`, []],
    ['without Portico', 'await settings;\nserver.listen();', []],
    [
      'in a bundle',
      'const n=e=>e.onConnectExternal,p="portico:",h=m(n,p);(async()=>{await 0;\nh.listen()})();',
      ['error listener-late background.js 2:1'],
    ],
  ])('%s', async (_name, script, expected) => {
    expect(await heads(script)).toEqual(expected);
  });
});

describe('several files', () => {
  test('an imported module that awaits makes its importer late', async () => {
    const found = await lint(`import './settings.js';\n${LISTEN}`, { 'settings.js': '\nawait load();' });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: 'background.js', path: '2:1', severity: 'error' });
    expect(found[0]?.message).toContain('top-level await of settings.js (2:1)');
  });

  test('what is imported after one that awaits is followed too', async () => {
    const files = { 'a.js': 'await 0;', 'sub/b.js': `import '/c.js';`, 'c.js': `await 0;\n${LISTEN}` };
    expect(await heads(`import './a.js'; import './sub/b.js';`, files)).toEqual([
      'error listener-late c.js 2:1',
    ]);
  });

  test('an imported module that listens, in time', async () => {
    expect(await heads(`import './listen.js'; await 0;`, { 'listen.js': LISTEN })).toEqual([]);
  });

  test('a host that is made in one module and listens in another', async () => {
    const files = { 'host.js': `${HOST}export { host };` };
    expect(await heads(`import { host } from './host.js';\nawait 0;\nhost.listen();`, files)).toEqual([
      'error listener-late background.js 3:1',
    ]);
  });

  test('a module that import() loads', async () => {
    expect(await heads(`import('./listen.js');`, { 'listen.js': LISTEN })).toEqual([
      'error listener-late listen.js 1:1',
    ]);
  });

  test('modules that import each other', async () => {
    expect(
      await heads(`import './a.js'; await 0;`, { 'a.js': `import './background.js'; ${LISTEN}` }),
    ).toEqual([]);
  });

  test('packages and missing modules', async () => {
    const found = await lint(`import 'portico/host'; import './gone.js';\n${LISTEN}`);
    expect(found).toMatchObject([{ code: 'script-missing', severity: 'warning', file: 'gone.js' }]);
  });

  test("importScripts, and a background page's scripts", async () => {
    const files = {
      'manifest.json': { ...firefox, background: { page: 'pages/bg.html' } },
      'pages/bg.html':
        '<!doctype html><script src="a.js"></script><script type="module" src=/b.js></script><script>x()</script>',
      'pages/a.js': `importScripts('late.js');`,
      'pages/late.js': `setTimeout(() => { ${LISTEN} });`,
      'b.js': `await 0;\n${LISTEN}`,
    };
    const found = await lintExtension(folderWith(files));
    expect(found.map(({ file, path }) => `${file} ${path}`)).toEqual(['pages/late.js 1:20', 'b.js 2:1']);
  });
});

describe('scripts that do not start', () => {
  const worker = (background: string, others = {}) =>
    lintExtension(folderWith({ 'manifest.json': chromium, 'background.js': background, ...others }));

  test('a top-level await in a service worker', async () => {
    expect(await worker('\nawait settings;')).toMatchObject([
      { code: 'top-level-await', severity: 'error', file: 'background.js', path: '2:1' },
    ]);
    expect(await worker(`import './a.js';`, { 'a.js': 'await 0;' })).toMatchObject([
      { code: 'top-level-await', file: 'a.js', path: '1:1' },
    ]);
    expect(await worker('(async () => { await settings; })();')).toEqual([]);
  });

  test('a module that is loaded as a classic script', async () => {
    const manifest = { ...chromium, background: { service_worker: 'background.js' } };
    const dir = folderWith({ 'manifest.json': manifest, 'background.js': `\nimport './a.js';` });
    expect(await lintExtension(dir)).toMatchObject([
      { code: 'script-not-module', severity: 'error', file: 'background.js', path: '2:1' },
    ]);
  });

  test('a script that does not parse, or is nested too deeply', async () => {
    expect(await worker('let a = ;')).toMatchObject([{ code: 'script-unread', path: '1:9' }]);
    expect(await worker(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toMatchObject([
      { code: 'script-unread' },
    ]);
    expect(await worker(`x${' + x'.repeat(50_000)}`)).toMatchObject([{ code: 'script-unread' }]);
  });
});
