import fc from 'fast-check';
import type { ProfileName } from 'portico/testing';
import { KIND } from '../../support/kinds.js';
import { clonedOddities, messagesAround, oddities } from '../../support/random-batches.js';
import { HELLOS } from './hellos.js';
import { LIMITS } from './limits.js';

/** Who sends: each is another extension to the host. */
export type Role = 'friend' | 'guest' | 'slow' | 'stranger';

/** What one hostile client does: it goes on in a new session whenever the host ends one. */
export interface Plan {
  readonly role: Role;
  /** The name of its ports. */
  readonly port: string;
  /** The first batch of each of its sessions. */
  readonly greeting: unknown;
  readonly batches: readonly unknown[];
  /** How many batches it posts before it lets the host answer. */
  readonly pace: number;
}

/** Batches of a plan: each has ids of its own, so that those of a later one are higher. */
const BATCHES = 24;
const IDS_A_BATCH = 1000;

const nested = (levels: number): unknown =>
  levels === 0 ? 1 : levels % 2 === 0 ? [nested(levels - 1)] : { a: nested(levels - 1) };

/** What limits are there for. */
const excesses: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: 8, max: 40 }).map(nested),
  fc.integer({ min: 500, max: 20_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 100, max: 2000 }).map((length) => new Array(length).fill(0)),
  fc.constantFrom<unknown>(2 ** 53 - 2, -(2 ** 53), 2 ** 31, 2 ** 31 - 1, 2 ** 32, 1e21, Number.MAX_VALUE),
);

const around = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: odd }, { weight: 1, arbitrary: excesses });

const params: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'read.list': fc.record({ windowId: fc.integer() }, { requiredKeys: [] }),
  'read.get': fc.record({ id: fc.integer() }),
  'read.ping': fc.constantFrom<unknown>(null, {}),
  'control.close': fc.record({ id: fc.integer(), dryRun: fc.boolean() }, { requiredKeys: ['id'] }),
  'control.echo': fc.record({
    value: fc.oneof(
      { weight: 19, arbitrary: around(fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>) },
      { weight: 1, arbitrary: fc.constant<unknown>(JSON.parse('[{"a":1,"__proto__":{"polluted":1}}]')) },
    ),
  }),
  'control.wait': fc.constantFrom<unknown>({}, { for: 'x' }),
  'control.store': fc.record({ data: fc.base64String({ maxLength: 16 }) }),
  'control.label': fc.record(
    { toString: fc.constant('x'), constructor: fc.constant('y') },
    { requiredKeys: ['toString'] },
  ),
  'control.archive': fc.record({ id: fc.integer() }),
  'admin.reset': fc.constant(null),
};

/** Seldom more than one message may have. */
const valuesOf = (member: string): fc.Arbitrary<unknown[]> => {
  const some = fc.array(params[member] as fc.Arbitrary<unknown>, { minLength: 1, maxLength: 5 });
  const many = fc.constantFrom(400, 640).map((length) => new Array<null>(length).fill(null));
  return member === 'read.ping'
    ? fc.oneof({ weight: 9, arbitrary: some }, { weight: 1, arbitrary: many })
    : some;
};

const EVENTS = ['read.changed', 'read.changed', 'read.moved', 'control.noted', 'admin.audited'];

const credits = fc.constantFrom(0, 1, 2, 5, 30, 60, 2 ** 53 - 1);

