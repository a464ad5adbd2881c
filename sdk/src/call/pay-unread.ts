import type { Limits } from '../limits/limits.js';
import { heldSizeOfPeers } from '../wire/held-size.js';
import type { Allowance } from './served-method.js';

/**
 * Where bytes are paid for, what nobody reads is, too, or not to its end: its sender chose to send it.
 * @param read how much of it was read before it was refused
 */
export const payUnread = (
  allowance: Allowance,
  { valueSize }: Limits,
  unread: unknown,
  now: number,
  read = 0,
): void => {
  if (allowance.weighs(now))
    allowance.bytes(Math.max(read, Math.min(heldSizeOfPeers(unread, valueSize), valueSize)), now);
};
