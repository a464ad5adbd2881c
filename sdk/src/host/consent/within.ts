import { after } from '../../platform/alarm.js';
import type { Clock } from '../../platform/platform.js';

/** Rejects where something takes longer: nobody who waits for a prompt is to wait for others as well. */
export const within = async <T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<T> => {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = after(clock, milliseconds, () => reject(new Error('too late')));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
};
