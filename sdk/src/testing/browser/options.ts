import type { ProfileName } from './profile.js';

export interface BrowserOptions {
  /** Which browser. `chromium-clone` is Chromium whose extensions choose structured clones for their messages. @defaultValue `'chromium'` */
  readonly profile?: ProfileName;
  /**
   * Decides everything that chance decides: the same seed, the same run.
   * @defaultValue the environment's `PORTICO_SEED`, else a new one each time, which the story tells
   */
  readonly seed?: number | string;
  /** HTML of the web, by address, or a function that gives it. Other addresses give empty pages; there is no network. */
  readonly pages?: Readonly<Record<string, string>> | ((url: string) => string | undefined);
  /** Answers `fetch` to the web. Without it there is no network. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /**
   * A DOM for documents, by a library of yours: what it gives becomes globals of the page, `document` among them,
   * but for what the browser has itself: timers, `fetch`, `crypto`.
   * Without it documents have no elements.
   * @example dom: (html) => parseHTML(html)   // of linkedom
   */
  readonly dom?: (html: string, url: string) => object;
  /** How many entries of the trace are kept. 0 for none, where speed counts. @defaultValue 2000 */
  readonly traceLength?: number;
}
