import { type AnyProtocol, defineProtocol, event, method, PorticoError } from 'portico';
import { describe, expect, test } from 'vitest';
import { refuseDangerous, refuseUnjudged } from '../../../src/patterns/refuse-dangerous.js';

const about = (member: object): AnyProtocol =>
  defineProtocol({
    name: 'org.example.patterns',
    version: '1.0.0',
    capabilities: { read: { title: 'Read', members: { list: member as never } } },
  });
const taking = (schema: object): AnyProtocol =>
  about(method({ params: { type: 'object', properties: { text: schema } } as object }));
const refusal = (protocol: AnyProtocol): string => {
  try {
    refuseDangerous(protocol);
    return '';
  } catch (error) {
    expect(PorticoError.is(error) && error.code).toBe('INVALID_DEFINITION');
    return (error as Error).message;
  }
};
const AT = 'INVALID_DEFINITION: capabilities/read/members/list';

describe('a pattern that can take exponential time', () => {
  test.each(['^(a+)+$', '(a|a)*b', '^(?:[a-z]*)*$', '^([a-zA-Z0-9]+\\s?)*$'])('%s is refused', (pattern) => {
    expect(refusal(taking({ type: 'string', pattern, maxLength: 100 }))).toMatch(
      /^.*list\/params\/properties\/text\/pattern: the pattern can take exponential time.*as in \(a\+\)\+$/,
    );
  });

  test('is found wherever it stands', () => {
    const bad = { type: 'string', pattern: '^(a+)+$' };
    const list = { type: 'array', items: { anyOf: [{ type: 'null' }, bad] } };
    expect(refusal(about(method({ result: list })))).toContain(`${AT}/result/items/anyOf/1/pattern: `);
    expect(refusal(about(event(bad as object)))).toContain(`${AT}/payload/pattern: `);
    const names = { type: 'object', patternProperties: { '^(a+)+$': {} } };
    expect(refusal(about(method({ result: names })))).toContain(`${AT}/result/patternProperties/^(a+)+$: `);
    const failing = { ...about(method({})), errors: { full: bad } };
    expect(refusal(failing)).toContain('errors/full/pattern: ');
  });
});

describe('a pattern whose time grows with the square of the length', () => {
  const pattern = '\\s+$';

  test('is refused, with the length that it may have', () => {
    const message =
      'anchor it with ^, let no two repetitions in a row match the same, or give the text a "maxLength" of at most 3162';
    expect(refusal(taking({ type: 'string', pattern }))).toContain(
      `the square of a text's length; ${message}`,
    );
    expect(refusal(taking({ type: 'string', pattern, maxLength: 3163 }))).toContain(message);
  });

  test('is accepted for short texts', () => {
    expect(refusal(taking({ type: 'string', pattern, maxLength: 3162 }))).toBe('');
  });

  test('is refused for names, which have no length of their own', () => {
    expect(
      refusal(about(method({ result: { type: 'object', patternProperties: { [pattern]: {} } } }))),
    ).toContain('use "additionalProperties"');
  });
});

test('a square times a constant is refused, with the length that it may have', () => {
  for (const [pattern, maxLength] of [
    ['a{0,5}a{0,5}a{0,5}a{0,5}[ab]*$', 87],
    ['a?a?a?a?a?a?a?a{0,7}a{0,7}[ab]*$', 34],
    ['[a-z]{0,8}[a-z0-9]{0,8}[a-z0-9_]*$', 351],
    ['a{0,15}a{0,15}[ab]*$', 197],
  ] as const) {
    expect(refusal(taking({ type: 'string', pattern, maxLength: 3_162 }))).toContain(
      `the square of a text's length; anchor it with ^, let no two repetitions in a row match the same, or give the text a "maxLength" of at most ${maxLength}`,
    );
    expect(refusal(taking({ type: 'string', pattern, maxLength }))).toBe('');
  }
});

test('harmless patterns are accepted, those that TypeBox writes among them', () => {
  for (const pattern of [
    '^.*$',
    '^-?(?:0|[1-9][0-9]*)$',
    '^id--?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$',
    '^[a-z]+(-[a-z]+)*$',
    'x',
    '^a|b$',
    // Telephone numbers, addresses, versions, passwords, host names.
    '^\\+?[1-9]\\d{1,14}$',
    '^\\+?\\(?\\d{1,3}\\)?[-.\\s]?\\d{1,4}[-.\\s]?\\d{1,4}[-.\\s]?\\d{1,9}$',
    '^(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$',
    '^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$',
    '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))?$',
    '^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{8,64}$',
    '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$',
    '^#?([a-f0-9]{6}|[a-f0-9]{3})$',
    '^\\$?\\d{1,3}(?:,?\\d{3})*(?:\\.\\d{2})?$',
  ])
    expect(refusal(taking({ type: 'string', pattern }))).toBe('');
});

test('a protocol without patterns is accepted', () => {
  expect(refusal(taking({ type: 'array', items: { type: 'string', format: 'email' } }))).toBe('');
});

describe('a pattern that takes many steps for each character, however long the text', () => {
  const pattern = '.{0,1000}x';

  test('is refused, with the length that it may have', () => {
    expect(refusal(taking({ type: 'string', pattern }))).toContain(
      'the pattern can take 1001 steps for each character of a text; anchor it with ^, let no two repetitions in a row match the same, or give the text a "maxLength" of at most 9990',
    );
    expect(refusal(taking({ type: 'string', pattern, maxLength: 9_990 }))).toBe('');
  });

  test('is accepted where they are few', () => {
    expect(refusal(taking({ type: 'string', pattern: '[a-z]{2,6}x' }))).toBe('');
  });
});

test('a pattern that is not looked into is refused', () => {
  expect(refusal(taking({ type: 'string', pattern: '^(a+)-\\1$', maxLength: 10 }))).toContain(
    'could not be found out; write a simpler one, without references back',
  );
});

test('where nobody judges, what was not compiled may have no pattern', () => {
  const plain = taking({ type: 'string', format: 'date' });
  expect(() => refuseUnjudged(plain)).not.toThrow();
  expect(() => refuseUnjudged(taking({ type: 'string', pattern: 'x' }))).toThrow(
    `${AT}/params/properties/text/pattern: nobody has judged how long the pattern may take, and this build carries no judge: compile the protocol`,
  );
});
