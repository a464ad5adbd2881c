import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ProfileName } from 'portico/testing';
import { type Plan, plansFor, type Role } from './generate.js';
import { Complaint, noTally, runPlans, type Tally } from './run-plans.js';
import { shrink } from './shrink.js';
import { createStage, type Stage } from './stage.js';
import type { Conversation } from './talk.js';

export { written } from './copies.js';
export { createKeeper } from './corpus-keeper.js';

export const PROFILES: readonly ProfileName[] = ['chromium', 'chromium-clone', 'firefox'];

export interface FuzzOptions {
  /** At least so many batches. */
  readonly count: number;
  readonly seed: number;
  /** @defaultValue all, in turns */
  readonly profiles?: readonly ProfileName[];
  /** Whether to look for fewer batches that fail as well. */
  readonly shrink?: boolean;
  readonly onProgress?: (tally: Tally) => void;
  /** Told of all conversations that went well. */
  readonly onTalks?: (conversations: readonly Conversation[]) => void;
}

/** What went wrong, and how to see it again. */
export interface FuzzFailure {
  readonly message: string;
  readonly profile: ProfileName;
  /** After so many batches. */
  readonly batches: number;
  /** With these, and no batches before, it fails again; absent where it takes all that came before. */
  readonly again?: { readonly seed: number; readonly count: number };
  readonly role?: Role;
  readonly port?: string;
  /** The messages of the session that failed; as few as were found to do. */
  readonly posted?: readonly unknown[];
  readonly received?: readonly unknown[];
}

export interface FuzzResult {
  readonly tally: Tally;
  readonly failure?: FuzzFailure;
  /** Of the heap, after garbage collection, in each browser from its first plans to its last: in MB, at most. */
  readonly heapGrowth: number;
}

const PLANS_AT_ONCE = 10;
/** A browser serves so many groups of plans; then comes a new one. */
const GROUPS_A_STAGE = 60;
/** Once what is made only once has been made. */
const WARM_AFTER = 10;
/** What one stage may keep at the end of some thousand sessions, in MB. */
const MOST_GROWTH = 6;

let collectGarbage: (() => void) | undefined;
const heapInUse = (): number => {
  if (!collectGarbage) {
    setFlagsFromString('--expose-gc');
    collectGarbage = runInNewContext('gc') as () => void;
  }
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
};

/** Runs hostile clients against a host in simulated browsers until so many batches were sent, or something fails. */
export const fuzz = async (options: FuzzOptions): Promise<FuzzResult> => {
  const { count, seed, profiles = PROFILES, onProgress, onTalks } = options;
  const tally = noTally();
  let stage: Stage | undefined;
  let profile = profiles[0] as ProfileName;
  let heapGrowth = 0;
  let warm = 0;
  for (let group = 0; tally.batches < count; group++) {
    const within = group % GROUPS_A_STAGE;
    if (within === 0 || !stage) {
      await stage?.browser.close();
      profile = profiles[(group / GROUPS_A_STAGE) % profiles.length] as ProfileName;
      stage = await createStage(profile, seed + group);
    }
    const plans = plansFor(profile, seed + group, PLANS_AT_ONCE);
    try {
      const conversations = await runPlans(stage, plans, profile, tally);
      onTalks?.(conversations);
      if (within === WARM_AFTER) warm = heapInUse();
      if (within === GROUPS_A_STAGE - 1) {
        const growth = heapInUse() - warm;
        heapGrowth = Math.max(heapGrowth, growth);
        if (growth > MOST_GROWTH)
          throw new Complaint(
            `the heap grew by ${growth.toFixed(1)} MB in ${GROUPS_A_STAGE - WARM_AFTER} groups`,
          );
      }
    } catch (error) {
      const failure = await failureOf(error, plans, profile, seed + group, options);
      return { tally, heapGrowth, failure: { ...failure, batches: tally.batches } };
    }
    onProgress?.(tally);
  }
  await stage?.browser.close();
  return { tally, heapGrowth };
};

/** What fails when these plans have a browser of their own. */
const failing = async (
  plans: readonly Plan[],
  profile: ProfileName,
  seed: number,
): Promise<Complaint | undefined> => {
  const stage = await createStage(profile, seed);
  try {
    await runPlans(stage, plans, profile, noTally());
    return undefined;
  } catch (error) {
    return complaintOf(error);
  } finally {
    await stage.browser.close();
  }
};

/** Whatever is thrown is the host's fault or the fuzz's own: both must be seen. */
const complaintOf = (error: unknown): Complaint =>
  error instanceof Complaint
    ? error
    : new Complaint(error instanceof Error ? `${error.stack}` : String(error));

const failureOf = async (
  error: unknown,
  plans: readonly Plan[],
  profile: ProfileName,
  seed: number,
  options: FuzzOptions,
): Promise<Omit<FuzzFailure, 'batches'>> => {
  const first = complaintOf(error);
  const alone = await failing(plans, profile, seed);
  const { message, by } = alone ?? first;
  const again = alone && { again: { seed, count: 1 } };
  if (!by) return { message, profile, ...again };
  const { role, port, pace } = by.plan;
  const play = (messages: readonly unknown[]): Promise<Complaint | undefined> => {
    const [greeting, ...batches] = messages;
    return failing([{ role, port, pace, greeting, batches }], profile, seed);
  };
  const isBroken = async (messages: readonly unknown[]): Promise<boolean> =>
    (await play(messages)) !== undefined;
  const posted =
    options.shrink && (await isBroken(by.posted)) ? await shrink(by.posted, isBroken) : by.posted;
  const last = posted === by.posted ? undefined : await play(posted);
  return {
    message: last?.message ?? message,
    profile,
    ...again,
    role,
    port,
    posted,
    received: last?.by?.received ?? by.received,
  };
};
