import { readFile } from 'node:fs/promises';
import { bundle } from './bundle.js';
import type { Scripts } from './fixtures.js';
import type { Folder } from './folder.js';
import { type BrowserName, identityOf, manifestOf } from './manifests.js';

/** The example of MDN, and the same with Portico. */
export type ExampleName = 'mdn' | 'greetings';

export const bundleExamples = async (): Promise<Scripts> =>
  new Map([
    ['background', await bundle('greetings/background-script.ts', 'esm')],
    ['content', await bundle('greetings/content-script.ts', 'iife')],
  ]);

/** Not the pages of the other fixtures: Firefox runs content scripts also in what is open already. */
const MATCHES = ['http://localhost/*'];

export const writeExamples = async (
  folder: Folder,
  scripts: Scripts,
  browser: BrowserName,
): Promise<void> => {
  await folder.write('mdn', await mdnFiles(browser));
  await folder.write('greetings', {
    'background.js': scripts.get('background'),
    'content.js': scripts.get('content'),
    'manifest.json': {
      ...manifestOf('greetings', browser, {}),
      action: {},
      content_scripts: [{ matches: MATCHES, js: ['content.js'] }],
    },
  });
};

/** MDN's example is of manifest version 2, which only Firefox runs; elsewhere its two names are put in place first. */
const mdnFiles = async (browser: BrowserName): Promise<Record<string, unknown>> => {
  const published = (file: string): Promise<string> =>
    readFile(new URL(`../fixtures/mdn/${file}`, import.meta.url), 'utf8');
  const scripts = {
    'content-script.js': await published('content-script.js'),
    'background-script.js': await published('background-script.js'),
  };
  const shared = { name: 'MDN: runtime.connect()', version: '1.0', ...identityOf('mdn', browser) };
  if (browser === 'firefox') {
    return {
      ...scripts,
      'manifest.json': {
        ...shared,
        manifest_version: 2,
        background: { scripts: ['background-script.js'] },
        browser_action: {},
        content_scripts: [{ matches: MATCHES, js: ['content-script.js'] }],
      },
    };
  }
  return {
    ...scripts,
    'names.js': 'globalThis.browser ??= chrome; browser.browserAction ??= chrome.action;',
    'worker.js': 'importScripts("names.js", "background-script.js");',
    'manifest.json': {
      ...shared,
      manifest_version: 3,
      background: { service_worker: 'worker.js' },
      action: {},
      content_scripts: [{ matches: MATCHES, js: ['names.js', 'content-script.js'] }],
    },
  };
};
