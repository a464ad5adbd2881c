import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `npm ci` if the dependencies are not those of package-lock.json. Needs nothing but Node. */
export function ensureInstalled() {
  const stamp = join(root, 'node_modules', '.installed-lock.sha256');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.log('Installing dependencies (npm ci), once …');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error'];
  const { status, stdout, stderr, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error(`npm ci failed:\n${error?.message ?? ''}${stdout}${stderr}`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
