import { bundle } from '../../browser/support/bundle.js';
import type { Folder } from '../../browser/support/folder.js';
import { identityOf, idOf as idFor } from '../../browser/support/manifests.js';
import type { Engine, Format } from './runtime.js';

interface Fixture {
  /** Which of the backgrounds in agent/ it has. */
  readonly background: 'client' | 'host' | 'late' | 'broken' | 'breaking' | 'watching';
  /** Content scripts, a popup, and a page that may be framed. */
  readonly reachesOut?: boolean;
  readonly permissions?: readonly string[];
  /** A key of the manifest. */
  readonly incognito?: string;
  /** More keys, for Chromium alone: Firefox warns of what it does not know. */
  readonly chromium?: object;
  /** Has the other way of copying messages than the rest. */
  readonly otherFormat?: boolean;
  /** Installed by the tests that want it. */
  readonly later?: boolean;
  /** Has a content script in one page, and says in its manifest where that finds the host. */
  readonly leavesScript?: boolean;
}

const PAGES = ['http://127.0.0.1/*', 'http://localhost/*'];

const connectable = (rules: object): { chromium: object } => ({
  chromium: { externally_connectable: rules },
});

const FIXTURES = {
  /** Admits everybody, and says whom it has met. */
  host: {
    background: 'host',
    permissions: ['storage'],
    ...connectable({ ids: ['*'], matches: PAGES, accepts_tls_channel_id: true }),
  },
  client: { background: 'client', reachesOut: true, permissions: ['tabs', 'storage'] },
  /** A host whose manifest says nothing of who may connect. */
  plain: { background: 'host' },
  'ids-only': { background: 'host', ...connectable({ ids: [idFor('conformance-client', 'chromium')] }) },
  'matches-only': { background: 'host', ...connectable({ matches: PAGES }) },
  /** Has a background that listens to nobody, and no permission at all. */
  bare: { background: 'client' },
  late: { background: 'late' },
  /** Throws at its first start, and at a later one. */
  broken: { background: 'broken' },
  breaking: { background: 'breaking' },
  'other-format': { background: 'host', otherFormat: true },
  /** Left alone with a silent port, with one on which it only hears, and with one on which it only speaks. */
  idle: { background: 'host' },
  hearing: { background: 'host' },
  speaking: { background: 'host' },
  /** Is told of windows, and of other extensions; may not see their tabs. */
  watching: { background: 'watching', permissions: ['management'] },
  /** Wants a background of its own for private windows. */
  split: { background: 'host', permissions: ['storage'], incognito: 'split' },
  comes: { background: 'host', permissions: ['storage'], later: true },
  leaves: { background: 'host', leavesScript: true, later: true },
} as const satisfies Record<string, Fixture>;

export type FixtureName = keyof typeof FIXTURES;

export const FIXTURE_NAMES = Object.keys(FIXTURES) as FixtureName[];

/** Those that are there from the beginning. */
export const FIRST = FIXTURE_NAMES.filter((name) => !(FIXTURES[name] as Fixture).later);

export const idOf = (name: FixtureName | 'absent', engine: Engine): string =>
  idFor(`conformance-${name}`, engine);

/** Scripts by their names, the same in every browser. */
export type Scripts = ReadonlyMap<string, string>;

export const bundleScripts = async (): Promise<Scripts> => {
  const scripts = new Map<string, string>();
  for (const name of ['client', 'host', 'late', 'broken', 'breaking', 'watching'])
    scripts.set(name, await bundle(`../../conformance/agent/${name}.background.ts`, 'esm'));
  scripts.set('document', await bundle('../../conformance/agent/document.ts', 'esm'));
  for (const name of ['content', 'left', 'web'])
    scripts.set(name, await bundle(`../../conformance/agent/${name}.ts`, 'iife'));
  return scripts;
};

/** How a runtime's extensions say which way their messages are copied. */
export interface Formats {
  /** What a manifest must say for the format of the runtime; nothing where it is the default. */
  readonly own: Format | undefined;
  readonly other: Format;
}

const KEYS = { json: 'json', clone: 'structured_clone' };

export const manifestOf = (
  name: FixtureName,
  engine: Engine,
  formats: Formats,
  permissions = (FIXTURES[name] as Fixture).permissions,
): object => {
  const fixture: Fixture = FIXTURES[name];
  const format = fixture.otherFormat ? formats.other : formats.own;
  return {
    manifest_version: 3,
    name: `conformance-${name}`,
    version: '1.0',
    ...(permissions ? { permissions } : {}),
    ...(fixture.incognito ? { incognito: fixture.incognito } : {}),
    ...(fixture.reachesOut
      ? {
          host_permissions: ['<all_urls>'],
          content_scripts: [{ matches: PAGES, js: ['content.js'] }],
          action: { default_popup: 'popup.html' },
          web_accessible_resources: [{ resources: ['frame.html', 'document.js'], matches: PAGES }],
        }
      : {}),
    ...(fixture.leavesScript
      ? {
          description: idOf('host', engine),
          content_scripts: [{ matches: PAGES.map((page) => page.replace('*', 'left*')), js: ['left.js'] }],
        }
      : {}),
    ...identityOf(`conformance-${name}`, engine),
    ...(engine === 'chromium'
      ? {
          background: { service_worker: 'background.js', type: 'module' },
          ...(format ? { message_serialization: KEYS[format] } : {}),
          ...fixture.chromium,
        }
      : { background: { scripts: ['background.js'], type: 'module' } }),
  };
};

const html = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><script type="module" src="document.js"></script>`;

export const writeFixture = (
  folder: Folder,
  name: FixtureName,
  scripts: Scripts,
  engine: Engine,
  formats: Formats,
): Promise<void> =>
  folder.write(name, {
    'manifest.json': manifestOf(name, engine, formats),
    'background.js': scripts.get(FIXTURES[name].background),
    'content.js': scripts.get('content'),
    'left.js': scripts.get('left'),
    'document.js': scripts.get('document'),
    'imported.js': 'export const said = "imported";',
    ...Object.fromEntries(['page', 'popup', 'frame'].map((each) => [`${each}.html`, html(each)])),
  });
