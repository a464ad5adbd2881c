import type { LogEntry } from './log.js';

/**
 * Writes a host's log to the console, for whoever opens its developer tools: `createHost({ log: consoleLog })`. Each
 * entry by its level, and behind it what was thrown, with its stack and its cause.
 */
export const consoleLog = ({ level, message, error }: LogEntry): void => {
  // biome-ignore lint/suspicious/noConsole: what it is for
  console[level](`portico: ${message}`, ...(error === undefined ? [] : [error]));
};
