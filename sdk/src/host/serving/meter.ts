import { after } from '../../platform/alarm.js';
import type { Clock } from '../../platform/platform.js';
import type { Principal } from '../admission/principal.js';
import type { Consent } from '../consent/types.js';

/** Adds up what principals use: calls, and characters and bytes of parameters. */
export interface Meter {
  /** `key` is the principal's. */
  use(key: string, principal: Principal, calls: number, bytes: number): void;
}

/** What was used is told at most so often, in milliseconds: nobody looks at a plot call by call. */
const EVERY = 5000;

/** One for a host: a timer for each session would keep what it reaches for as long as it runs. */
export const createMeter = (clock: Clock, consent: Consent): Meter => {
  const used = new Map<string, { readonly principal: Principal; calls: number; bytes: number }>();
  const tell = (): void => {
    for (const { principal, calls, bytes } of used.values()) consent.traffic(principal, calls, bytes);
    used.clear();
  };
  return {
    use(key, principal, calls, bytes) {
      // The host's own screens are no clients.
      if (principal.kind === 'self') return;
      if (used.size === 0) after(clock, EVERY, tell);
      const known = used.get(key);
      if (known) {
        known.calls += calls;
        known.bytes += bytes;
      } else used.set(key, { principal, calls, bytes });
    },
  };
};
