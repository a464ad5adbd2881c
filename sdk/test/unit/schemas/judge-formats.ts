import { expect, test } from 'vitest';
import { judgePattern } from '../../../src/build/schemas/judge-pattern.js';
import { FORMATS } from '../../../src/protocol/formats.js';

/** About half of the judge's time, with one of the two that take longest: it is quicker once it has judged others. */
const SECOND = /^(?:hostname|ipv\d|uri-reference)$/;

/** Judges the formats in two halves, so that two cores can; that of date-time is made of two others. */
export const judgeFormats = (half: 'first' | 'second'): void => {
  const formats = Object.entries(FORMATS).filter(
    ([name]) => name !== 'date-time' && SECOND.test(name) === (half === 'second'),
  );
  test.each(formats)(
    'the expression of the format %s takes time in proportion to the text',
    (_name, expression) => {
      expect(judgePattern(expression)).toEqual({ degree: 1 });
    },
  );
};
