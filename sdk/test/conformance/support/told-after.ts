import { expect } from 'vitest';
import { eventually } from './eventually.js';
import type { Agent, Runtime } from './runtime.js';

/** Stops the background, does something that it listens for, and waits until it is up again; gives what it was told. */
export const toldAfter = async (
  runtime: Runtime,
  act: (page: Agent) => Promise<void>,
): Promise<readonly string[]> => {
  const { background, page } = await runtime.extension('watching');
  await runtime.stop('watching');
  expect(await runtime.isRunning('watching')).toBe(false);
  await act(page);
  await eventually(
    runtime,
    async () => (await runtime.isRunning('watching')) || undefined,
    'the background is started',
  );
  return eventually(
    runtime,
    async () => {
      const told = await background.run('seenHere');
      return told.length > 0 ? told : undefined;
    },
    'the background is told',
  );
};
