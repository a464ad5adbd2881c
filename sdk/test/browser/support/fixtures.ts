import { bundle } from './bundle.js';
import type { Folder } from './folder.js';
import { type BrowserName, type ManifestParts, manifestOf } from './manifests.js';

interface Fixture extends ManifestParts {
  /** Directory of its background. */
  readonly background: string;
  readonly only?: BrowserName;
}

const structuredClone = { message_serialization: 'structured_clone' };

const FIXTURES = {
  /** Admits `client`, and others to what is named for them. */
  host: {
    background: 'host',
    chromium: {
      externally_connectable: {
        ids: ['*'],
        matches: ['http://127.0.0.1/*', 'http://localhost/*'],
        accepts_tls_channel_id: true,
      },
    },
  },
  client: { background: 'client', content: true, documents: true },
  /** On nobody's list. */
  stranger: { background: 'stranger', content: true },
  /** Admits every extension; installed by the tests that want it. */
  late: { background: 'open-host' },
  'clone-host': { background: 'open-host', only: 'chromium', chromium: structuredClone },
  'clone-client': { background: 'stranger', only: 'chromium', chromium: structuredClone },
} as const satisfies Record<string, Fixture>;

export type FixtureName = keyof typeof FIXTURES;

/** The fixtures that a browser can have. */
export const fixturesFor = (browser: BrowserName): FixtureName[] =>
  Object.entries<Fixture>(FIXTURES)
    .filter(([, { only }]) => only === undefined || only === browser)
    .map(([name]) => name as FixtureName);

/** The scripts of fixtures by their names, the same in every browser. */
export type Scripts = ReadonlyMap<string, string>;

/** @param pageOrigin where web pages are served */
export const bundleFixtures = async (names: readonly FixtureName[], pageOrigin: string): Promise<Scripts> => {
  const settings = { __PAGE_ORIGIN__: pageOrigin };
  const backgrounds = new Set(names.map((name) => FIXTURES[name].background));
  const scripts = new Map([
    ['document', await bundle('agent/document.ts', 'esm', settings)],
    ['content', await bundle('agent/content.ts', 'iife', settings)],
  ]);
  for (const name of backgrounds) {
    scripts.set(name, await bundle(`${name}/background.ts`, 'esm', settings));
  }
  return scripts;
};

const html = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><script type="module" src="document.js"></script>`;

export const writeFixture = (
  folder: Folder,
  name: FixtureName,
  scripts: Scripts,
  browser: BrowserName,
): Promise<void> => {
  const fixture: Fixture = FIXTURES[name];
  return folder.write(name, {
    'manifest.json': manifestOf(name, browser, fixture),
    'background.js': scripts.get(fixture.background),
    'content.js': scripts.get('content'),
    'document.js': scripts.get('document'),
    ...Object.fromEntries(['page', 'popup', 'frame'].map((each) => [`${each}.html`, html(each)])),
  });
};
