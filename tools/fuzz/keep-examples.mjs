import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { commandOf, runNode } from '../run.mjs';
import { root } from '../setup.mjs';

/** @typedef {{ title: string, to: string, messages: unknown[], closed: boolean, answers: unknown[] }} Example */
/** @typedef {{ knows(messages: unknown[]): Promise<void>, examplesIn(talks: unknown[]): Promise<Example[]> }} Keeper */

const corpus = join(root, 'sdk', 'test', 'corpus');
/** So that what a run keeps can be read by a person. */
const MOST_KEPT = 100;

/**
 * Keeps examples of answers that the corpus does not have.
 * @param {Keeper} keeper
 */
export async function keepExamples(keeper) {
  for (const folder of ['accept', 'reject']) {
    for (const file of await readdir(join(corpus, folder))) {
      /** @type {Example} */
      const { to, messages } = JSON.parse(await readFile(join(corpus, folder, file), 'utf8'));
      if (to === 'host') await keeper.knows(messages);
    }
  }
  /** @type {Example[]} */
  const found = [];
  let work = Promise.resolve();
  return {
    /** @param {unknown[]} talks */
    collect(talks) {
      work = work.then(async () => {
        if (found.length < MOST_KEPT) found.push(...(await keeper.examplesIn(talks)));
      });
    },
    async save() {
      await work;
      const files = [];
      for (const example of found) files.push(await save(example));
      if (files.length > 0)
        await runNode(commandOf('@biomejs/biome', 'biome'), ['format', '--write', ...files]);
      return files.map((file) => relative(root, file));
    },
  };
}

/** @param {Example} example */
async function save(example) {
  const folder = JSON.stringify(example.answers).includes('"code"') ? 'reject' : 'accept';
  const words = example.title
    .replace(/^.*?: /, '')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 48);
  const plain = join(corpus, folder, `host-fuzz-${words}.json`);
  const hash = createHash('sha256').update(JSON.stringify(example.messages)).digest('hex').slice(0, 6);
  const file = existsSync(plain) ? plain.replace(/\.json$/, `-${hash}.json`) : plain;
  await writeFile(file, `${JSON.stringify(example, undefined, 2)}\n`);
  return file;
}
