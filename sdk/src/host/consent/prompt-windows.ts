import { after } from '../../platform/alarm.js';
import type { Clock, PromptWindows } from '../../platform/platform.js';
import type { Log } from '../log.js';

/** A window on its way, or there. */
export interface Shown {
  /** The window's id; `undefined` until it is open. */
  readonly window: number | undefined;
  /** In front again; at most once a second, since whoever asks can cause it. */
  focus(): void;
  /** Looks soon whether it still shows our page; {@link Listener.lost} tells where it doesn't. */
  check(): void;
  /** Closes it, now or as soon as it is there. What is told after that is told to nobody. */
  close(): void;
}

export interface Listener {
  opened(): void;
  /** It was closed, by whomever. */
  closed(): void;
  /** It shows our page no more: its tab was moved away, or shows another page, or stands behind another one. */
  lost(): void;
  /** It did not open. */
  failed(): void;
}

/** The windows of open prompts: who has closed one is told by the window, not by a port of its page. */
export interface Windows {
  show(page: string, listener: Listener): Shown;
  /** A window that an earlier run of the background has opened. */
  adopt(window: number, listener: Listener): Shown;
  /** Closes what an earlier run has opened, and nobody answers for any more. */
  discard(window: number): void;
}

const SIZE = { width: 420, height: 600 };
const FOCUS_PACE = 1000;
/**
 * Milliseconds until it is looked what a window shows: a page that is loaded anew is back by then, and a window that
 * closes has told.
 */
const LOOK = 1_000;
/** Windows that closed before anybody knew whose they were: while opening, or before storage was read. */
const MAX_EARLY = 64;

/** Registers the browser's listener: in the first turn, since closing a window starts a background that sleeps. */
export const createWindows = (
  windows: PromptWindows | undefined,
  clock: Clock,
  log: Log | undefined,
): Windows => {
  const closers = new Map<number, () => void>();
  const early = new Set<number>();

  const report = (message: string, error?: unknown): void =>
    log?.({ level: 'error', event: 'configuration', message: `consent: ${message}`, error });

  /** Of what nobody waits for. */
  const quietly = (work: Promise<unknown>): void => {
    work.catch((error) => report('a window did not do as it was told', error));
  };

  windows?.onClosed((id) => {
    const closer = closers.get(id);
    if (closer) {
      closer();
      return;
    }
    early.add(id);
    if (early.size > MAX_EARLY) early.delete(early.values().next().value as number);
  });

  /** A number out of storage may be another window's by now: a browser that was restarted counts anew. */
  const closeOurs = async (id: number): Promise<void> => {
    if (await windows?.exists(id)) await windows?.close(id);
  };

  const track = (listener: Listener, known?: number) => {
    let window: number | undefined;
    let over = false;
    let looking = (): void => {};
    let focused = Number.NEGATIVE_INFINITY;

    const forget = (): void => {
      over = true;
      looking();
      if (window !== undefined) closers.delete(window);
    };
    const opened = (id: number): void => {
      if (over) {
        quietly(windows?.close(id) ?? Promise.resolve());
        return;
      }
      window = id;
      const close = (): void => {
        forget();
        // Its tab may live on in another window. Of one that an earlier run has opened, the number may be another's.
        if (known === undefined) quietly(windows?.close(id) ?? Promise.resolve());
        listener.closed();
      };
      closers.set(id, close);
      if (early.delete(id)) close();
      else listener.opened();
    };
    const look = async (): Promise<void> => {
      const id = window;
      if (over || id === undefined || (await windows?.shows(id)) !== false || over) return;
      shown.close();
      listener.lost();
    };
    const failed = (message: string, error?: unknown): void => {
      if (over) return;
      forget();
      report(message, error);
      listener.failed();
    };
    if (known !== undefined) opened(known);

    const shown: Shown = {
      get window() {
        return window;
      },
      focus() {
        const now = clock.now();
        if (over || window === undefined || now - focused < FOCUS_PACE) return;
        focused = now;
        quietly(windows?.focus(window) ?? Promise.resolve());
      },
      check() {
        if (over) return;
        looking();
        looking = after(clock, LOOK, () => quietly(look()));
      },
      close() {
        if (over) return;
        forget();
        if (known !== undefined) quietly(closeOurs(known));
        else if (window !== undefined) quietly(windows?.close(window) ?? Promise.resolve());
      },
    };
    return { shown, opened, failed };
  };

  return {
    show(page, listener) {
      const { shown, opened, failed } = track(listener);
      if (!windows) {
        // Later, as all the others: nobody has the window in hand yet.
        queueMicrotask(() => failed('there are no windows here: nobody can be asked'));
        return shown;
      }
      // In a promise's own turn: what it throws at once is as good as what it rejects with.
      Promise.resolve()
        .then(() => windows.open(page, SIZE))
        .then(opened, (error) => failed(`the page ${page} did not open`, error));
      return shown;
    },
    adopt(window, listener) {
      const { shown } = track(listener, window);
      const gone = (): void => closers.get(window)?.();
      windows?.exists(window).then((exists) => exists || gone(), gone);
      if (!windows) queueMicrotask(gone);
      return shown;
    },
    discard(window) {
      quietly(closeOurs(window));
    },
  };
};
