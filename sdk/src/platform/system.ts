import type { Clock } from './platform.js';

/** Time and chance as every JavaScript runtime has them. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer: unknown = setTimeout(run, milliseconds);
    // In Node a waiting deadline must not keep a test process alive. Browsers give a number.
    (timer as { unref?(): void }).unref?.();
    return () => clearTimeout(timer as number);
  },
};

/** 128 random bits. Not `randomUUID`: that is missing in content scripts of plain-http pages. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
