import fc from 'fast-check';
import { PorticoError } from 'portico';
import type { Serialization } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { clonedOddities, messagesAround, oddities, seed } from '../../support/random-batches.js';
import { type RawFrame, type RawHosts, settled } from '../../support/raw-peer.js';
import { realClient } from '../../support/sessions.js';
import { welcome } from '../../support/tabs.js';

const CLIENTS = 10;
const RUNS = 170;

/** A batch that a host might well send to the client of this test. */
const valid: fc.Arbitrary<unknown> = (() => {
  const error = fc.constantFrom<unknown>(
    { code: 'INTERNAL', message: 'failed' },
    { code: 'DECLARED', declared: 'tabGone', data: { id: 1 } },
    { code: 'LIMIT_EXCEEDED', data: { limit: 'calls' } },
    { code: 'OF_LATER' },
  );
  const tab = fc.record({ id: fc.integer(), title: fc.string() }, { requiredKeys: ['id'] });
  const result = fc.oneof(
    fc.array(tab, { maxLength: 3 }),
    tab,
    fc.constant(null),
    fc.constantFrom({ n: 2, k: ['id'], c: [[1, 2]] }, { n: 1, k: ['id', 'title'], c: [[1], [null]] }),
  );
  const id = fc.integer({ min: 1, max: 8 });
  const name = fc.constantFrom('read', 'titles', 'control', 'admin', '__proto__', 'constructor');
  const names = fc.uniqueArray(name);
  const code = fc.constantFrom('CAPABILITY_REFUSED', 'CONSENT_DENIED', 'UNKNOWN_MEMBER', 'OF_LATER');
  const frame: fc.Arbitrary<RawFrame> = fc.oneof(
    fc
      .tuple(id, fc.array(result, { maxLength: 2 }))
      .map(([first, values]) => [KIND.RESULT, first, ...values]),
    fc.tuple(id, error).map(([which, told]) => [KIND.ERROR, which, told]),
    fc
      .tuple(fc.constantFrom(6, 7, 8), fc.nat(20), fc.array(tab, { maxLength: 3 }))
      .map(([which, number, payloads]) => [KIND.EVENT, which, number, ...payloads]),
    fc.tuple(id, error).map(([which, told]) => [KIND.END, which, told]),
    fc
      .tuple(names, fc.uniqueArray(fc.tuple(name, code), { selector: ([each]) => each }), names)
      .map(([granted, refused, pending]) => [
        KIND.GRANTS,
        granted,
        refused.map(([each]) => each),
        refused.map(([, reason]) => reason),
        pending,
      ]),
    fc.constant([70, 'later']),
  );
  return fc.array(frame, { maxLength: 3 });
})();

const conversation = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
  fc.tuple(
    fc.oneof(
      { weight: 19, arbitrary: fc.constant([welcome()]) },
      { weight: 1, arbitrary: messagesAround(fc.constant([welcome()]), odd) },
    ),
    messagesAround(valid, odd),
    valid,
    messagesAround(valid, odd),
    messagesAround(valid, odd),
  );

const CODES = new Set([
  'REFUSED',
  'NO_COMMON_VERSION',
  'CAPABILITY_REFUSED',
  'UNKNOWN_MEMBER',
  'INVALID_PARAMS',
  'LIMIT_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'PROTOCOL_VIOLATION',
  'DECLARED',
  'INTERNAL',
  'DISCONNECTED',
  'OUTCOME_UNKNOWN',
  'INVALID_RESULT',
  'EVENTS_MISSED',
]);

const isTab = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  const { id, title, ...more } = value as { id?: unknown; title?: unknown };
  return (
    Number.isInteger(id) && ['string', 'undefined'].includes(typeof title) && Object.keys(more).length === 0
  );
};

const isMove = (value: unknown): boolean => {
  const { index, ...rest } = value as { index?: unknown };
  return Number.isInteger(index) && isTab(rest);
};

interface Talk {
  readonly raw: RawHosts;
  /** What ended, and how where it is not as it may be. */
  readonly outcomes: string[];
  readonly values: unknown[];
}

/** A client with calls and subscriptions, and a host that sends it these messages. */
const begin = (serialization: Serialization): Talk => {
  const { raw, read, control } = realClient({ serialization });
  const outcomes: string[] = [];
  const values: unknown[] = [];
  const note = (what: string, promise: Promise<unknown>, fits: (value: unknown) => boolean): void => {
    promise.then(
      (value) => {
        values.push(value);
        outcomes.push(fits(value) ? what : `${what} gave ${JSON.stringify(value)}`);
      },
      (error: unknown) =>
        outcomes.push(PorticoError.is(error) && CODES.has(error.code) ? what : `${what} threw ${error}`),
    );
  };
  const gather = async (events: AsyncIterable<unknown>, fits: (value: unknown) => boolean) => {
    for await (const payload of events) if (!fits(payload)) throw new Error(JSON.stringify(payload));
  };
  note('list', read.list(), (value) => Array.isArray(value) && value.every(isTab));
  note('get', read.get({ id: 1 }), isTab);
  note('ping', read.ping(), (value) => value === undefined);
  note('close', control.close({ id: 1 }), (value) => value === undefined);
  note('get', read.get({ id: 2 }), isTab);
  note('events', gather(read.changed(), isTab), () => true);
  note('events', gather(read.changed({ onGap: () => {} }), isTab), () => true);
  note('events', gather(read.moved(), isMove), () => true);
  return { raw, outcomes, values };
};

const ALL = ['close', 'events', 'events', 'events', 'get', 'get', 'list', 'ping'];

describe.each([
  ['json', oddities],
  ['structured-clone', clonedOddities],
] as const)(`answers without sense, by %s (PORTICO_SEED=${seed})`, (serialization, odd) => {
  test('settle every call once, with what fits or a code', async () => {
    const seen = { messages: 0, values: 0, ended: 0, survived: 0 };
    const talks = fc.array(conversation(odd), { minLength: CLIENTS, maxLength: CLIENTS });
    await fc.assert(
      fc.asyncProperty(talks, async (conversations) => {
        const open = conversations.map(() => begin(serialization));
        await settled();
        for (const [i, { raw }] of open.entries()) {
          for (const message of conversations[i] ?? []) {
            try {
              raw.host.post(message);
              seen.messages++;
            } catch {
              // What the browser does not carry never arrives.
            }
          }
        }
        await settled();
        for (const { raw } of open) {
          seen[raw.host.closed ? 'ended' : 'survived']++;
          if (!raw.host.closed) raw.host.close();
        }
        await settled();
        for (const { raw } of open) raw.clock.advance(120_000);
        await settled();
        for (const { outcomes, values } of open) {
          seen.values += values.length;
          expect(outcomes.sort()).toEqual(ALL);
        }
        expectPrototypesUntouched();
      }),
      { numRuns: RUNS, seed },
    );
    expect(seen.messages).toBeGreaterThan(8000);
    for (const count of [seen.values, seen.ended, seen.survived]) expect(count).toBeGreaterThan(50);
  });
});
