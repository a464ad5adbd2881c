import { type Bounds, EARLY, QUESTIONS, SESSIONS, SUBSCRIPTIONS, type Surplus } from './kinds.js';

/** Ends with the port. Handlers may go on, and events are shared: whoever holds those gives them back. */
const OF_THE_PORT = [EARLY, SUBSCRIPTIONS, QUESTIONS, SESSIONS];

/**
 * What somebody makes the host hold. A session's account stands below its principal's, and that below the host's:
 * what the session holds, all three do, and each within its own bounds.
 */
export class Account {
  /** By kind. A literal: V8 shares it among accounts until something is held. */
  readonly held = [0, 0, 0, 0, 0, 0, 0];

  constructor(
    readonly bounds: Bounds,
    readonly parent?: Account,
  ) {}

  /** Holds so much more: here and above, or, where a bound says no, nowhere. */
  hold(kind: number, amount = 1): Surplus | undefined {
    let below: Account | undefined;
    for (let at: Account | undefined = this; at; at = at.parent) {
      if (!at.hasRoom(kind, amount, below)) return at.bounds.surplus[kind];
      below = at;
    }
    for (let at: Account | undefined = this; at; at = at.parent) at.add(kind, amount);
    return undefined;
  }

  /** Gives back what was held; of what this account does not hold, nothing. */
  release(kind: number, amount = 1): void {
    const given = Math.min(amount, this.held[kind] as number);
    if (given === 0) return;
    for (let at: Account | undefined = this; at; at = at.parent) at.add(kind, -given);
  }

  /** The port is gone: gives back all that ends with it. Whatever is given back later, is not given back twice. */
  close(): void {
    for (const kind of OF_THE_PORT) this.release(kind, this.held[kind]);
  }

  get isEmpty(): boolean {
    return this.held.every((amount) => amount === 0);
  }

  /**
   * Whether this account alone has room. Where others have used up what there is, everybody `below` still has
   * a small share of their own: nobody is shut out by strangers.
   */
  hasRoom(kind: number, amount: number, below?: Account): boolean {
    const { most, share } = this.bounds;
    return (
      (this.held[kind] as number) + amount <= (most[kind] as number) ||
      (below !== undefined && (below.held[kind] as number) + amount <= (share[kind] as number))
    );
  }

  /** For {@link Shared}: changes this account alone. */
  add(kind: number, amount: number): void {
    this.held[kind] = (this.held[kind] as number) + amount;
  }
}
