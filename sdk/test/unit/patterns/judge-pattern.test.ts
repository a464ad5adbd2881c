import { afterEach, describe, expect, test, vi } from 'vitest';
import { judgePattern } from '../../../src/patterns/judge-pattern.js';
import { FORMATS } from '../../../src/protocol/formats.js';

/** In one word: how many steps for a character of a text of a thousand, to two figures. */
const wordFor = (pattern: string): string | number => {
  const verdict = judgePattern(pattern);
  return typeof verdict === 'string'
    ? verdict
    : Number(Math.ceil(verdict.steps(1_000) / 1_000).toPrecision(2));
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a pattern whose ways double with each repetition is exponential', () => {
  test.each([
    '^(a+)+$',
    '^((ab)+)+$',
    '^(a|a)*$',
    '^(a|b|ab)*$',
    '(a|a)*b',
    '^(?:[a-z]*)*$',
    '^([a-zA-Z0-9]+\\s?)*$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(.a|b*)*$',
    '^(a?b?)*$',
    // Bounded, but by far more than anybody waits for.
    '^(a{1,20}){1,20}$',
    '^(a{1,1000}){1,1000}$',
    '^(?:a?){30}a{30}$',
    `^${'a?'.repeat(30)}a{30}$`,
    '^(?:(?:(?:a|a){4}){4}){4}$',
    '^(?:(?=(a+)+b)a)*$',
    // What `\p` reads beyond ASCII is taken for everything.
    '^(\\p{L}|\\p{N})+$',
  ])('%s', (pattern) => {
    expect(judgePattern(pattern)).toBe('exponential');
  });
});

describe('a pattern whose ways grow with the places where a text can be split', () => {
  test.each([
    ['\\s+$', 2],
    ['\\s*,\\s*', 2],
    ['^a*a*$', 2],
    ['^a*a*a*$', 3],
    ['^\\s*(.*)\\s*$', 3],
    ['.*x', 2],
    ['^(?:(?=a*b)a)*$', 2],
    // By way of what is in between: `a` is read by all of them.
    ['^\\w*\\d*\\w*$', 3],
  ])('%s grows with the power %i', (pattern, degree) => {
    expect(judgePattern(pattern)).toMatchObject({ degree });
    expect(wordFor(pattern)).toBe(1_000 ** (degree - 1));
  });

  test('counts no more places than a bounded repetition has', () => {
    expect(wordFor('[a-z]{2,6}x')).toBe(6);
    expect(wordFor('^a{0,60}a{0,60}a{0,60}b*$')).toBe(3_700);
    expect(wordFor('^\\d{1,3}\\d{1,3}$')).toBe(1);
    expect(wordFor('^(?:[a-z]+b?){3}$')).toBe(4 * 1_000 * 1_000);
    expect(judgePattern('^a{0,60}a{0,60}a{0,60}b*$')).toMatchObject({ degree: 1 });
    expect(wordFor('.{0,5000}x')).toBe(1_000);
  });
});

describe('what is bounded multiplies what is not', () => {
  // How many ways of the bounded parts there are for each beginning, and for each character after it.
  test.each([
    ['a{0,15}a{0,15}[ab]*$', 256],
    ['a{0,5}a{0,5}a{0,5}a{0,5}[ab]*$', 1_296],
    ['^[ab]*a{0,9}a{0,9}[ab]*$', 100],
    ['[a-z]{0,8}[a-z0-9]{0,8}[a-z0-9_]*$', 81],
    ['a?a?a?a?a?a?a?a?[ab]*$', 256],
    ['a?a?a?a?a?a?a?a{0,7}a{0,7}[ab]*$', 128 * 64],
    ['(?:a|a|a|a)(?:a|a|a|a)[ab]*$', 16],
  ])('%s takes the square, times %i', (pattern, times) => {
    expect(judgePattern(pattern)).toMatchObject({ degree: 2 });
    expect(wordFor(pattern)).toBe(Number((1_000 * times).toPrecision(2)));
  });

  test('where no text leads through both, the larger counts', () => {
    expect(wordFor('^(?:ya{0,9}a{0,9}x|zb{0,9}b{0,9}x)c*$')).toBe(10);
    expect(wordFor('^a{0,9}a{0,9}xb{0,9}b{0,9}xc*$')).toBe(100);
    expect(wordFor('^a*-a*$')).toBe(1);
  });
});

