import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FoundBrowser, Session } from '../../../../tools/browser/types.mjs';
import { startBrowser } from '../../browser/support/browsers.js';
import { eventually } from '../../browser/support/eventually.js';
import { type Built, FIXTURES } from './projects.js';

/** A host and its client. */
export interface Pair {
  readonly name: string;
  readonly host: Built;
  readonly client: Built;
}

/** A browser with pairs in it. */
export interface World {
  readonly session: Session;
  close(): Promise<void>;
}

/** All hosts first: a client calls as soon as it is there. */
export const openWorld = async (browser: FoundBrowser, pairs: readonly Pair[]): Promise<World> => {
  const session = await startBrowser(browser, [
    ...pairs.map(({ host }) => host[browser.name]),
    ...pairs.map(({ client }) => client[browser.name]),
  ]);
  return { session, close: () => session.close() };
};

/** The client of a pair has written what it should: a call, another with parameters, and an event. */
export const expectTalk = async ({ session }: World, { name, client }: Pair): Promise<void> => {
  const lines = await eventually(() => {
    const said = session.backgroundLog(client[session.name]).map(({ text }) => text);
    return said.length >= 3 ? said : undefined;
  }, `the client of ${name} has written three lines`);
  // Without authors: that capability was not asked for. Which of the last two comes first is open.
  const expected = await readFile(join(FIXTURES, 'output.txt'), 'utf8');
  expect(lines.toSorted()).toEqual(expected.trim().split('\n').sort());
};
