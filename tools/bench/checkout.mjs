import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../browser/at-end.mjs';
import { runNode } from '../run.mjs';
import { root } from '../setup.mjs';

const git = (/** @type {string[]} */ ...args) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const INSTALLED = '.installed-lock.sha256';

/**
 * Lays a commit out in a folder of its own, with dependencies of its own, and builds it.
 * @param {string} revision @param {(text: string) => void} say
 * @returns {Promise<{ root: string, commit: string, remove: () => void }>}
 */
export async function checkOut(revision, say) {
  const commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), 'portico-against-'));
  const tree = join(folder, 'tree');
  const drop = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    git('worktree', 'prune');
  };
  const release = atEnd(drop);
  try {
    say(`Laying out ${commit.slice(0, 9)} …`);
    git('worktree', 'add', '--detach', tree, commit);
    linkDependencies(tree);
    say(`Building ${commit.slice(0, 9)} …`);
    // Without the links above, it installs what its lock file says.
    const { code, output } = await runNode(join(tree, 'tools', 'build.mjs'), [], {
      cwd: tree,
      timeout: 1_200_000,
    });
    if (code !== 0) throw new Error(`${commit} can't be built:\n${output}`);
  } catch (error) {
    release();
    drop();
    throw error;
  }
  return {
    root: tree,
    commit,
    remove: () => {
      release();
      drop();
    },
  };
}

/**
 * Where the lock files are equal, the packages that are here will do: all but those of the workspace itself, which
 * are links to its own folders.
 * @param {string} tree
 */
function linkDependencies(tree) {
  const lock = readFileSync(join(tree, 'package-lock.json'));
  if (!lock.equals(readFileSync(join(root, 'package-lock.json')))) return;
  const { packages } = /** @type {{ packages: Record<string, { resolved?: string, link?: boolean }> }} */ (
    JSON.parse(lock.toString('utf8'))
  );
  const own = new Map(
    Object.entries(packages).flatMap(([path, { link, resolved = '' }]) =>
      link ? [/** @type {const} */ ([path.replace(/^node_modules\//, ''), join(tree, resolved)])] : [],
    ),
  );
  const to = join(tree, 'node_modules');
  mkdirSync(to);
  for (const name of namesIn(join(root, 'node_modules'))) {
    if (name.includes('/')) mkdirSync(join(to, name, '..'), { recursive: true });
    symlinkSync(own.get(name) ?? join(root, 'node_modules', name), join(to, name), 'junction');
  }
  // Packages of one workspace alone stand in its own folder.
  for (const path of own.values()) {
    const inner = join(path.replace(tree, root), 'node_modules');
    if (existsSync(inner)) symlinkSync(inner, join(path, 'node_modules'), 'junction');
  }
  writeFileSync(join(to, INSTALLED), createHash('sha256').update(lock).digest('hex'));
}

/** The packages in a `node_modules`, scoped ones among them. @param {string} folder */
const namesIn = (folder) =>
  readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(folder, name)).map((each) => `${name}/${each}`) : [name];
  });
