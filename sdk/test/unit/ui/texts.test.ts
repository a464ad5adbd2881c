import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { browserMessage, extensionName } from '../../../src/platform/browser-messages.js';
import { decisionInWords } from '../../../src/ui/connections/audit-log.js';
import { spokenSeconds } from '../../../src/ui/consent/countdown.js';
import { english } from '../../../src/ui/messages/english.js';
import { createTexts } from '../../../src/ui/messages/messages.js';
import { plainText, wholeText } from '../../../src/ui/plain-text.js';

afterEach(() => vi.unstubAllGlobals());

const inExtension = (messages: Record<string, string>) =>
  vi.stubGlobal('chrome', {
    runtime: { id: 'abc', getManifest: () => ({ name: 'The Host' }) },
    i18n: { getMessage: (key: string) => messages[key] ?? '' },
  });

describe('texts', () => {
  test('are English where nobody says otherwise', () => {
    expect(createTexts().say('deny')).toBe('Don’t allow');
    expect(createTexts().direction).toBe('ltr');
  });

  test('come from the page first, then from the browser, then from here', () => {
    inExtension({ portico_deny: 'Nein', portico_allowOnce: 'Einmal', portico_language: 'de' });
    const texts = createTexts({ deny: 'Lieber nicht' });
    expect([texts.say('deny'), texts.say('allowOnce'), texts.say('allowAlways')]).toEqual([
      'Lieber nicht',
      'Einmal',
      'Allow always',
    ]);
    expect(texts.number(12_345.6)).toBe('12.345,6');
    expect(extensionName()).toBe('The Host');
  });

  test('a page that calls something `browser` is no extension', () => {
    vi.stubGlobal('browser', { i18n: { getMessage: () => 'forged' } });
    expect(browserMessage('portico_deny')).toBeUndefined();
    expect(extensionName()).toBeUndefined();
  });

  test('put values in as they are, once: none of them is read as a text with values', () => {
    const texts = createTexts();
    expect(texts.say('callsItself', { name: '{name} $1 $& {host}' })).toBe(
      'It calls itself “{name} $1 $& {host}”.',
    );
    expect(texts.say('callsItself', {})).toBe('It calls itself “”.');
    expect(
      createTexts({ callsItself: '{constructor}{__proto__}{name}' }).say('callsItself', { name: 'x' }),
    ).toBe('x');
    expect(texts.parts('installedAs', { name: 7 })).toEqual(['Your browser lists it as ', 7, '.']);
  });

  test('counts take the form of their language', () => {
    expect(createTexts().counted('secondsLeft', 1)).toBe('1 second left');
    expect(createTexts().counted('secondsLeft', 2)).toBe('2 seconds left');
    const polish = createTexts({
      language: 'pl',
      secondsLeft_few: '{count} sekundy',
      secondsLeft_many: '{count} sekund',
    });
    expect([polish.counted('secondsLeft', 3), polish.counted('secondsLeft', 5)]).toEqual([
      '3 sekundy',
      '5 sekund',
    ]);
  });

  test('a wrong tag, and times that nothing is, take no screen down', () => {
    const texts = createTexts({ language: 'not a tag' });
    expect(texts.language).toBe('en');
    for (const time of [Number.NaN, 1e300, -1e300, Number.POSITIVE_INFINITY])
      expect(texts.date(time)).toBe('–');
    expect(texts.date(Date.UTC(2020, 5, 15, 12))).toMatch(/Jun 15, 2020/);
    expect([0, 999, 1_000, 2_500_000, 1e15].map(texts.bytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '2.5 MB',
      '1,000,000 GB',
    ]);
  });

  test('a decision of a newer background is shown by its name', () => {
    expect(decisionInWords('allowed-once', createTexts())).toBe('Allowed once');
    expect(decisionInWords('\u202e__proto__', createTexts())).toBe('__proto__');
  });

  test('of the last minute a few seconds are said', () => {
    expect([60_000, 59_900, 59_000, 30_000, 9_001, 9_000, 0].map(spokenSeconds)).toEqual([
      60,
      60,
      undefined,
      30,
      10,
      undefined,
      undefined,
    ]);
  });
});

describe('texts of others', () => {
  test.each([
    ['\u202egnp.exe', 'gnp.exe'],
    ['a\u200bb\u0000c\n\td', 'a b c d'],
    ['\u2066\u2069\u061c\ufeff', '–'],
    ['', '–'],
    ['👩‍👩‍👧 می‌خواهم', '👩‍👩‍👧 می‌خواهم'],
    [`e${'\u0301'.repeat(40)}f`, 'e\u0301\u0301\u0301f'],
  ])('%j is shown as %j', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  test('are as long as there is room for, in whole characters', () => {
    expect(plainText('😀'.repeat(300))).toBe(`${'😀'.repeat(200)}…`);
    expect(plainText('x'.repeat(10_000_000))).toHaveLength(201);
    expect(plainText('abc', 2)).toBe('ab…');
  });

  test('whole texts hide nothing: what can’t be seen is written out', () => {
    expect(wholeText('pay \u202e001\u200b\r\nnow\t!')).toBe('pay ⟨U+202E⟩001⟨U+200B⟩\nnow\t!');
    expect(wholeText(`e${'\u0301'.repeat(5)}`)).toBe('e\u0301\u0301\u0301⟨U+0301⟩⟨U+0301⟩');
    expect(wholeText('x'.repeat(5_000))).toHaveLength(5_000);
  });
});

describe('the locales of the host extension', () => {
  type Locale = Readonly<Record<string, { readonly message: string }>>;
  const locale = (name: string): Locale =>
    JSON.parse(
      readFileSync(
        new URL(`../../../../host-extension/static/_locales/${name}/messages.json`, import.meta.url),
        'utf8',
      ),
    );
  const tokens = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const expected = Object.fromEntries(
    Object.entries(english).map(([key, message]) => [`portico_${key}`, { message }]),
  );

  test('English is what stands in the SDK', () => {
    expect(locale('en')).toEqual(expected);
  });

  test('German says the same: each text, with the same values', () => {
    const german = locale('de');
    expect(Object.keys(german).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, { message }] of Object.entries(expected)) {
      expect(tokens(german[key]?.message ?? ''), key).toEqual(tokens(message));
    }
  });

  test('no text has a sign that chrome.i18n reads as its own, and no key that it does not take', () => {
    for (const [key, { message }] of [...Object.entries(locale('en')), ...Object.entries(locale('de'))]) {
      expect(message).not.toContain('$');
      expect(key).toMatch(/^[A-Za-z0-9_@]+$/);
    }
  });
});
