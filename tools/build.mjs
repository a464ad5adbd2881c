import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { commandOf, isMain, runNode, secondsSince } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

const packages = ['sdk', 'host-extension', 'client-extension'];
const sources = [
  'package-lock.json',
  'rollup.config.mjs',
  'tsconfig.base.json',
  'tsconfig.emit.json',
  ...packages.flatMap((name) =>
    ['src', 'static', 'manifest.mjs', 'package.json', 'tsconfig.json', 'tsconfig.node.json'].map((path) =>
      join(name, path),
    ),
  ),
];
const stamp = join(root, 'build', 'sources.sha256');

/** What went wrong in the sources, to be shown without a stack. */
export class BuildError extends Error {}

/** @param {string} path @returns {Promise<string[]>} */
async function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function hashOfSources() {
  const hash = createHash('sha256');
  const files = await Promise.all(sources.map((path) => filesUnder(join(root, path))));
  for (const file of files.flat().sort()) {
    const content = await readFile(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** tsc leaves the output of deleted sources behind, and the bundles are found by the names of output files. */
async function removeStaleOutput() {
  for (const name of packages) {
    const build = join(root, name, 'build');
    for (const file of await filesUnder(build)) {
      const source = join(
        root,
        name,
        'src',
        relative(build, file).replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts'),
      );
      if (!file.endsWith('.tsbuildinfo') && !existsSync(source)) await rm(file);
    }
  }
}

async function compile() {
  const projects = ['sdk', 'sdk/tsconfig.node.json', 'host-extension', 'client-extension'];
  const { code, output } = await runNode(commandOf('typescript', 'tsc'), [
    '-b',
    ...projects,
    '--pretty',
    String(process.stderr.isTTY === true),
  ]);
  if (code !== 0) throw new BuildError(`tsc -b failed:\n${output}`);
  await removeStaleOutput();
}

/** @param {import('rollup').RollupOptions[]} bundles */
async function bundle(bundles) {
  const ended = await Promise.allSettled(bundles.map(bundleOne));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

/** @param {import('rollup').RollupOptions} options */
async function bundleOne(options) {
  const { rollup } = await import('rollup');
  const { describeBundle } = await import('../rollup.config.mjs');
  try {
    const result = await rollup(options);
    for (const output of [options.output ?? []].flat()) await result.write(output);
    await result.close();
  } catch (error) {
    const { message, id, frame, loc } = /** @type {import('rollup').RollupError} */ (error);
    const place = loc ? `${loc.file ?? id}:${loc.line}:${loc.column}\n` : id ? `${id}\n` : '';
    throw new BuildError(`rollup failed for ${describeBundle(options)}:\n${place}${message}\n${frame ?? ''}`);
  }
}

async function isCurrent() {
  const outputs = packages.map((name) => join(root, name, 'dist'));
  if (![stamp, ...outputs].every(existsSync)) return false;
  return (await readFile(stamp, 'utf8')) === (await hashOfSources());
}

/** @param {string} pid */
const runs = (pid) => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

/** Waits until no other process builds: two builds at once would take each other's output away. */
async function lock() {
  const file = join(root, 'build', 'lock');
  await mkdir(dirname(file), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      await writeFile(file, `${process.pid}`, { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch {
      const pid = await readFile(file, 'utf8').catch(() => '');
      // One that was killed leaves its lock behind.
      if (pid && !runs(pid)) await rm(file, { force: true });
      else if (!told) console.log(`Build: waiting for another build (process ${pid})`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Builds the SDK and both extensions for both browsers, unless the sources are those of the last build. */
export async function build() {
  if (await isCurrent()) return console.log('Build: up to date');
  const unlock = await lock();
  try {
    if (await isCurrent()) return console.log('Build: up to date');
    await buildAll();
  } finally {
    await unlock();
  }
}

async function buildAll() {
  const started = performance.now();
  // Taken first: a source that changes while we build must not count as built.
  const hash = await hashOfSources();
  await rm(stamp, { force: true });

  console.log('Build: TypeScript …');
  await compile();
  for (const name of packages) await rm(join(root, name, 'dist'), { recursive: true, force: true });
  console.log('Build: the SDK …');
  const { extensionBundles, sdkBundles, sdkEntries } = await import('../rollup.config.mjs');
  for (const { entry, input } of sdkEntries()) {
    if (!existsSync(input)) console.log(`Build: ${entry} has no source yet, left out`);
  }
  await bundle(sdkBundles());
  console.log('Build: the extensions …');
  await bundle(await extensionBundles());

  await mkdir(join(root, 'build'), { recursive: true });
  await writeFile(stamp, hash);
  console.log(`Build: done in ${secondsSince(started)}`);
}

if (isMain(import.meta.url)) {
  ensureInstalled();
  try {
    await build();
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error);
    process.exitCode = 1;
  }
}
