import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { parseSync } from 'vite';
import { entriesOf } from './entry-bundles.mjs';
import { root } from './setup.mjs';

/** @typedef {import('./entry-bundles.mjs').EntryBundle} EntryBundle */
/** @typedef {import('./package.mjs').PackedSdk} PackedSdk */
/** @typedef {import('./shipped.mjs').Findings} Findings */

/**
 * What publint says of the tarball.
 * @param {PackedSdk} packed @returns {Promise<Findings>}
 */
export async function lintPackage({ tarball }) {
  const { messages, pkg } = await publint({ pack: { tarball: bytesOf(tarball).buffer } });
  /** @param {boolean} serious */
  const lines = (serious) =>
    messages
      .filter(({ type }) => (type !== 'suggestion') === serious)
      .map((message) => `${message.type}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
  return { problems: lines(true), notes: lines(false) };
}

/**
 * How types resolve, by "are the types wrong?", with what its command line calls the profile `esm-only`: there are
 * ES modules alone, since browsers and bundlers want nothing else. So it is no mistake that `require` gets an ES
 * module (Node 20.19 can load it), nor that TypeScript's resolution from before `exports` finds no sub-path.
 * @param {PackedSdk} packed @returns {Promise<Findings>}
 */
export async function checkTypeResolution({ tarball }) {
  const result = await checkPackage(createPackageFromTarballData(bytesOf(tarball)));
  if (!result.types) return { problems: ['the package has no types'] };
  const beside = ['node10', 'node16-cjs'];
  const problems = result.problems
    .filter((problem) => !('resolutionKind' in problem && beside.includes(problem.resolutionKind)))
    .map((problem) => JSON.stringify(problem));
  return { problems, notes: [`${Object.keys(result.entrypoints).length} entry points`] };
}

/** @param {string} file */
const bytesOf = (file) => new Uint8Array(readFileSync(file));

/** What an entry point exports is pinned here, a name a line, types after `type`. */
const listOf = (/** @type {string} */ entry) =>
  join(root, 'tools', 'exports', `${entry === 'portico' ? 'index' : basename(entry)}.txt`);

/**
 * @param {PackedSdk} packed @param {readonly EntryBundle[]} bundles
 * @returns {{ entry: string, names: string[], untyped: string[] }[]}
 */
function exportsOf(packed, bundles) {
  return entriesOf(packed).map(({ entry, target }) => {
    const values = bundles.find(({ name }) => name === entry)?.exports ?? [];
    const declared = declaredIn(join(packed.dir, target.types));
    const types = declared.filter((name) => !values.includes(name)).map((name) => `type ${name}`);
    return {
      entry,
      names: [...values, ...types],
      untyped: values.filter((name) => !declared.includes(name)),
    };
  });
}

/** @param {string} file a declaration file @returns {string[]} */
function declaredIn(file) {
  if (!existsSync(file)) return [];
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  return module.staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName }) => exportName.name ?? `* in ${basename(file)}: name what is exported`)
    .toSorted();
}

/**
 * Exports that were added or removed without being listed.
 * @param {PackedSdk} packed @param {readonly EntryBundle[]} bundles @returns {Findings}
 */
export function checkExports(packed, bundles) {
  const problems = exportsOf(packed, bundles).flatMap(({ entry, names, untyped }) => {
    const list = listOf(entry);
    const file = relative(root, list);
    const pinned = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
    return [
      ...untyped.map((name) => `${entry} exports ${name}, which its declarations lack`),
      ...names
        .filter((name) => !pinned.includes(name))
        .map((name) => `${entry} exports ${name}, which is not in ${file}`),
      ...pinned
        .filter((name) => !names.includes(name))
        .map((name) => `${entry} does not export ${name}, which is in ${file}`),
    ];
  });
  const remedy = 'If that is meant: node tools/shipped.mjs --write-exports';
  return { problems: problems.length > 0 ? [...problems, remedy] : [] };
}

/** @param {PackedSdk} packed @param {readonly EntryBundle[]} bundles */
export function writeExports(packed, bundles) {
  for (const { entry, names } of exportsOf(packed, bundles)) {
    mkdirSync(join(root, 'tools', 'exports'), { recursive: true });
    writeFileSync(listOf(entry), `${names.join('\n')}\n`);
  }
}
