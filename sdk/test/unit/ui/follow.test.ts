import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PorticoError } from '../../../src/errors/portico-error.js';
import {
  type Follower,
  followConnections,
  type Overview,
  type Standing,
} from '../../../src/ui/connections/follow.js';
import { fakeConnections } from './support/fake-sources.js';
import { OVERVIEWS } from './support/samples.js';

let shown: Overview[] = [];
let standings: Standing[] = [];
let follower: Follower | undefined;
let page: EventTarget & { hidden: boolean };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout', 'performance'] });
  shown = [];
  standings = [];
  page = Object.assign(new EventTarget(), { hidden: false });
});
afterEach(async () => {
  follower?.stop();
  await settle();
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);
const follow = async (fake = fakeConnections(OVERVIEWS.full)) => {
  follower = followConnections(
    fake.source,
    page as unknown as Document,
    (overview) => shown.push(overview),
    (standing) => standings.push(standing),
  );
  await settle();
  return fake;
};
const lists = ({ calls }: ReturnType<typeof fakeConnections>) =>
  calls.filter(([member]) => member === 'list').length;
const lost = () => new PorticoError('DISCONNECTED', 'the background went to sleep');

test('reads everything, and again at each change', async () => {
  const fake = await follow();
  expect(standings).toEqual(['connecting', 'live']);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatchObject({ storage: 'ok' });
  fake.overview.storage = 'failed';
  fake.changed.emit({});
  await settle();
  expect(shown.at(-1)).toMatchObject({ storage: 'failed' });
});

test('a page that is seen connects again when the background went to sleep; a hidden one when it is seen', async () => {
  const fake = await follow();
  await vi.advanceTimersByTimeAsync(5_000);
  fake.changed.end(lost());
  await settle();
  expect(standings).toEqual(['connecting', 'live', 'connecting', 'live']);
  await vi.advanceTimersByTimeAsync(5_000);
  page.hidden = true;
  fake.changed.end(lost());
  await settle();
  expect(standings.at(-1)).toBe('paused');
  const before = lists(fake);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(lists(fake)).toBe(before);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  await settle();
  expect(standings.at(-1)).toBe('live');
});

test('a background that falls over each time is not called in a loop', async () => {
  const fake = fakeConnections(OVERVIEWS.full);
  fake.fails = 'DISCONNECTED';
  await follow(fake);
  expect(standings).toEqual(['connecting', 'connecting', 'connecting', 'failed']);
  fake.fails = undefined;
  await follower?.refresh();
  await settle();
  expect(standings.at(-1)).toBe('live');
});

test.each([
  ['REFUSED', 'refused'],
  ['CAPABILITY_REFUSED', 'refused'],
  ['UNREACHABLE', 'failed'],
] as const)('%s is %s', async (code, standing) => {
  const fake = fakeConnections(OVERVIEWS.full);
  fake.fails = code;
  await follow(fake);
  expect(standings).toEqual(['connecting', standing]);
});

test('traffic has no event: it is read each minute, while somebody looks', async () => {
  const fake = await follow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lists(fake)).toBe(2);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(180_000);
  expect(lists(fake)).toBe(2);
});

test('whose traffic is read can be chosen', async () => {
  const fake = await follow();
  await follower?.showTraffic('page https://shop.example');
  expect(fake.calls.filter(([member]) => member === 'traffic').map(([, params]) => params)).toEqual([
    {},
    { key: 'page https://shop.example' },
  ]);
});

test('of two readings that overtake each other the newer one stays', async () => {
  const fake = await follow();
  const { list } = fake.source;
  let release = (): void => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  Object.assign(fake.source, {
    list: async () => {
      await slow;
      return [];
    },
  });
  const first = follower?.refresh();
  Object.assign(fake.source, { list });
  await follower?.refresh();
  release();
  await first;
  expect(shown.at(-1)?.connections).not.toEqual([]);
});

test('a page that is closed reads nothing more, and leaves no subscription', async () => {
  const fake = await follow();
  follower?.stop();
  await settle();
  expect(fake.changed.subscribers).toBe(0);
  const before = lists(fake);
  await vi.advanceTimersByTimeAsync(120_000);
  page.dispatchEvent(new Event('visibilitychange'));
  await follower?.refresh();
  await settle();
  expect(lists(fake)).toBe(before);
});
