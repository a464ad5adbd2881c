import type { LogEntry, Principal } from 'portico/host';
import { expect, test } from 'vitest';
import { callerName } from '../../src/caller-names.js';
import { TAB_BOARD } from '../../src/known-callers.js';
import { createVisitorBook } from '../../src/visitors.js';

const extension = (id: string): Principal => ({
  kind: 'extension',
  browser: 'chromium',
  id,
  origin: `chrome-extension://${id}`,
});
const entry = (event: LogEntry['event'], principal?: Principal, session?: string): LogEntry => ({
  level: 'info',
  event,
  message: '',
  principal,
  ...(session === undefined ? {} : { session }),
});

const setUp = () => {
  let time = 0;
  let told = 0;
  const book = createVisitorBook(
    () => told++,
    () => ++time,
  );
  return { book, told: () => told };
};

test('sessions of one caller are counted together, from the first on', () => {
  const { book } = setUp();
  book.write(entry('admitted', extension('a'), 's1'));
  book.write(entry('admitted', extension('b'), 's2'));
  book.write(entry('admitted', extension('a'), 's3'));
  const summary = () =>
    book.visitors.connected.map(({ caller, sessions, since }) => [caller.id, sessions, since]);
  expect(summary()).toEqual([
    ['a', 2, 1],
    ['b', 1, 2],
  ]);
  book.write(entry('ended', extension('a'), 's1'));
  book.write(entry('ended', extension('b'), 's2'));
  expect(summary()).toEqual([['a', 1, 3]]);
});

test('the last of those turned away comes first, and their number is bounded', () => {
  const { book } = setUp();
  book.write(entry('refused', extension('again')));
  for (let i = 0; i < 30; i++) book.write(entry('refused', extension(`x${i}`)));
  book.write(entry('refused', extension('x25')));
  expect(book.visitors.turnedAway).toHaveLength(20);
  expect(book.visitors.turnedAway[0]).toMatchObject({ caller: { id: 'x25' }, times: 2 });
  expect(book.visitors.turnedAway[1]).toMatchObject({ caller: { id: 'x29' }, times: 1 });
});

test('only comings and goings are told', () => {
  const { book, told } = setUp();
  book.write(entry('configuration'));
  book.write(entry('handler-failed', extension('a'), 's1'));
  book.write(entry('ended', extension('a')));
  book.write(entry('refused'));
  expect(told()).toBe(0);
  book.write(entry('admitted', extension('a'), 's1'));
  expect(told()).toBe(1);
});

test('callers have names that a page can not choose', () => {
  const origin = 'https://web.example';
  expect(callerName({ kind: 'extension', id: TAB_BOARD.firefox, origin })).toBe('Tab Board');
  expect(callerName({ kind: 'extension', id: 'abc', origin })).toBe('The extension abc');
  expect(callerName({ kind: 'content-script', id: TAB_BOARD.chromium, origin })).toBe(
    'Tab Board, inside the page https://web.example',
  );
  expect(callerName({ kind: 'page', origin })).toBe('The page https://web.example');
  expect(callerName({ kind: 'self', id: 'abc', origin })).toBe('Portico Tabs itself');
});
