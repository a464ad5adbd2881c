import { readFileSync } from 'node:fs';
import { SUPPORTED_KEYWORDS } from 'portico';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/protocol/check-schema.js';
import { FORMATS } from '../../../src/protocol/formats.js';

const text = readFileSync(new URL('../../../../docs/schemas.md', import.meta.url), 'utf8');

const section = (title: string): string => {
  const [, found = ''] = text.split(`\n## ${title}\n`);
  return found.split('\n## ')[0] ?? '';
};
/** The names in the first column of a section's table. */
const firstColumn = (title: string): string[] =>
  [...section(title).matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
const refusal = (schema: object): string => {
  try {
    checkSchema(schema, 'at');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('docs/schemas.md', () => {
  test('describes every supported keyword, and no other', () => {
    expect(firstColumn('Keywords').sort()).toEqual([...SUPPORTED_KEYWORDS].sort());
  });

  test('lists as refused what is refused', () => {
    const keywords = firstColumn('What is refused, and why');
    expect(keywords.length).toBeGreaterThan(20);
    for (const keyword of keywords)
      expect(refusal({ [keyword]: {} })).toContain(`keyword "${keyword}" is not supported`);
  });

  test('lists as annotations what is accepted and means nothing', () => {
    const [, list = ''] = /^Annotations [^:]*:(.*?)\./m.exec(section('Keywords')) ?? [];
    const annotations = [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    expect(annotations.length).toBeGreaterThan(10);
    for (const annotation of annotations)
      expect(refusal({ [annotation]: annotation === '$id' ? 'Name' : {} })).toBe('');
    expect(annotations.filter((each) => SUPPORTED_KEYWORDS.includes(each))).toEqual([]);
  });

  test('describes every format, and no other', () => {
    expect(firstColumn('Formats').sort()).toEqual(Object.keys(FORMATS).sort());
  });

  test('shows a refusal as it is', () => {
    const shown = /^INVALID_DEFINITION: (.*)$/m.exec(text)?.[1] ?? '';
    const at = shown.slice(0, shown.indexOf('/properties'));
    const schema = { type: 'object', properties: { marks: { type: 'array', uniqueItems: true } } };
    expect(() => checkSchema(schema, at)).toThrow(`INVALID_DEFINITION: ${shown}`);
  });
});
