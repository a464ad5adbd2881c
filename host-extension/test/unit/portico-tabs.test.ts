import { isError, PorticoError } from 'portico';
import { consent, type LogEntry } from 'portico/host';
import { type Caller, contentScript, extension, loopback, ownPage, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { TAB_BOARD } from '../../src/known-callers.js';
import { overview } from '../../src/overview.protocol.js';
import { publishTabs } from '../../src/publish-tabs.js';
import { tabs as protocol } from '../../src/tabs.protocol.js';
import { createFakeBrowser, tab } from './fake-browser.js';

const BOARD = extension(TAB_BOARD.chromium);
const STRANGER = extension('a'.repeat(32));

const setUp = (...args: Parameters<typeof createFakeBrowser>) => {
  const fake = createFakeBrowser(...args);
  const log: LogEntry[] = [];
  const own = {
    browser: 'chromium',
    id: 'p'.repeat(32),
    origin: `chrome-extension://${'p'.repeat(32)}`,
  } as const;
  const { host, changes } = publishTabs(fake.api, own, (entry) => log.push(entry), { consent: consent() });
  return { ...fake, host, changes, log, as: (caller: Caller) => loopback(host, { as: caller }) };
};

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return PorticoError.is(error) ? error.code : `no PorticoError: ${error}`;
};

test('lists the tabs of all windows or of one', async () => {
  const { as } = setUp([tab(1), tab(2, { windowId: 7 }), tab(3, { id: -1 })]);
  const { read } = as(BOARD).connect(protocol, { needs: ['read', 'titles'] });
  expect(await read.list()).toEqual([
    {
      id: 1,
      windowId: 1,
      index: 0,
      active: false,
      pinned: false,
      audible: false,
      discarded: false,
      title: 'Title 1',
      url: 'https://site-1.example/',
    },
    expect.objectContaining({ id: 2, windowId: 7 }),
  ]);
  expect((await read.list({ windowId: 7 })).map(({ id }) => id)).toEqual([2]);
});

test('titles, addresses and icons are absent without their grant', async () => {
  const { as } = setUp([tab(1, { favIconUrl: 'data:image/png;base64,' })]);
  const { read } = as(BOARD).connect(protocol, { needs: ['read'] });
  const [seen] = await read.list();
  expect(Object.keys(seen ?? {}).sort()).toEqual([
    'active',
    'audible',
    'discarded',
    'id',
    'index',
    'pinned',
    'windowId',
  ]);
});

test('an address that is still loading counts, and an icon that is too long does not', async () => {
  const { as } = setUp([
    tab(1, { url: '', pendingUrl: 'https://soon.example/', favIconUrl: `data:,${'x'.repeat(40_000)}` }),
  ]);
  const { read } = as(BOARD).connect(protocol, { needs: ['read', 'titles'] });
  const [seen] = await read.list();
  expect(seen?.url).toBe('https://soon.example/');
  expect(seen).not.toHaveProperty('favIconUrl');
});

test('lists windows by kind', async () => {
  const { as } = setUp(
    [],
    [
      { id: 1, focused: false, incognito: true, type: 'normal' },
      { id: 2, focused: true, incognito: false, type: 'popup' },
      { id: 3, focused: false, incognito: false, type: 'devtools' },
    ],
  );
  const { read } = as(BOARD).connect(protocol, { needs: ['read'] });
  expect(await read.windows()).toEqual([
    { id: 1, focused: false, incognito: true, kind: 'normal' },
    { id: 2, focused: true, incognito: false, kind: 'popup' },
    { id: 3, focused: false, incognito: false, kind: 'other' },
  ]);
});

test('a change reaches subscribers, with what their grants open', async () => {
  const { as, changes, tabs } = setUp();
  const plain = as(BOARD).connect(protocol, { needs: ['read'] });
  const titled = as(BOARD).connect(protocol, { needs: ['read', 'titles'] });
  const plainChanges = plain.read.changed();
  const titledChanges = titled.read.changed();
  await Promise.all([plain.read.list(), titled.read.list()]);
  tabs[1] = tab(2, { title: 'New title' });
  changes.touch(2);
  const first = (await titledChanges.next()).value;
  expect(first).toMatchObject({ id: 2, tab: { id: 2, title: 'New title' } });
  const same = (await plainChanges.next()).value;
  expect(same).toMatchObject({ id: 2, tab: { id: 2 } });
  expect(same.tab).not.toHaveProperty('title');
});