test('choices multiply, though nothing is repeated', () => {
  const eight = `(${Array(8).fill('a').join('|')})`;
  expect(judgePattern(`^${eight.repeat(8)}b$`)).toBe('exponential');
  expect(judgePattern(`^${'(\\w|\\d|[0-9]|[1-9]|[0-8]|\\S|.|[^a])'.repeat(8)}$`)).toBe('exponential');
  // Three letters and no more, however long the text.
  expect(judgePattern(`^${eight.repeat(3)}b$`)).toMatchObject({ degree: 1 });
  expect(wordFor(`^${eight.repeat(3)}b$`)).toBe(3);
  expect(wordFor(`${eight.repeat(3)}b`)).toBe(510);
});

test('what can not read more than so many characters takes no longer on a longer text', () => {
  const steps = (pattern: string, length: number): number => {
    const verdict = judgePattern(pattern);
    return typeof verdict === 'string' ? Number.NaN : verdict.steps(length);
  };
  for (const pattern of ['^a{0,60}a{0,60}a{0,60}$', '^(?=a{0,9}b)a{0,60}a{0,60}$'])
    expect(steps(pattern, 1_000_000)).toBe(steps(pattern, 200));
  for (const pattern of ['a{0,60}a{0,60}a{0,60}$', '^(?=a*b)a{0,60}a{0,60}$', '^a{0,60}a{0,60}$|b*$'])
    expect(steps(pattern, 1_000_000)).toBeGreaterThan(1_000 * steps(pattern, 200));
});

describe('a pattern without a choice takes time in proportion to the text', () => {
  test.each([
    'x',
    '^a|b$',
    '^.*$',
    '^[a-z]+(-[a-z]+)*$',
    '^-?(?:0|[1-9][0-9]*)$',
    '^[^@]+@[^@]+$',
    '^(0x)?([0-9a-f]{2})*$',
    '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    '^(?:\\d{1,3}\\.){3}\\d{1,3}$',
    '^https?://[^\\s/$.?#].[^\\s]*$',
    '^[a-z0-9]+(?:[._-][a-z0-9]+)*$',
    '\\d{4}-\\d{2}-\\d{2}',
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    '(?:^|,)\\s*x',
    '^(?=a*b)a*$',
    '(?<!\\d)\\d{3}(?!\\d)',
    '^\\p{Lu}\\p{Ll}+(?: \\p{Lu}\\p{Ll}+)*$',
    '^(?:\\p{L}|\\d)+$',
    '^[\\p{L}\\p{N}]+$',
    // Zod's, for e-mail addresses.
    "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
    `^(?:${Array.from({ length: 300 }, (_, i) => `word${i}`).join('|')})$`,
  ])('%s', (pattern) => {
    expect(wordFor(pattern)).toBe(1);
  });

  test('nor does one that can not fail any more', () => {
    for (const pattern of ['\\d+', '(a|a)*', '[a-z]+.*', 'a+b*']) expect(wordFor(pattern)).toBe(1);
    // It can, after all, at its end, or where it has to go on.
    expect(wordFor('\\d+$')).toBe(1_000);
    expect(judgePattern('(?:a|a)*\\b')).toBe('exponential');
    expect(judgePattern('x(?:(?:a|a)*b)?')).toBe('exponential');
  });
});

test('what is not looked into is unknown', () => {
  for (const pattern of [
    '^(a+)\\1$',
    '(a)\\1',
    '(?<name>a*)\\k<name>',
    '(?<=a+)b',
    '(?<!a?)b+',
    '^(?:[a-z]{100}){4}'.repeat(12),
  ])
    expect(judgePattern(pattern)).toBe('unknown');
});

describe('the expression of each format has a verdict of its own: in proportion', () => {
  // What follows an address in brackets comes after several of its forms.
  const more: Record<string, number> = { uri: 5, 'uri-reference': 5 };
  test.each(Object.entries(FORMATS))('%s', (name, expression) => {
    expect(judgePattern(expression)).toMatchObject({ degree: 1 });
    expect(wordFor(expression)).toBe(more[name] ?? 1);
  });
});

test('so is what the parser does not know, though an engine may', () => {
  expect(judgePattern('^\\p{Script=Tomorrow}+$')).toBe('unknown');
});

test('no clock is asked, so that every machine gives the same verdict', () => {
  const noClock = (): never => {
    throw new Error('asked for the time');
  };
  vi.spyOn(Date, 'now').mockImplementation(noClock);
  vi.spyOn(performance, 'now').mockImplementation(noClock);
  expect(wordFor(FORMATS['uri-reference'] as string)).toBe(5);
  expect(judgePattern('^(a+)+$')).toBe('exponential');
  // More steps than it is given.
  const many = Array.from(
    { length: 200 },
    (_, i) => `[a-z]*${String.fromCharCode(97 + (i % 26))}[0-9]*`,
  ).join('');
  expect(judgePattern(`^(?:${many})$`)).toBe('unknown');
});
