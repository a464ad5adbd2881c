import { join } from 'node:path';
import { linkPackages, npmPack, unpack } from '../../../../tools/package.mjs';
import { buildProject, buildSide, writeProject } from './projects.js';
import { recipe } from './recipes.js';
import { runIn } from './run.js';
import type { Pair } from './talk.js';

/** The package that the host's author publishes. */
export const PUBLISHED = '@acme/notes-protocol';

const name = 'installed';
export const clientFolder = (folder: string): string => join(folder, name, 'client');

/**
 * A host built with Vite, the protocol packaged by its author, and a client that was given that package, built with
 * esbuild. The client's author has no schema library.
 */
export const buildInstalled = async (folder: string): Promise<Pair> => {
  const author = { folder: join(folder, name, 'host'), pair: name };
  const stranger = { folder: clientFolder(folder), pair: name };
  linkPackages(author.folder, ['typebox', 'vite']);
  const host = await buildSide(author, recipe('vite-compiled'), 'host');

  const args = ['package', 'src/notes.protocol.ts', '--name', PUBLISHED, '--out', 'published'];
  await runIn(author.folder, { tool: 'portico', args });
  const tarball = npmPack(join(author.folder, 'published'), author.folder);
  unpack(join(author.folder, tarball), join(stranger.folder, 'node_modules', PUBLISHED));

  const { files } = recipe('esbuild');
  const sources = { 'src/read-notes.ts': 'src/read-notes.ts', ...files('client') };
  await writeProject(stranger, sources, PUBLISHED);
  const client = await buildProject(stranger, recipe('esbuild'));
  return { name, host, client };
};
