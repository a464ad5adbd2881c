import type { Account } from '../accounting/account.js';
import { EARLY, type Surplus } from '../accounting/kinds.js';
import type { Limits } from '../limits/limits.js';
import type { Batch } from '../wire/frames.js';
import type { Hello } from '../wire/handshake.js';
import { heldSize, heldSizeOfPeers } from '../wire/held-size.js';

/** Whether it is no larger than a kilobyte, seen without weighing it: each connect would wait for that. */
const isSmall = ({ wire, versions, needs, wants, token }: Hello): boolean =>
  token === undefined && wire.length + versions.length + needs.length + wants.length <= 8;

/** What a client sent that has not been read: a stranger's, perhaps, so not at any price. */
export class EarlyFrames {
  private messages: Batch[] = [];
  private bytes = 0;

  constructor(
    private readonly account: Account,
    private readonly limits: Limits,
  ) {}

  /** What was asked for, and shown, is kept for as long as the session is. What is small, the bounds of sessions bound. */
  greet(hello: Hello): Surplus | undefined {
    return isSmall(hello) ? undefined : this.account.hold(EARLY, heldSize(hello, this.limits.earlySize));
  }

  /** Keeps a message until the rules have decided. */
  hold(frames: Batch): Surplus | undefined {
    // An array within something: a copy takes its place.
    const message = { frames };
    const size = heldSizeOfPeers(message, this.limits.earlySize);
    if (this.messages.push(message.frames) > this.limits.earlyMessages) return { limit: 'earlyMessages' };
    const surplus = this.account.hold(EARLY, size);
    if (!surplus) this.bytes += size;
    return surplus;
  }

  /** All that was kept, which is kept no longer. */
  take(): Batch[] {
    const { messages } = this;
    this.messages = [];
    this.account.release(EARLY, this.bytes);
    this.bytes = 0;
    return messages;
  }
}
