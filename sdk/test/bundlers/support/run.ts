import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOf } from '../../../../tools/run.mjs';
import type { Command } from './recipes.js';

const NAMES = { rollup: 'rollup', typescript: 'tsc', vite: 'vite', wxt: 'wxt' } as const;

const scriptOf = (folder: string, { tool }: Command): string[] => {
  if (tool === 'node') return [];
  if (tool === 'webpack') return [fileURLToPath(new URL('run-webpack.mjs', import.meta.url))];
  // The packed one, as Node finds it from the project.
  if (tool === 'portico') return [join(dirname(packageOf(folder)), 'dist', 'cli.js')];
  return [commandOf(tool, NAMES[tool])];
};

const packageOf = (folder: string): string =>
  createRequire(join(folder, 'package.json')).resolve('portico/package.json');

/** Runs a command of a guide in the folder of a project. */
export const runIn = (folder: string, command: Command): Promise<void> =>
  runNode(folder, [...scriptOf(folder, command), ...command.args]);

/** Rejects with what it printed unless it ends well. */
const runNode = (folder: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', CI: '1' };
    // Vitest's own, which bundlers would take for theirs.
    for (const name of Object.keys(env)) if (/^(VITE|FORCE_COLOR)/.test(name)) delete env[name];
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${args.join(' ')} in ${folder} ended with ${code}:\n${output}`));
    });
  });
