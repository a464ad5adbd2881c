import type { AuditEntry, Connection, Prompt, Traffic } from '../../../../src/ui/source.js';

/** Prompts and lists as a host gives them, one for each thing that may be seen. */

export const BOARD = 'lnlbikpnhcomaabnjdacpmkmbddekcjd';
const STRANGER = 'pgemkadbbgmlbmmcnoapkpdnjdkkhbkd';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const caller = (more: Partial<Prompt['caller']> = {}): Prompt['caller'] => ({
  key: `extension ${BOARD}`,
  kind: 'extension',
  id: BOARD,
  origin: `chrome-extension://${BOARD}`,
  ...more,
});

const READ = {
  name: 'read',
  title: 'See your open tabs',
  description:
    'How many tabs and windows are open, in which order, and which one you look at. No titles, no addresses.',
  needed: true,
  grew: false,
};
const TITLES = {
  name: 'titles',
  title: 'See the titles and addresses of tabs',
  description: 'That is your browsing history while it happens.',
  needed: false,
  grew: false,
};
const WINDOWS = {
  name: 'control',
  title: 'Open, switch to and close tabs',
  needed: true,
  grew: true,
  choices: ['Window 1: Morning news', 'Window 2: Inbox (3)', 'Windows that are opened later'],
};

const grant = (more: Partial<Prompt> = {}): Prompt => ({
  id: 'p1',
  kind: 'grant',
  caller: caller({ installedName: 'Tab Board', claimedName: 'Tab Board' }),
  protocol: 'org.portico.tabs',
  expires: Date.now() + 5 * MINUTE,
  keyChanged: false,
  capabilities: [READ, TITLES],
  held: [],
  ...more,
});

const OVERRIDE = '\u202e';
const LONG_WORD = 'Unbreakable'.repeat(12).slice(0, 64);
export const HOSTILE_NAME = `<b onclick="alert(1)">${OVERRIDE}gnp.exe</b>\u0000\n\u200b👩‍👩‍👧 مرحبا e${'\u0301'.repeat(40)} ${LONG_WORD}`;

const hostile = grant({
  caller: caller({
    installedName: HOSTILE_NAME.repeat(20),
    claimedName: HOSTILE_NAME,
    thumbprint: 'a'.repeat(43),
  }),
  capabilities: [
    {
      ...READ,
      title: `${LONG_WORD} <img src=x onerror=alert(1)>`,
      description: `${OVERRIDE}${LONG_WORD} `.repeat(8),
    },
    {
      ...WINDOWS,
      name: '__proto__',
      title: 'constructor',
      choices: [HOSTILE_NAME, `${OVERRIDE}abc`, '', LONG_WORD],
    },
  ],
  held: [HOSTILE_NAME, '{titles}', '$1 {host}'],
});

const confirm = (more: Partial<NonNullable<Prompt['confirmation']>> = {}): Prompt => ({
  ...grant({ kind: 'confirm', capabilities: [] }),
  confirmation: {
    title: 'Close 14 tabs?',
    message: 'They can be opened again from the history, but what you typed into them is lost.',
    details: [
      { label: 'Window', value: 'Morning news' },
      { label: 'Oldest tab', value: 'https://example.org/a/rather/long/address/that/goes/on?and=on&and=on' },
    ],
    ...more,
  },
});

export const PROMPTS = {
  first: grant(),
  plain: grant({ caller: caller(), capabilities: [READ] }),
  optional: grant({ capabilities: [TITLES, { ...READ, needed: false }] }),
  full: grant({
    capabilities: [READ, WINDOWS, TITLES],
    held: ['Take pictures of pages', 'Be asked before a tab closes'],
  }),
  'key-changed': grant({
    keyChanged: true,
    caller: caller({
      installedName: 'Tab Board',
      claimedName: 'Tab Board',
      thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    }),
  }),
  'content-script': grant({
    caller: caller({
      key: `content-script ${BOARD} https://news.example`,
      kind: 'content-script',
      origin: 'https://news.example',
      claimedName: 'News helper',
    }),
  }),
  page: grant({
    caller: {
      key: 'page https://xn--pypal-4ve.example',
      kind: 'page',
      origin: 'https://xn--pypal-4ve.example',
      claimedName: 'PayPal',
    },
  }),
  nothing: grant({ capabilities: [READ, { ...WINDOWS, choices: [], grew: false }] }),
  expiring: grant({ expires: Date.now() + 49_000 }),
  confirm: confirm(),
  'confirm-hostile': confirm({
    title: `${LONG_WORD}${OVERRIDE} <b>sure?</b>`,
    message: `pay\u202e001\u200b to\nme`,
    details: [{ label: HOSTILE_NAME, value: `${OVERRIDE}${LONG_WORD}\nsecond line` }],
  }),
  'confirm-nothing': grant({ kind: 'confirm', capabilities: [] }),
  hostile,
} as const satisfies Readonly<Record<string, Prompt>>;

const subject = (capability: string) => ({ protocol: 'org.portico.tabs', line: '1', capability });
const now = Date.now();

