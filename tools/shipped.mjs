import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandOf, isMain, runNode } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

const extensions = ['host-extension', 'client-extension'];
// Manifest V3 forbids the first three, and a bundle has no use for the last.
const forbidden = ['eval(', 'new Function', 'Function(', 'require('];

const budgetFile = join(root, 'tools', 'budgets.json');

/** @typedef {{ problems: string[], notes?: string[] }} Findings */
/** @typedef {import('./entry-bundles.mjs').EntryBundle} EntryBundle */
/** @typedef {import('./package.mjs').PackedSdk} PackedSdk */

/**
 * As `gzip -9` makes it; the zlib in Node differs by some bytes, and stands in where there is no gzip.
 * @param {string | Buffer} content
 */
function gzipSize(content) {
  const { status, stdout } = spawnSync('gzip', ['-9', '-c'], { input: content, maxBuffer: 1 << 26 });
  return status === 0 ? stdout.length : gzipSync(content, { level: 9 }).length;
}

/** @param {string} extension @returns {string[]} all files of its builds */
function filesOf(extension) {
  const dist = join(root, extension, 'dist');
  const entries = existsSync(dist) ? readdirSync(dist, { recursive: true, withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} file */
const nameOf = (file) => relative(root, file).split(sep).join('/');

/**
 * What has a budget: each entry point with all that it pulls in, and the extensions' scripts.
 * @param {readonly EntryBundle[]} bundles
 * @returns {Map<string, number>} bytes of gzip by name
 */
function sizesOf(bundles) {
  const scripts = extensions.flatMap(filesOf).filter((file) => file.endsWith('.js'));
  return new Map([
    ...bundles.map(({ name, code }) => /** @type {const} */ ([name, gzipSize(code)])),
    ...scripts.sort().map((file) => /** @type {const} */ ([nameOf(file), gzipSize(readFileSync(file))])),
  ]);
}

/**
 * Compressed sizes, against the bytes that budgets.json allows.
 * @param {readonly EntryBundle[]} bundles @returns {Findings}
 */
export function checkSizes(bundles) {
  const budgets = readBudgets();
  const sizes = sizesOf(bundles);
  /** @type {string[]} */
  const problems = [];
  for (const [name, size] of sizes) {
    const budget = budgets[name];
    if (budget === undefined) problems.push(`${name}: ${size} bytes gzip, and no budget in budgets.json`);
    else if (size > budget) problems.push(`${name}: ${size} of ${budget} bytes gzip`);
  }
  for (const name of Object.keys(budgets)) {
    if (!sizes.has(name)) problems.push(`${name} has a budget in budgets.json, but is not there`);
  }
  // The smallest that a client can be is worth a look each time.
  const key = ['portico/client { connect }', 'client-extension/dist/chromium/background.js'];
  return { problems, notes: key.map((name) => `${name}: ${sizes.get(name)} of ${budgets[name]} bytes gzip`) };
}

/** @returns {Record<string, number>} */
const readBudgets = () => JSON.parse(readFileSync(budgetFile, 'utf8'));

/**
 * Allows each what it has now and a hundredth more, or what it was allowed before if that is less and still holds.
 * @param {readonly EntryBundle[]} bundles
 */
function writeBudgets(bundles) {
  const before = readBudgets();
  const budgets = [...sizesOf(bundles)].map(([name, size]) => {
    const allowed = before[name] ?? 0;
    const ample = Math.ceil((size * 1.01) / 10) * 10;
    return [name, size <= allowed ? Math.min(allowed, ample) : ample];
  });
  writeFileSync(budgetFile, `${JSON.stringify(Object.fromEntries(budgets), null, 2)}\n`);
}

/**
 * Nothing that is or becomes part of an extension makes code from text: neither our extensions, nor what the SDK
 * adds to others, as published and as bundled with what it depends on.
 * @param {PackedSdk} packed @param {readonly EntryBundle[]} bundles @returns {Findings}
 */
export function checkForbiddenStrings(packed, bundles) {
  const shipped = bundles.filter((bundle) => bundle.shipped);
  const published = new Set(shipped.flatMap(({ modules }) => modules));
  /** @type {[name: string, text: string][]} */
  const texts = [
    ...extensions.flatMap(filesOf).map(readNamed),
    ...[...published]
      .filter((file) => file.startsWith(packed.dir + sep))
      .map((file) => /** @type {[string, string]} */ ([relative(packed.folder, file), readText(file)])),
    ...shipped.map(({ name, code }) => /** @type {[string, string]} */ ([`the bundle of ${name}`, code])),
  ];
  const empty = extensions.filter((extension) => filesOf(extension).length === 0);
  const problems = [
    ...empty.map((extension) => `${extension}/dist is empty`),
    ...texts.flatMap(([name, text]) => forbiddenIn(name, text)),
  ];
  return { problems, notes: [`${texts.length} files and bundles`] };
}

/** @param {string} file */
const readText = (file) => readFileSync(file, 'latin1');

/** @param {string} file @returns {[name: string, text: string]} */
const readNamed = (file) => [nameOf(file), readText(file)];

/** @param {string} name @param {string} text @returns {string[]} */
function forbiddenIn(name, text) {
  return forbidden
    .filter((string) => text.includes(string))
    .map((string) => {
      const at = text.indexOf(string);
      const excerpt = text.slice(Math.max(0, at - 30), at + 50).replaceAll(/\s+/g, ' ');
      return `${name} contains ${string} at ${at}: …${excerpt}…`;
    });
}

/** @param {string} extension @returns {Promise<Findings>} */
async function lintFirefoxBuild(extension) {
  const source = join(extension, 'dist', 'firefox');
  const args = ['lint', '--source-dir', source, '--output', 'json', '--no-config-discovery', '--no-input'];
  const env = { ...process.env, NO_UPDATE_NOTIFIER: '1' };
  const { stdout, output } = await runNode(commandOf('web-ext'), args, { env });
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { problems: [`web-ext lint of ${source} said:\n${output}`] };
  }
  /** @param {{ code: string, message: string, description?: string, file?: string, line?: number }} finding */
  const describe = ({ code, message, description, file, line }) =>
    `${source}/${file ?? ''}${line ? `:${line}` : ''} ${code}: ${description || message}`;
  return { problems: report.errors.map(describe), notes: report.warnings.map(describe) };
}

/**
 * Portico's own judgement of the four builds: none may have a finding, a warning neither.
 * @returns {Promise<Findings>}
 */
export async function lintManifests() {
  const { lintExtension } = await import(/** @type {string} */ ('../sdk/dist/build.js'));
  const builds = extensions.flatMap((name) =>
    ['chromium', 'firefox'].map((each) => join(name, 'dist', each)),
  );
  const found = await Promise.all(
    builds.map(async (dir) =>
      (await lintExtension(join(root, dir))).map(
        (/** @type {{ code: string, file: string, message: string }} */ { code, file, message }) =>
          `${dir}/${file} ${code}: ${message}`,
      ),
    ),
  );
  return { problems: found.flat() };
}

/** @returns {Promise<Findings>} */
export async function lintFirefoxBuilds() {
  const findings = await Promise.all(extensions.map(lintFirefoxBuild));
  return {
    problems: findings.flatMap(({ problems }) => problems),
    notes: findings.flatMap(({ notes = [] }) => notes),
  };
}

if (isMain(import.meta.url)) {
  const flags = process.argv.slice(2);
  const known = ['--write-budgets', '--write-exports'];
  if (flags.length === 0 || flags.some((flag) => !known.includes(flag))) {
    console.error(`Usage: node tools/shipped.mjs ${known.map((flag) => `[${flag}]`).join(' ')}`);
    process.exit(2);
  }
  ensureInstalled();
  const { BuildError, build } = await import('./build.mjs');
  const { packSdk } = await import('./package.mjs');
  const { bundleEntries } = await import('./entry-bundles.mjs');
  await build().catch((error) => {
    console.error(error instanceof BuildError ? error.message : error);
    process.exit(1);
  });
  const packed = packSdk();
  const bundles = await bundleEntries(packed);
  if (flags.includes('--write-budgets')) writeBudgets(bundles);
  if (flags.includes('--write-exports')) {
    const { writeExports } = await import('./published.mjs');
    writeExports(packed, bundles);
  }
  packed.remove();
}
