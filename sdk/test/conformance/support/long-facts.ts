import { eventually } from './eventually.js';
import type { FixtureName } from './fixtures.js';
import type { Runtime } from './runtime.js';
import { freshName, open } from './talk.js';

/** Extensions that the first tests meet: they answer before any test begins. */
const ECHOES = ['host', 'plain', 'other-format', 'idle', 'hearing', 'speaking'] as const;

/** How often there is traffic on the ports that have some, in milliseconds. */
const BEAT = 5000;

/**
 * What takes half a minute to see is begun when a runtime opens, and looked at by its last tests, so that the rest
 * of the suite goes by meanwhile. No test may touch these extensions.
 */
export interface LongFacts {
  readonly begun: number;
  /** The key of the silent port in the client's page. */
  readonly silent: string;
}

const facts = new WeakMap<Runtime, LongFacts>();

export const longFactsOf = (runtime: Runtime): LongFacts => {
  const found = facts.get(runtime);
  if (!found) throw new Error('what takes long was not begun');
  return found;
};

/** Waits for the extensions to be up, and begins what takes long. */
export const begin = async (runtime: Runtime): Promise<void> => {
  const { page } = await runtime.extension('client');
  for (const name of ECHOES) await untilAnswers(runtime, name);
  const silent = await open(runtime, page, { to: runtime.idOf('idle'), manner: 'timer' });
  await open(runtime, page, { to: runtime.idOf('speaking'), manner: 'talkative' });
  const heard = freshName('timer');
  await page.run('connect', { key: heard, name: heard, to: runtime.idOf('hearing') });
  await page.run('keepPosting', { key: heard, every: BEAT });
  facts.set(runtime, { begun: runtime.now(), silent: silent.key });
};

/** Connects again and again until an echo greets; in some way of copying it may be out of reach. */
export const untilAnswers = async (runtime: Runtime, name: FixtureName): Promise<void> => {
  const { page } = await runtime.extension('client');
  await eventually(
    runtime,
    async () => {
      const talk = await open(runtime, page, { to: runtime.idOf(name) });
      const { endings, greeting } = await eventually(
        runtime,
        async () => {
          const diary = await talk.diary();
          return diary.greeting || diary.endings.length > 0 ? diary : undefined;
        },
        `${name} answers`,
      );
      await talk.disconnect();
      return greeting || /different/.test(endings[0]?.lastError ?? '') ? true : undefined;
    },
    `${name} greets`,
  );
};
