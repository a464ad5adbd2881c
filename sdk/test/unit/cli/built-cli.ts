import { execFile, spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the command line as it is published, in a folder of its own, and gives the path of its script. */
export const builtCli = async (folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "portico", "version": "9.8.7", "type": "module" }',
  );
  await symlink(modules, join(folder, 'node_modules'), 'junction');
  await build({
    entryPoints: { cli: source('cli/main.ts'), index: source('index.ts') },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  return join(folder, 'dist/cli.js');
};

/** Runs it to its end. */
export const runCli = (script: string, args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });

/** Starts it, and gives its lines one by one, whichever stream they come on. */
export const startCli = (script: string, args: readonly string[], cwd: string) => {
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let wake = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      wake();
    });
  }
  const next = async (): Promise<string> => {
    while (lines.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines.shift() as string;
  };
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { next, ended, stop: () => child.kill('SIGTERM') };
};
