import { PorticoError } from 'portico';

/** The error that a function throws; fails the test when it throws none. */
export const thrownBy = (run: () => unknown): PorticoError => {
  try {
    run();
  } catch (error) {
    if (PorticoError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