/** A batch that a client might well send as its n-th. */
const valid = (batch: number): fc.Arbitrary<unknown> => {
  const id = fc.nat(3).map((offset) => batch * IDS_A_BATCH + offset * 10 + 1);
  // Of this batch, or of one shortly before.
  const known = fc.tuple(fc.nat(2), id).map(([back, its]) => Math.max(its - back * IDS_A_BATCH, 1));
  const options = fc.constantFrom<unknown>(0, 0, 0, {}, { d: 0 }, { d: 5 }, { d: 600_000, trace: 1 });
  const call = (member: string): fc.Arbitrary<unknown[]> =>
    fc
      .tuple(id, options, valuesOf(member))
      .map(([first, chosen, values]) => [KIND.CALL, first, member, chosen, ...values]);
  const frame = fc.oneof(
    ...Object.keys(params).map((member) => ({ weight: 1, arbitrary: call(member) })),
    { weight: 1, arbitrary: call('control.wait') },
    { weight: 2, arbitrary: known.map((which) => [KIND.CANCEL, which]) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(id, fc.constantFrom(...EVENTS), credits)
        .map(([which, event, credit]) => [KIND.SUBSCRIBE, which, event, credit]),
    },
    { weight: 2, arbitrary: fc.tuple(known, credits).map(([which, credit]) => [KIND.CREDIT, which, credit]) },
    { weight: 1, arbitrary: known.map((which) => [KIND.UNSUBSCRIBE, which]) },
    { weight: 1, arbitrary: fc.constant([64, 'later']) },
  ) as fc.Arbitrary<unknown[]>;
  return fc.oneof(
    { weight: 30, arbitrary: fc.array(frame, { maxLength: 4 }).map(inOrder) },
    { weight: 1, arbitrary: fc.constant(callsAndCancels(batch * IDS_A_BATCH + 1)) },
  );
};

/** As many calls as may be, cancelled and made again: their handlers run on. */
const callsAndCancels = (first: number): unknown[][] =>
  [0, 1, 2].flatMap((round) => {
    const ids = Array.from({ length: LIMITS.calls }, (_, i) => first + round * LIMITS.calls + i);
    return [
      [KIND.CALL, ids[0], 'control.wait', 0, ...ids.map(() => ({}))],
      ...ids.map((id) => [KIND.CANCEL, id]),
    ];
  });

/** With ids that rise, and cancels and credits behind what they are about. */
const inOrder = (frames: readonly unknown[][]): unknown[][] => {
  const begins = (frame: unknown[]): boolean => frame[0] === KIND.CALL || frame[0] === KIND.SUBSCRIBE;
  let highest = 0;
  const sorted = frames.toSorted(
    (a, b) => Number(a[1]) - Number(b[1]) || Number(begins(b)) - Number(begins(a)),
  );
  return sorted.map((frame) => {
    const [kind, id, ...rest] = frame as [number, number, ...unknown[]];
    if (begins(frame)) {
      const first = Math.max(id, highest + 1);
      highest = first + (kind === KIND.CALL ? rest.length - 3 : 0);
      return [kind, first, ...rest];
    }
    const isKnown = (kind !== KIND.CREDIT && kind !== KIND.UNSUBSCRIBE) || id <= highest;
    return isKnown ? frame : [kind, Math.max(id - IDS_A_BATCH, 1), ...rest];
  });
};

const PORTS = fc.oneof(
  { weight: 30, arbitrary: fc.constant('portico:org.example.tabs') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('portico:org.example.secret', 'portico:nothing', 'portico:__proto__', 'other'),
  },
);

/** Plans of hostile clients. `wild` of ten batches are tampered with. */
const plans = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<Plan> => {
  const batches = (wild: number): fc.Arbitrary<readonly unknown[]> =>
    fc.tuple(
      ...Array.from({ length: BATCHES }, (_, batch) =>
        fc.oneof(
          { weight: 10 - wild, arbitrary: valid(batch) },
          { weight: wild, arbitrary: messagesAround(valid(batch), odd) },
        ),
      ),
    );
  return fc.record({
    role: fc.constantFrom<Role>('friend', 'friend', 'friend', 'guest', 'guest', 'slow', 'slow', 'stranger'),
    port: PORTS,
    greeting: fc.oneof(
      { weight: 9, arbitrary: HELLOS },
      { weight: 1, arbitrary: messagesAround(HELLOS, odd) },
      { weight: 1, arbitrary: fc.tuple(HELLOS, valid(0)).map(([first, rest]) => [first, rest].flat(1)) },
    ),
    batches: fc.oneof(...[0, 1, 1, 2, 8].map((wild) => batches(wild))),
    pace: fc.integer({ min: 1, max: 4 }),
  });
};

const PLANS = { json: plans(around(oddities)), clone: plans(around(clonedOddities)) };

/** So many plans, always the same for the same seed. */
export const plansFor = (profile: ProfileName, seed: number, count: number): Plan[] =>
  fc.sample(profile === 'chromium' ? PLANS.json : PLANS.clone, { seed, numRuns: count });
