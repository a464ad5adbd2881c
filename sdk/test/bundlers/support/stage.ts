import { join } from 'node:path';
import { linkPackages, type PackedSdk, packSdk } from '../../../../tools/package.mjs';
import { buildInstalled } from './installed.js';
import { buildSide } from './projects.js';
import { buildReadme } from './readme.js';
import { RECIPES, type Recipe, type Side } from './recipes.js';
import type { Pair } from './talk.js';

/** What the guides tell to install beside Portico. */
const INSTALLED = [
  '@rollup/plugin-node-resolve',
  'rollup',
  'typebox',
  'typescript',
  'vite',
  'webpack',
  'wxt',
];

/** The packed SDK, and the pairs that were made of it. */
export interface Stage {
  /** With what the guides tell to install. */
  readonly packed: PackedSdk;
  /** The packed SDK in an empty folder of its own, and in it the pair `installed`. */
  readonly alone: PackedSdk;
  /** Those that could be built. */
  readonly pairs: readonly Pair[];
  /** @throws what the build said, if it failed */
  pairOf(name: string): Pair;
  remove(): void;
}

/** Builds go side by side, but not all at once: most of them use more than one core by themselves. */
const AT_ONCE = 2;

export const openStage = async (): Promise<Stage> => {
  const packed = packSdk();
  linkPackages(packed.folder, INSTALLED);
  const alone = packSdk(packed);
  const jobs = new Map([
    ...RECIPES.map((recipe) => [recipe.name, () => buildPair(packed.folder, recipe)] as const),
    ['installed', () => buildInstalled(alone.folder)] as const,
    ['readme', () => buildReadme(packed)] as const,
  ]);
  const pairs: Pair[] = [];
  const failures = new Map<string, unknown>();
  // The longest are the last of the recipes.
  const left = [...jobs].reverse();
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job; job = left.shift()) {
      const [name, build] = job;
      await build().then(
        (pair) => pairs.push(pair),
        (error: unknown) => failures.set(name, error),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    packed,
    alone,
    pairs,
    pairOf(name) {
      const pair = pairs.find((each) => each.name === name);
      if (!pair) throw failures.get(name) ?? new Error(`there is no pair ${name}`);
      return pair;
    },
    remove() {
      packed.remove();
      alone.remove();
    },
  };
};

const buildPair = async (folder: string, recipe: Recipe): Promise<Pair> => {
  const { name } = recipe;
  const site = (side: Side) => ({ folder: join(folder, name, side), pair: name });
  const host = await buildSide(site('host'), recipe, 'host');
  const client = await buildSide(site('client'), recipe, 'client');
  return { name, host, client };
};
