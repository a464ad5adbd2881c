import { PorticoError } from 'portico';
import { allow, anyExtension, createHost } from 'portico/host';
import { extension, loopback } from 'portico/testing';
import { tabs } from 'portico-tabs/protocol';
import { expect, test, vi } from 'vitest';
import { until } from '../../../sdk/test/support/patience.js';
import type { Tab } from '../../src/board.js';
import { keepCount } from '../../src/keep-count.js';

const tab = (id: number): Tab => ({
  id,
  windowId: 1,
  index: id,
  active: false,
  pinned: false,
  audible: false,
  discarded: false,
});

const refuse = () => {
  throw new Error('not here');
};

const setUp = () => {
  const list = vi.fn(() => [tab(1), tab(2)]);
  const host = createHost();
  const admit = [allow(anyExtension())] as const;
  const served = host.publish(tabs, {
    read: { admit, provide: () => ({ list, windows: () => [] }) },
    titles: { admit },
    control: { admit, provide: () => ({ open: refuse, activate: refuse, close: refuse }) },
    capture: { admit, provide: () => ({ visible: refuse }) },
  });
  const { read, session } = loopback(host, { as: extension('a'.repeat(32)) }).connect(tabs, {
    needs: ['read'],
  });
  let text = '';
  let color: unknown;
  const wake = keepCount(read, {
    setBadgeText: async (details: { text?: string }) => {
      text = details.text ?? '';
    },
    setBadgeBackgroundColor: async (details: { color: unknown }) => {
      color = details.color;
    },
  } as never);
  return {
    wake,
    list,
    session,
    served,
    badge: () => ({ text, color }),
  };
};

const LIVE = '#4338ca';
const STALE = '#71717a';

test('counts, and follows what opens and closes', async () => {
  const { wake, served, badge, list } = setUp();
  void wake();
  await until(() => expect(badge()).toEqual({ text: '2', color: LIVE }));
  served.read.changed.emit({ id: 3, tab: tab(3) });
  served.read.changed.emit({ id: 2, tab: tab(2) });
  await until(() => expect(badge().text).toBe('3'));
  served.read.changed.emit({ id: 1 });
  served.read.changed.emit({ id: 2 });
  await until(() => expect(badge().text).toBe('1'));
  expect(list).toHaveBeenCalledTimes(1);
});

test('after a loss the number turns grey and stays', async () => {
  const { wake, session, badge, list } = setUp();
  const following = wake();
  await until(() => expect(badge().text).toBe('2'));
  await wake();
  expect(list).toHaveBeenCalledTimes(1);
  session.close();
  await following;
  expect(badge()).toEqual({ text: '2', color: STALE });
});

test('a wake after a loss subscribes again, once', async () => {
  const ends: ((error: Error) => void)[] = [];
  const list = vi.fn(async () => [tab(1)]);
  const changed = vi.fn(() => ({
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => new Promise((_, reject) => ends.push(reject)),
    return: async () => ({ done: true, value: undefined }),
  }));
  const badge = { setBadgeText: vi.fn(async () => {}), setBadgeBackgroundColor: vi.fn(async () => {}) };
  const wake = keepCount({ list, changed } as never, badge);
  const first = wake();
  void wake();
  await until(() => expect(ends).toHaveLength(1));
  expect(changed).toHaveBeenCalledTimes(1);
  ends[0]?.(new PorticoError('DISCONNECTED', 'the host went away'));
  await first;
  expect(badge.setBadgeBackgroundColor).toHaveBeenLastCalledWith({ color: STALE });
  void wake();
  await until(() => expect(ends).toHaveLength(2));
  expect(badge.setBadgeBackgroundColor).toHaveBeenLastCalledWith({ color: LIVE });
  // Missed events are made up for without a wake.
  ends[1]?.(new PorticoError('EVENTS_MISSED', 'two were lost'));
  await until(() => expect(ends).toHaveLength(3));
  expect(list).toHaveBeenCalledTimes(3);
});
