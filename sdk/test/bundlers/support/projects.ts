import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identityOf, idOf } from '../../browser/support/manifests.js';
import { type Recipe, type Side, sourcesOf } from './recipes.js';
import { runIn } from './run.js';

export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** The identities that the guides use. */
export const GUIDE = {
  host: {
    key: 'c6ngYtmvLpXdIKJFGAo0tT0BIY5B/x0e5I+us++yea4=',
    chromium: 'mfhbmfbkjpijmffoehmkpilbeddhkkco',
    firefox: 'notes@example.com',
  },
  client: {
    key: 'eqjF9stnQQSsYsLcViExWU4w5St6UiCvNf77TOJcEx0=',
    chromium: 'kbhmnnpeccboglkjkgmfamfcapddlnpd',
    firefox: 'reader@example.com',
  },
} as const;

/** A built extension, by browser. */
export type Built = Readonly<Record<'chromium' | 'firefox', string>>;

/** Where a project stands, and to which pair it belongs: each pair has ids of its own. */
export interface Site {
  readonly folder: string;
  readonly pair: string;
}

/** What the sources import. */
const PROTOCOL = './notes.protocol.js';

/**
 * Writes files of the fixtures into a project, with the ids of the guides replaced by the pair's own.
 * @param protocol what the sources import instead
 */
export const writeProject = async (
  { folder, pair }: Site,
  files: Readonly<Record<string, string>>,
  protocol = PROTOCOL,
): Promise<void> => {
  await put(folder, 'package.json', JSON.stringify({ name: pair, private: true, type: 'module' }));
  for (const [path, fixture] of Object.entries(files)) {
    const text = await readFile(join(FIXTURES, fixture), 'utf8');
    await put(folder, path, withOwnIds(text, pair).replace(PROTOCOL, protocol));
  }
};

const put = async (folder: string, path: string, text: string): Promise<void> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const withOwnIds = (text: string, pair: string): string => {
  let own = text;
  for (const side of ['host', 'client'] as const) {
    const name = `${pair}-${side}`;
    const { key } = identityOf(name, 'chromium') as { key: string };
    own = own
      .replaceAll(GUIDE[side].key, key)
      .replaceAll(GUIDE[side].chromium, idOf(name, 'chromium'))
      .replaceAll(GUIDE[side].firefox, idOf(name, 'firefox'));
  }
  return own;
};

/** Builds one side of a pair as the guide says. */
export const buildSide = async (site: Site, recipe: Recipe, side: Side): Promise<Built> => {
  const files = { ...sourcesOf(side), ...recipe.files(side) };
  const from = recipe.compiled === 'command' ? `../generated/notes.${side}.js` : PROTOCOL;
  await writeProject(site, files, from);
  return buildProject(site, recipe);
};

/** Builds what stands in a project as the guide says. */
export const buildProject = async ({ folder }: Site, { commands, output }: Recipe): Promise<Built> => {
  for (const command of commands) await runIn(folder, command);
  return { chromium: join(folder, output.chromium), firefox: join(folder, output.firefox) };
};
