import { backOff, isForgotten, remaining } from './denials.js';
import { MAX_PRINCIPALS } from './grant-book.js';

/** A party got a no, and asks for nothing more until then, whatever it is, and whichever of its principals asks. */
export interface Pause {
  readonly party: string;
  readonly since: number;
  readonly until: number;
  /** How many nos there were in a row. */
  readonly times: number;
}

/**
 * Who may not ask just now. A denial is about one capability; without this, a caller that was told no would ask for
 * the next one at once, and an extension by its content script in the next origin.
 */
export interface Pauses {
  /** Milliseconds that a party has to wait; 0 for none. */
  remaining(party: string, now: number): number;
  /** The person said no, or closed the question, or let it lapse. The first `free` in a row cost nothing. */
  begin(party: string, now: number, free?: number): void;
  /**
   * The question did not get to the person: a minute without a count, whoever's doing that was. One that closes its
   * own windows must not ask on and on, and the victim of somebody who closes them must not be shut out for long.
   */
  fail(party: string, now: number): void;
  /** The person said yes, or forgets the caller. */
  end(party: string): void;
  readonly all: readonly Pause[];
  /** Takes over what was stored, but for parties that have got a no since. */
  adopt(stored: readonly Pause[]): void;
}

export const createPauses = (): Pauses => {
  // In the order of their last no: of too many, the first goes.
  const pauses = new Map<string, Pause>();
  const put = (pause: Pause): void => {
    pauses.delete(pause.party);
    pauses.set(pause.party, pause);
    if (pauses.size > MAX_PRINCIPALS) pauses.delete(pauses.keys().next().value as string);
  };
  const counted = (party: string, now: number): Pick<Pause, 'until' | 'times'> => {
    const { until, times } = pauses.get(party) ?? { until: 0, times: 0 };
    return { until, times: isForgotten({ until }, now) ? 0 : times };
  };
  return {
    remaining(party, now) {
      const pause = pauses.get(party);
      return pause ? remaining(pause, now) : 0;
    },
    begin(party, now, free = 0) {
      const before = counted(party, now);
      const times = before.times + 1;
      const length = times > free ? backOff('closed', times - free) : 0;
      put({ party, since: now, until: Math.max(now + length, before.until), times });
    },
    fail(party, now) {
      const { until, times } = counted(party, now);
      put({ party, since: now, until: Math.max(now + backOff('failed', 1), until), times });
    },
    end: (party) => void pauses.delete(party),
    get all() {
      return [...pauses.values()];
    },
    adopt(stored) {
      const since = [...pauses.values()];
      pauses.clear();
      for (const each of [...stored, ...since]) put(each);
    },
  };
};
