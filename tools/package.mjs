import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { atEnd } from './browser/at-end.mjs';
import { root } from './setup.mjs';

/** @typedef {{ types: string, import: string }} EntryTarget */
/**
 * @typedef {object} Manifest What of a package.json matters here.
 * @property {string} name
 * @property {Record<string, EntryTarget | string>} exports
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [bin]
 */
/**
 * @typedef {object} PackedSdk The SDK as it would be published, in a folder outside of the repository.
 * @property {string} folder Nothing but `node_modules/`, where it is installed.
 * @property {string} dir Where it is unpacked.
 * @property {string} tarball
 * @property {Manifest} manifest As the tarball has it.
 * @property {() => void} remove
 */

/**
 * Packs the SDK with npm and unpacks it into an empty folder. What it depends on is linked from the repository,
 * so that no network is needed: what its package.json declares, and nothing else.
 * @param {PackedSdk} [packed] whose tarball is unpacked again, and must stay that long
 * @returns {PackedSdk}
 */
export function packSdk(packed) {
  if (!existsSync(join(root, 'sdk', 'dist'))) throw new Error('sdk/dist is missing: npm run build');
  // What tools say of a file, they say of the path behind links: on macOS the temporary folder is one.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'portico-packed-')));
  const drop = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  const release = atEnd(drop);
  const tarball = packed?.tarball ?? join(folder, npmPack(join(root, 'sdk'), folder));
  const dir = join(folder, 'node_modules', 'portico');
  unpack(tarball, dir);
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  linkPackages(folder, Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  return {
    folder,
    dir,
    tarball,
    manifest,
    remove: () => {
      release();
      drop();
    },
  };
}

/**
 * @param {string} from the package's folder
 * @param {string} to where its tarball goes
 * @returns {string} the tarball's name
 */
export function npmPack(from, to) {
  const args = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', to];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const output = execFileSync(npm, args, {
    cwd: from,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  return JSON.parse(output)[0].filename;
}

/**
 * What an installation does with a tarball.
 * @param {string} tarball @param {string} dir
 */
export function unpack(tarball, dir) {
  mkdirSync(dir, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', dir, '--strip-components=1']);
}

/**
 * Installs packages of the repository in a folder's node_modules, as links.
 * @param {string} folder @param {readonly string[]} names
 */
export function linkPackages(folder, names) {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'junction');
  }
}
