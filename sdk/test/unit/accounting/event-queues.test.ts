import { describe, expect, test } from 'vitest';
import { Account } from '../../../src/accounting/account.js';
import { hostBounds, principalBounds, sessionBounds } from '../../../src/accounting/bounds.js';
import { EVENTS } from '../../../src/accounting/kinds.js';
import { createEventSource, type EventSource, type Subscriber } from '../../../src/call/event-source.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits/limits.js';
import type { Codec } from '../../../src/protocol/conversion.js';
import { looksOf } from '../../support/steps.js';

const same: Codec = (value) => value;

const sourceOf = (given: Partial<Limits> = {}) => {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const host = new Account(hostBounds(limits));
  const quotas = { calls: 10, subscriptions: 100_000 };
  const principal = new Account(principalBounds(limits, quotas), host);
  const account = new Account(sessionBounds(limits), principal);
  const source = createEventSource('read.moved', 'id', limits);
  const sent: (readonly unknown[])[] = [];
  const writer = { push: (frame: readonly unknown[]) => sent.push(frame), close() {} };
  let id = 0;
  const subscribe = (credit = 0, encode = same) =>
    source.subscribe(++id, { writer: writer as never, encode, account }, credit);
  return { source, sent, subscribe, account, principal, host };
};

const SLOW = 10_000;

describe('events that wait', () => {
  test.each<readonly [string, (source: EventSource, reader: Subscriber, last: number) => void]>([
    ['superseding one', (source, _reader, last) => source.emit({ id: last })],
    ['sending one', (_source, reader) => reader.credit(1)],
  ])('%s costs the same with ten thousand waiting as with ten', (_what, act) => {
    const looks = [10, SLOW].map((waiting) => {
      const { source, subscribe } = sourceOf({ eventQueue: SLOW });
      const reader = subscribe();
      for (let id = 0; id < waiting; id++) source.emit({ id });
      return looksOf(() => act(source, reader, waiting - 1));
    });
    expect(looks[1]).toBe(looks[0]);
  });

  test('one event in many queues is there once', () => {
    const { source, subscribe, principal, host } = sourceOf();
    const readers = Array.from({ length: 50 }, () => subscribe());
    source.emit({ id: 1, text: 'x'.repeat(100_000) });
    for (const { held } of [principal, host]) {
      expect(held[EVENTS]).toBeGreaterThan(100_000);
      expect(held[EVENTS]).toBeLessThan(120_000);
    }
    for (const reader of readers) reader.credit(1);
    expect(host.held[EVENTS]).toBe(0);
  });

  test('for each way in which it is encoded, once', () => {
    const { source, subscribe, host } = sourceOf();
    for (const encode of [same, (value: unknown) => structuredClone(value)])
      for (let i = 0; i < 10; i++) subscribe(0, encode);
    source.emit({ id: 1, text: 'x'.repeat(100_000) });
    expect(host.held[EVENTS]).toBeGreaterThan(200_000);
    expect(host.held[EVENTS]).toBeLessThan(220_000);
  });

  test('beyond the bytes events are lost, and the gap is told', () => {
    const { source, subscribe, account, sent } = sourceOf({ eventSize: 10_000 });
    const reader = subscribe();
    for (let id = 0; id < 20; id++) source.emit({ id, text: 'x'.repeat(3000) });
    expect(account.held[EVENTS]).toBeLessThanOrEqual(10_000);
    reader.credit(100);
    source.emit({ id: 20 });
    expect(sent.map(([, , number]) => number)).toEqual([0, 1, 2, 20]);
  });

  test('[W8.5] where the later one is too large, both are lost: nobody is left with what is no longer so', () => {
    const { source, subscribe, account, sent } = sourceOf({ eventSize: 10_000 });
    const reader = subscribe();
    for (const text of ['a', 'b']) source.emit({ id: 1, text });
    source.emit({ id: 2, text: 'c' });
    source.emit({ id: 1, text: 'x'.repeat(20_000) });
    source.emit({ id: 3, text: 'd' });
    reader.credit(100);
    expect(sent.map(([, , number, payload]) => [number, (payload as { id: number }).id])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(account.held[EVENTS]).toBe(0);
  });

  test('are given back by who leaves, and by who is encoded for anew', () => {
    const { source, subscribe, host } = sourceOf();
    const [leaves, changes] = [subscribe(), subscribe()];
    for (let id = 0; id < 100; id++) source.emit({ id, text: 'x'.repeat(100) });
    leaves.leave();
    changes.encodeBy((value) => value);
    expect(host.held[EVENTS]).toBe(0);
    source.emit({ id: 1 });
    expect(host.held[EVENTS]).toBeGreaterThan(0);
  });

  test.each([
    ['objects', {}],
    ['lists', []],
    ['what is not there', undefined],
    ['functions of every object', 'toString'],
  ])('%s supersede nothing', (_what, id) => {
    const { source, subscribe, sent } = sourceOf();
    const reader = subscribe();
    for (let i = 0; i < 3; i++) source.emit(id === 'toString' ? {} : { id });
    reader.credit(10);
    expect(sent).toHaveLength(3);
  });
});
