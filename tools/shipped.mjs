import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandOf, runNode } from './run.mjs';
import { root } from './setup.mjs';

const extensions = ['host-extension', 'client-extension'];
// Manifest V3 forbids the first three, and a bundle has no use for the last.
const forbidden = ['eval(', 'new Function', 'Function(', 'require('];

/** @typedef {{ problems: string[], notes?: string[] }} Findings */

/**
 * Every entry point that the SDK's package.json promises is there.
 * @returns {Findings}
 */
export function checkEntryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'sdk/package.json'), 'utf8'));
  const problems = Object.entries(exports).flatMap(([entry, target]) =>
    (typeof target === 'string' ? [target] : Object.values(target))
      .filter((file) => !existsSync(join(root, 'sdk', file)))
      .map((file) => `sdk/package.json: ${entry} names ${file}, which the build did not make`),
  );
  return { problems };
}

/**
 * As `gzip -9` makes it; the zlib in Node differs by some bytes, and stands in where there is no gzip.
 * @param {string} file
 */
function gzipSize(file) {
  const content = readFileSync(file);
  const { status, stdout } = spawnSync('gzip', ['-9', '-c'], { input: content, maxBuffer: 1 << 26 });
  return status === 0 ? stdout.length : gzipSync(content, { level: 9 }).length;
}

/**
 * Compressed sizes, against the bytes that budgets.json allows.
 * @returns {Findings}
 */
export function checkSizes() {
  const budgets = JSON.parse(readFileSync(join(root, 'tools/budgets.json'), 'utf8'));
  /** @type {string[]} */
  const problems = [];
  /** @type {string[]} */
  const notes = [];
  for (const [file, budget] of Object.entries(budgets)) {
    const path = join(root, file);
    const size = existsSync(path) ? gzipSize(path) : undefined;
    const line = `${file}: ${size ?? 'missing;'} of ${budget} bytes gzip`;
    (size === undefined || size > budget ? problems : notes).push(line);
  }
  return { problems, notes };
}

/**
 * Nothing that the extensions ship makes code from text.
 * @returns {Findings}
 */
export function checkForbiddenStrings() {
  /** @type {string[]} */
  const problems = [];
  let count = 0;
  for (const extension of extensions) {
    const dist = join(root, extension, 'dist');
    const entries = existsSync(dist) ? readdirSync(dist, { recursive: true, withFileTypes: true }) : [];
    if (entries.length === 0) problems.push(`${extension}/dist is empty`);
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'latin1');
      count++;
      for (const string of forbidden) {
        const at = text.indexOf(string);
        if (at === -1) continue;
        const excerpt = text.slice(Math.max(0, at - 30), at + 50).replaceAll(/\s+/g, ' ');
        problems.push(`${relative(root, file)} contains ${string} at ${at}: …${excerpt}…`);
      }
    }
  }
  return { problems, notes: [`${count} files`] };
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

/** @returns {Promise<Findings>} */
export async function lintFirefoxBuilds() {
  const findings = await Promise.all(extensions.map(lintFirefoxBuild));
  return {
    problems: findings.flatMap(({ problems }) => problems),
    notes: findings.flatMap(({ notes = [] }) => notes),
  };
}
