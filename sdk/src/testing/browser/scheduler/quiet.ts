import { setImmediate } from 'node:timers';

// Held here, so that a test's fake timers don't stop the simulated browser.
const immediate = setImmediate;

/** The next turn of Node's own loop: by then every promise that could settle has. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    immediate(resolve);
  });

/** Counts what goes on outside of the scheduler: transactions of IndexedDB, which run on Node's own loop. */
export class Outside {
  private count = 0;
  /** Gives a function that says it is over. */
  begin(): () => void {
    this.count++;
    let over = false;
    return () => {
      if (!over) this.count--;
      over = true;
    };
  }

  /** Waits until nothing of what has begun can go on by itself. */
  async quiet(): Promise<void> {
    await nextTurn();
    for (let turns = 0; this.count > 0; turns++) {
      if (turns >= MOST_TURNS) throw new Error('a transaction of IndexedDB does not end');
      await nextTurn();
    }
  }
}

const MOST_TURNS = 100_000;