const board: Connection = {
  caller: caller({ installedName: 'Tab Board', claimedName: 'Tab Board' }),
  since: now - 3 * DAY,
  lastSeen: now - 2 * MINUTE,
  sessions: 2,
  disabled: false,
  grants: [
    {
      subject: subject('read'),
      title: READ.title,
      description: READ.description,
      since: now - 3 * DAY,
      once: false,
      by: 'person',
    },
    {
      subject: subject('control'),
      title: WINDOWS.title,
      since: now - HOUR,
      until: now + 7 * DAY,
      once: false,
      by: 'person',
      scope: ['Window 1: Morning news', 'Window 2: Inbox (3)'],
    },
    {
      subject: subject('capture'),
      title: 'Take pictures of pages',
      since: now - DAY,
      once: false,
      by: 'policy',
    },
  ],
  denials: [{ subject: subject('titles'), title: TITLES.title, since: now - HOUR, until: now + HOUR }],
};
const asleep: Connection = {
  ...board,
  caller: caller({
    key: `extension ${STRANGER}`,
    id: STRANGER,
    origin: `chrome-extension://${STRANGER}`,
    claimedName: 'Tab Saver',
  }),
  sessions: 0,
  lastSeen: now - 5 * HOUR,
  grants: [{ subject: subject('read'), title: READ.title, since: now - 5 * HOUR, once: true, by: 'person' }],
  denials: [],
};
const off: Connection = {
  ...asleep,
  caller: caller({
    key: 'extension off',
    id: 'aohghmighlieiainnegkcijnfilokake',
    installedName: 'Night Reader',
  }),
  disabled: true,
  grants: [],
  denials: [{ subject: subject('read'), title: READ.title, since: now - 2 * DAY, until: now - DAY }],
};
const page: Connection = {
  ...asleep,
  caller: { key: 'page https://shop.example', kind: 'page', origin: 'https://shop.example' },
  grants: [],
  denials: [],
};
const blocked: Connection = {
  ...page,
  caller: {
    key: 'page https://ads.example',
    kind: 'page',
    origin: 'https://ads.example',
    claimedName: 'Definitely fine',
  },
  blockedSince: now - 12 * DAY,
};

const entry = (
  decision: string,
  of: Connection,
  minutes: number,
  more: Partial<AuditEntry> = {},
): AuditEntry => ({
  caller: of.caller,
  decision,
  count: 1,
  first: now - minutes * MINUTE,
  last: now - minutes * MINUTE,
  ...more,
});
const audit: AuditEntry[] = [
  entry('admitted', board, 2, { count: 12 }),
  entry('denied', board, 60, { subject: subject('titles'), title: TITLES.title }),
  entry('allowed', board, 60, { subject: subject('control'), title: WINDOWS.title }),
  entry('key-changed', asleep, 300),
  entry('allowed-once', asleep, 300, { subject: subject('read'), title: READ.title }),
  entry('refused', blocked, 4_000, { count: 3_127 }),
  entry('blocked', blocked, 17_280),
  entry('from-the-future', off, 20_000),
];

const from = Math.floor(now / MINUTE) * MINUTE - 59 * MINUTE;
const calls = Array.from({ length: 60 }, (_, minute) =>
  minute < 8 || (minute > 30 && minute < 37)
    ? 0
    : Math.round(40 + 30 * Math.sin(minute / 5) + (minute % 7) * 6),
);
const traffic: Traffic = {
  from,
  calls,
  bytes: calls.map((count, index) => count * (900 + ((index * 137) % 800))),
};
export const QUIET: Traffic = { from, calls: calls.map(() => 0), bytes: calls.map(() => 0) };

export interface Overview {
  connections: Connection[];
  audit: AuditEntry[];
  traffic: Traffic;
  storage: 'ok' | 'corrupt' | 'failed';
}
const full: Overview = { connections: [board, asleep, off, page, blocked], audit, traffic, storage: 'ok' };
const none: Overview = { connections: [], audit: [], traffic: QUIET, storage: 'ok' };

export const OVERVIEWS = {
  full,
  empty: none,
  quiet: { ...full, connections: [asleep], audit: audit.slice(3, 5), traffic: QUIET },
  'only-blocked': { ...full, connections: [blocked] },
  corrupt: { ...none, storage: 'corrupt' },
  failed: { ...full, storage: 'failed' },
  hostile: {
    ...full,
    connections: [
      {
        ...board,
        caller: hostile.caller,
        since: Number.NaN,
        lastSeen: 1e300,
        grants: board.grants.map((each) => ({
          ...each,
          title: HOSTILE_NAME,
          scope: ['__proto__', LONG_WORD],
        })),
      },
    ],
    audit: Array.from({ length: 130 }, (_, index) =>
      entry(index % 2 ? '__proto__' : `<i>${OVERRIDE}`, board, index, { title: HOSTILE_NAME, last: -1e300 }),
    ),
    traffic: { from: 1e300, calls: [1, 2, 3], bytes: [5] },
  },
} as const satisfies Readonly<Record<string, Overview>>;