test('control is refused to Tab Board, and everything to strangers, pages and content scripts', async () => {
  const { as, api } = setUp();
  const { has, session } = as(BOARD).connect(protocol, { needs: ['read'], wants: ['control'] });
  expect(await has('control')).toBe(false);
  expect((await session.ready()).refused).toEqual({ control: 'CAPABILITY_REFUSED' });
  expect(
    await codeOf(
      as(BOARD)
        .connect(protocol, { needs: ['control'] })
        .control.close({ tabId: 1 }),
    ),
  ).toBe('CAPABILITY_REFUSED');
  // A person is asked about strangers; here nobody answers.
  const { session: held } = as(STRANGER).connect(protocol, { needs: ['read'] });
  expect(await codeOf(held.ready())).toBe('CONSENT_DENIED');
  for (const caller of [
    page('https://web.example'),
    contentScript(TAB_BOARD.chromium, 'https://web.example'),
  ]) {
    expect(
      await codeOf(
        as(caller)
          .connect(protocol, { needs: ['read'] })
          .read.list(),
      ),
    ).toBe('REFUSED');
  }
  expect(api.tabs.remove).not.toHaveBeenCalled();
  expect(api.tabs.query).not.toHaveBeenCalled();
});

test('the ids of one browser mean nothing in another', async () => {
  const { as } = setUp();
  const inFirefox = (id: string) =>
    as(extension(id, { browser: 'firefox' }))
      .connect(protocol, { needs: ['read'] })
      .read.list();
  expect(await inFirefox(TAB_BOARD.firefox)).toHaveLength(3);
  // A stranger there: a person is asked, and here nobody answers.
  expect(await codeOf(inFirefox(TAB_BOARD.chromium))).toBe('CONSENT_DENIED');
});

test('own pages open, activate and close tabs', async () => {
  const { as, api, tabs } = setUp();
  const { control } = as(ownPage()).connect(protocol, { needs: ['control'] });
  expect(await control.open({ url: 'https://example.org' })).toEqual({ tabId: 4 });
  expect(api.tabs.create).toHaveBeenCalledWith({ url: 'https://example.org/', active: true });
  await control.open({ url: 'about:blank', active: false });
  expect(api.tabs.create).toHaveBeenLastCalledWith({ url: 'about:blank', active: false });
  await control.activate({ tabId: 2 });
  expect(api.windows.update).toHaveBeenCalledWith(1, { focused: true });
  await control.close({ tabId: 2 });
  expect(tabs.map(({ id }) => id)).toEqual([1, 3, 4, 5]);
});

test.each([
  ['javascript:alert(1)', 'scheme-not-allowed'],
  ['file:///etc/passwd', 'scheme-not-allowed'],
  ['chrome://settings', 'scheme-not-allowed'],
  ['data:text/html,hello', 'scheme-not-allowed'],
  ['about:config', 'scheme-not-allowed'],
  ['about:blank#x', 'scheme-not-allowed'],
  [' \tjavascript:alert(1)', 'scheme-not-allowed'],
  ['example.org', 'no-address'],
  ['', 'no-address'],
])('does not open %j', async (url, reason) => {
  const { as, api } = setUp();
  const { control } = as(ownPage()).connect(protocol, { needs: ['control'] });
  const error = await control.open({ url }).catch((each) => each);
  expect(isError(protocol, error, 'badAddress') && error.data).toEqual({ reason });
  expect(api.tabs.create).not.toHaveBeenCalled();
});

