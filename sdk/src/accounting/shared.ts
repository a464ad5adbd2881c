import type { Account } from './account.js';
import type { Surplus } from './kinds.js';

/** What is there once, though many hold it: each account pays once, however many below it hold it. */
export class Shared {
  /** How many hold it: of a session's account, queues; of one above, the accounts directly below. */
  private readonly holders = new Map<Account, number>();

  constructor(
    private readonly kind: number,
    private readonly size: number,
  ) {}

  /** Held once more by a session: paid for where it is not held already, or, where a bound says no, nowhere. */
  holdBy(session: Account): Surplus | undefined {
    let below: Account | undefined;
    for (let at: Account | undefined = session; at && !this.holders.has(at); at = at.parent) {
      if (!at.hasRoom(this.kind, this.size, below)) return at.bounds.surplus[this.kind];
      below = at;
    }
    for (let at: Account | undefined = session; at; at = at.parent) {
      const holders = this.holders.get(at) ?? 0;
      this.holders.set(at, holders + 1);
      if (holders > 0) break;
      at.add(this.kind, this.size);
    }
    return undefined;
  }

  /** Once for each time that it was held. */
  releaseBy(session: Account): void {
    for (let at: Account | undefined = session; at; at = at.parent) {
      const holders = (this.holders.get(at) as number) - 1;
      if (holders > 0) {
        this.holders.set(at, holders);
        return;
      }
      this.holders.delete(at);
      at.add(this.kind, -this.size);
    }
  }
}
