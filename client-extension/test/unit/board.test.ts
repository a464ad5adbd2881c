import { expect, test } from 'vitest';
import { createBoard, summary, type Tab, type Window } from '../../src/board.js';

const tab = (id: number, more: Partial<Tab> = {}): Tab => ({
  id,
  windowId: 1,
  index: id,
  active: false,
  pinned: false,
  audible: false,
  discarded: false,
  ...more,
});
const window = (id: number, more: Partial<Window> = {}): Window => ({
  id,
  focused: false,
  incognito: false,
  kind: 'normal',
  ...more,
});

test('tabs stand in their windows, from left to right', () => {
  const board = createBoard(
    [tab(3), tab(9, { windowId: 4 }), tab(1), tab(2, { index: 0 })],
    [window(1), window(4)],
  );
  expect(board.windows.map(({ name, tabs }) => [name, tabs.map(({ id }) => id)])).toEqual([
    ['Window 1', [2, 1, 3]],
    ['Window 2', [9]],
  ]);
});

test('titles, addresses and icons are forgotten at once, and all else stays', () => {
  const board = createBoard(
    [tab(1, { title: 'Bank', url: 'https://bank.example/', favIconUrl: 'data:,' })],
    [],
  );
  board.forgetTitles();
  expect(board.windows[0]?.tabs).toEqual([tab(1)]);
  board.setTabs([tab(2)]);
  expect(board.windows[0]?.tabs).toEqual([tab(2)]);
});

test('windows are named by their kind', () => {
  const board = createBoard(
    [tab(1), tab(2, { windowId: 2 }), tab(3, { windowId: 3 })],
    [window(1, { incognito: true }), window(2, { kind: 'popup' })],
  );
  expect(board.windows.map(({ name }) => name)).toEqual(['Private window 1', 'Small window 2', 'Window 3']);
});

test('changes add, replace, move and remove tabs, and empty windows go', () => {
  const board = createBoard([tab(1), tab(2, { windowId: 2 })], [window(1), window(2)]);
  board.apply({ id: 3, tab: tab(3, { windowId: 2 }) });
  board.apply({ id: 1, tab: tab(1, { title: 'New' }) });
  board.apply({ id: 2, tab: tab(2, { windowId: 1 }) });
  board.apply({ id: 3 });
  board.apply({ id: 77 });
  expect(board.windows).toEqual([
    { id: 1, name: 'Window 1', tabs: [tab(1, { title: 'New' }), tab(2, { windowId: 1 })] },
  ]);
});

test('the board knows when it has to ask for windows again', () => {
  const board = createBoard([tab(1)], [window(1)], 5);
  board.apply({ id: 4, tab: tab(4, { windowId: 5 }) });
  expect(board.lacksWindows).toBe(false);
  board.apply({ id: 2, tab: tab(2, { windowId: 8 }) });
  expect(board.lacksWindows).toBe(true);
  board.setWindows([window(1), window(8)]);
  expect(board.lacksWindows).toBe(false);
});

test('a window that is left out is left out for good', () => {
  const board = createBoard([tab(1), tab(2, { windowId: 5 })], [window(1), window(5)], 5);
  board.apply({ id: 2, tab: tab(2, { windowId: 5, active: true }) });
  expect(board.windows.map(({ id }) => id)).toEqual([1]);
});

test('the summary counts in good English', () => {
  expect(summary(createBoard([tab(1)], []).windows)).toBe('1 tab in 1 window');
  expect(summary(createBoard([tab(1), tab(2), tab(3, { windowId: 2 })], []).windows)).toBe(
    '3 tabs in 2 windows',
  );
  expect(summary([])).toBe('0 tabs in 0 windows');
});