test('a tab that is gone is a declared error; another failure is not', async () => {
  const { as, api, log } = setUp();
  const { control } = as(ownPage()).connect(protocol, { needs: ['control'] });
  for (const attempt of [control.close({ tabId: 99 }), control.activate({ tabId: 99 })]) {
    const error = await attempt.catch((each) => each);
    expect(isError(protocol, error, 'tabGone') && error.data).toEqual({ tabId: 99 });
  }
  api.tabs.remove.mockRejectedValueOnce(
    new Error('Tabs cannot be edited right now (user may be dragging a tab).'),
  );
  expect(await codeOf(control.close({ tabId: 1 }))).toBe('INTERNAL');
  expect(log.some(({ event }) => event === 'handler-failed')).toBe(true);
});

test('a picture arrives as bytes, of the last used window where none is named', async () => {
  const { as, api } = setUp();
  const { capture } = as(BOARD).connect(protocol, { needs: ['capture'] });
  expect(await capture.visible()).toEqual(new Uint8Array([1, 2, 3]));
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledWith(1, { format: 'png' });
  await capture.visible({ windowId: 7 });
  expect(api.tabs.captureVisibleTab).toHaveBeenLastCalledWith(7, { format: 'png' });
});

describe('what can not be pictured says why, never in the words of the browser', () => {
  const setUpFailing = () => {
    const all = setUp();
    const { capture } = all.as(BOARD).connect(protocol, { needs: ['capture'] });
    all.api.tabs.captureVisibleTab.mockRejectedValue(new Error('Cannot access "https://secret.example/"'));
    const reasonOf = async (params: { windowId?: number }) => {
      const error = await capture.visible(params).catch((each) => each);
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret');
      return isError(protocol, error, 'notVisible') && error.data.reason;
    };
    return { ...all, reasonOf };
  };

  test('a page that the browser protects, and a window that is gone', async () => {
    const { reasonOf } = setUpFailing();
    expect(await reasonOf({ windowId: 1 })).toBe('page-protected');
    expect(await reasonOf({ windowId: 99 })).toBe('no-window');
  });

  test('no window at all, and no access to sites', async () => {
    const { reasonOf, api, windows } = setUpFailing();
    windows.length = 0;
    expect(await reasonOf({})).toBe('no-window');
    api.permissions.contains.mockResolvedValue(false);
    expect(await reasonOf({ windowId: 1 })).toBe('site-access-off');
  });
});

test('the overview is for own pages alone', async () => {
  const { as } = setUp();
  for (const caller of [BOARD, STRANGER]) {
    const connection = as(caller).connect(overview, { needs: ['overview'] });
    expect(await codeOf(connection.overview.visitors())).toBe('REFUSED');
  }
});

test('the overview explains the rules and tells who comes and goes', async () => {
  const { as } = setUp();
  const own = as(ownPage()).connect(overview, { needs: ['overview'] });
  const visits = own.overview.visited();
  const rules = await own.overview.rules();
  const allowed = Object.fromEntries(
    rules.map(({ caller, decisions }) => [
      caller,
      decisions.filter((each) => each.verdict === 'allow').map(({ capability }) => capability),
    ]),
  );
  expect(allowed).toEqual({
    board: ['read', 'titles', 'capture'],
    self: ['read', 'titles', 'control', 'capture'],
    others: [],
  });

  await codeOf(
    as(STRANGER)
      .connect(protocol, { needs: ['read'] })
      .read.list(),
  );
  const board = as(BOARD).connect(protocol, { needs: ['read'] });
  await board.read.list();
  const now = await own.overview.visitors();
  expect(now.connected.map(({ caller, sessions }) => [caller.kind, caller.id, sessions])).toEqual([
    ['self', 'p'.repeat(32), 1],
    ['extension', TAB_BOARD.chromium, 1],
  ]);
  expect(now.turnedAway.map(({ caller, times }) => [caller.id, times])).toEqual([['a'.repeat(32), 1]]);

  board.session.close();
  let last = (await visits.next()).value;
  while (last.connected.length > 1) last = (await visits.next()).value;
  expect(last.connected.map(({ caller }: { caller: { kind: string } }) => caller.kind)).toEqual(['self']);
});
