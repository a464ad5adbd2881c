import { createInterface } from 'node:readline';

/** @typedef {import('./types.mjs').ConsoleEntry} ConsoleEntry */

const START = /^\[[^\]]*:CONSOLE(?::\d+|\(\d+\))?\] "(.*)$/;
const END = /^(.*)", source: (chrome-extension:\/\/([a-p]{32})\/\S*|[\w-]+:\S*|) \((\d+)\)$/;
const LONGEST = 2000;

/**
 * Reads what extensions write from the browser's own log (`--enable-logging=stderr`). Listening through
 * the debugging protocol would mean to stay attached, and a worker that is attached to never goes idle.
 *
 * @param {NodeJS.ReadableStream} stderr
 * @param {(entry: ConsoleEntry) => void} onConsole
 */
export function readChromiumConsole(stderr, onConsole) {
  /** @type {string[] | undefined} */
  let pending;
  createInterface({ input: stderr }).on('line', (line) => {
    const start = START.exec(line);
    if (start) pending = [start[1] ?? ''];
    else pending?.push(line);
    if (!pending) return;
    const end = END.exec(pending.at(-1) ?? '');
    if (!end && pending.length < LONGEST) return;
    const [, last = '', source = '', extension, number] = end ?? [];
    if (extension !== undefined) {
      const text = [...pending.slice(0, -1), last].join('\n');
      onConsole({ extension, level: null, text, source, line: Number(number) });
    }
    pending = undefined;
  });
}
