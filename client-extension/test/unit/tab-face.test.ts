import { expect, test } from 'vitest';
import type { Tab } from '../../src/board.js';
import { faceOf } from '../../src/tab-face.js';

const tab = (more: Partial<Tab>): Tab => ({
  id: 5,
  windowId: 1,
  index: 0,
  active: false,
  pinned: false,
  audible: false,
  discarded: false,
  ...more,
});

test.each([
  [{ title: 'News', url: 'https://www.daily.example/today?x=1' }, 'News', 'www.daily.example', 'D'],
  [{ title: 'Page', url: 'http://localhost:8080/' }, 'Page', 'localhost:8080', 'L'],
  [{ url: 'https://daily.example/' }, 'daily.example', 'daily.example', 'D'],
  [{ title: 'Settings', url: 'chrome://settings/' }, 'Settings', 'chrome://settings/', 'S'],
  [{ title: '« ✓ été', url: 'about:blank' }, '« ✓ été', 'about:blank', 'É'],
  [{ title: 'Board', url: 'chrome-extension://abcdef/board.html' }, 'Board', 'extension/board.html', 'B'],
  [{ title: 'Odd', url: 'not an address' }, 'Odd', 'not an address', 'O'],
  [{ title: '★', url: '' }, '★', '', '•'],
  [{}, 'Tab 5', '', 'T'],
] as const)('%j', (known, title, place, letter) => {
  expect(faceOf(tab(known))).toMatchObject({ title, place, letter });
});

test('a long address of another kind is cut', () => {
  expect(faceOf(tab({ url: `data:text/html,${'x'.repeat(100_000)}` })).place).toHaveLength(201);
});

test('only icons that load nothing are shown', () => {
  const iconOf = (favIconUrl: string | undefined) => faceOf(tab({ favIconUrl })).icon;
  expect(iconOf('data:image/png;base64,AA==')).toBe('data:image/png;base64,AA==');
  expect(iconOf('https://daily.example/favicon.ico')).toBeUndefined();
  expect(iconOf('chrome://favicon/x')).toBeUndefined();
  expect(iconOf('data:text/html,<script>')).toBeUndefined();
  expect(iconOf(undefined)).toBeUndefined();
});

test('one site has one colour, whatever its pages are called', () => {
  const hueOf = (url: string, title: string) => faceOf(tab({ url, title })).hue;
  expect(hueOf('https://a.example/1', 'One')).toBe(hueOf('https://www.a.example/2', 'Two'));
  expect(hueOf('https://a.example/', 'One')).not.toBe(hueOf('https://b.example/', 'One'));
});
