import { vi } from 'vitest';

/**
 * How long a test waits for what must come about, in milliseconds. It ends what hangs and says what did not come;
 * it decides nothing: on a busy machine everything may take many times as long as on an idle one.
 */
export const PATIENCE = 240_000;

/** Waits until an assertion holds; gives what it gives. */
export const until = <T>(holds: () => T | Promise<T>): Promise<T> => vi.waitFor(holds, { timeout: PATIENCE });
