import { expect } from 'vitest';
import type { Case, Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { FixtureName } from '../support/fixtures.js';
import { longFactsOf } from '../support/long-facts.js';
import type { Runtime } from '../support/runtime.js';
import { talkAs } from '../support/talk.js';
import { closed } from './endings.js';

/** After how long a background is idle, and when it has surely been stopped for that, in milliseconds. */
const IDLE = 30_000;
const SURELY = 36_000;

/** So long after the ports were opened that whatever idles has been stopped. */
const untilSurelyIdle = async (runtime: Runtime): Promise<void> => {
  const left = longFactsOf(runtime).begun + SURELY - runtime.now();
  if (left > 0) await runtime.pass(left);
};

const untilStopped = (runtime: Runtime, name: FixtureName): Promise<true> =>
  eventually(runtime, async () => ((await runtime.isRunning(name)) ? undefined : true), `${name} is stopped`);

const cases: Case[] = [
  {
    name: 'a silent open port keeps no background: it is stopped after half a minute, and the port ends without an error',
    async run(runtime) {
      const { page } = await runtime.extension('client');
      const talk = talkAs(runtime, page, longFactsOf(runtime).silent);
      await untilStopped(runtime, 'idle');
      expect(await talk.ending()).toEqual(closed(runtime));
      expect((await talk.diary()).endedAfter).toBeGreaterThan(IDLE - 5000);
    },
  },
  {
    name: 'messages that it gets keep a background',
    async run(runtime) {
      await untilSurelyIdle(runtime);
      expect(await runtime.isRunning('hearing')).toBe(true);
    },
  },
  {
    name: 'messages that it posts do not keep a background',
    async run(runtime) {
      await untilStopped(runtime, 'speaking');
    },
  },
  {
    name: 'a timer that is set for longer than that fires only in a background that something else keeps',
    async run(runtime) {
      await untilSurelyIdle(runtime);
      const fired = async (name: FixtureName): Promise<unknown> =>
        (await runtime.extension(name)).background.run('getFromDatabase');
      // That it has been long enough is shown by the one that does.
      const written = await eventually(runtime, () => fired('hearing'), 'the timer fires');
      expect([await fired('idle'), written]).toEqual([undefined, 'the timer has fired']);
    },
  },
];

export const idlingSuite: Suite = { name: 'idling', cases };
