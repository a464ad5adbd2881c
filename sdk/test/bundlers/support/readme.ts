import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import type { PackedSdk } from '../../../../tools/package.mjs';
import { linkPackages, unpack } from '../../../../tools/package.mjs';
import { root } from '../../../../tools/setup.mjs';
import { eventually } from '../../browser/support/eventually.js';
import { type Block, blocksOf } from '../../support/documents.js';
import { SIDES } from './recipes.js';
import { runIn } from './run.js';
import type { Pair, World } from './talk.js';

const run = promisify(execFile);

/** The two extensions of README, written as they are printed, and built by the commands that it gives. */
export const buildReadme = async ({ folder, tarball, manifest }: PackedSdk): Promise<Pair> => {
  const printed = blocksOf('README.md').filter(({ mark }) => mark === 'run');
  const commands = printed.find(({ language }) => language === 'sh');
  const at = (side: string): string => join(folder, 'readme', side);
  for (const side of SIDES) {
    await writePrinted(at(side), side, printed);
    await follow(commands?.code ?? '', at(side), tarball, Object.keys(manifest.dependencies ?? {}));
  }
  const [host, client] = SIDES.map((side) => {
    const built = join(at(side), 'extension');
    return { chromium: built, firefox: built };
  }) as [Pair['host'], Pair['client']];
  return { name: 'readme', host, client };
};

/** Files of one side are printed with its name in front of their path, those of both without. */
const writePrinted = async (folder: string, side: string, printed: readonly Block[]): Promise<void> => {
  for (const { of, code } of printed) {
    const [first, ...rest] = of.split('/');
    if (of === '' || (first !== side && (SIDES as readonly (string | undefined)[]).includes(first))) continue;
    const file = join(folder, first === side ? rest.join('/') : of);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
};

/** Does what the commands say, without a network. */
const follow = async (
  commands: string,
  folder: string,
  tarball: string,
  dependencies: readonly string[],
): Promise<void> => {
  const lines = commands
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'npm pack',
    'npm install',
    'npx esbuild',
  ]);
  const [pack, install = '', build = ''] = lines;
  expect(pack).toBe('npm pack -w sdk');
  const [packed, ...others] = install.split(' ').slice(2);
  expect(packed).toBe(`./${basename(tarball)}`);
  unpack(tarball, join(folder, 'node_modules', 'portico'));
  linkPackages(folder, [...new Set([...others, ...dependencies])]);
  // The binary itself, as `npx` finds it: no script of Node.
  await run(join(root, 'node_modules', '.bin', 'esbuild'), build.split(' ').slice(2), {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  // What a browser would only be silent about.
  await runIn(folder, { tool: 'portico', args: ['lint', 'extension'] });
};

/** The list comes, and then events: other tabs are activated until the client, which subscribes now, hears of one. */
export const expectReadme = async ({ session }: World, { client }: Pair): Promise<void> => {
  const said = (what: RegExp): RegExpExecArray | undefined =>
    session
      .backgroundLog(client[session.name])
      .map(({ text }) => what.exec(text))
      .find((found) => found !== null) ?? undefined;
  const [, list = ''] = await eventually(() => said(/^tabs: (\[.*\])$/), 'the client of README lists tabs');
  const tabs = JSON.parse(list) as unknown[];
  expect(tabs.length).toBeGreaterThan(0);
  const tab = { windowId: expect.any(Number), index: expect.any(Number), active: expect.any(Boolean) };
  for (const each of tabs) expect(each).toEqual(tab);
  const pages: Page[] = [];
  await eventually(async () => {
    pages.push(await session.openPage('about:blank'));
    return said(/^changed: \d+$/);
  }, 'the client of README hears of another tab');
  for (const page of pages) await page.close();
};
