export interface Pace {
  /** How many may start … */
  readonly starts: number;
  /** … within so many milliseconds. */
  readonly within: number;
}

interface Waiting {
  readonly start: () => void;
  readonly signal: AbortSignal;
}

/** Lets tasks start no faster than a pace; the others wait their turn, in order. */
export class Pacer {
  private readonly waiting = new Set<Waiting>();
  /** When the last ones started, oldest first. */
  private recent: number[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly pace: Pace) {}

  /** Runs a task in its turn. Leaves the queue when the signal aborts, and rejects with its reason. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.turn(signal);
    return task();
  }

  /** As if all the starts of a pace had just been made: the next one waits a whole period. */
  exhaust(): void {
    this.recent = Array(this.pace.starts).fill(performance.now());
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.waiting.delete(waiting);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        signal,
        start() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.add(waiting);
      this.startWaiting();
    });
  }

  private startWaiting(): void {
    const { starts, within } = this.pace;
    const now = performance.now();
    this.recent = this.recent.filter((start) => now - start < within);
    for (const waiting of this.waiting) {
      if (this.recent.length >= starts) break;
      this.waiting.delete(waiting);
      this.recent.push(now);
      waiting.start();
    }
    const [oldest] = this.recent;
    if (this.waiting.size === 0 || oldest === undefined) return;
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.startWaiting();
      },
      Math.ceil(oldest + within - now),
    );
  }
}
