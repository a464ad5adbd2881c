import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { Conversion, FAIL } from '../../../src/protocol/conversion.js';
import {
  codecOf,
  every,
  receiveParams,
  receiveResult,
  run,
  sendParams,
  sendResult,
} from '../../support/conversions.js';

const Point = {
  type: 'object',
  required: ['x'],
  properties: { x: { type: 'integer' }, y: { type: 'integer' } },
};
const parse = (text: string): unknown => JSON.parse(text);

describe.each(every)('an object by %s', (how) => {
  test('takes its declared properties', () => {
    expect(run(Point, how, { x: 1, y: 2 })).toEqual({ value: { x: 1, y: 2 } });
    expect(run(Point, how, { x: 1 })).toEqual({ value: { x: 1 } });
  });

  test('reads an undefined property as absent', () => {
    expect(run(Point, how, { x: 1, y: undefined })).toEqual({ value: { x: 1 } });
    expect(run(Point, how, { x: undefined })).toEqual({ failed: { path: '/x', expected: 'a value' } });
  });

  test('needs what is required', () => {
    expect(run(Point, how, { y: 2 })).toEqual({ failed: { path: '/x', expected: 'a value' } });
  });

  test('says where a property does not fit', () => {
    expect(run(Point, how, { x: 1, y: 'z' })).toEqual({ failed: { path: '/y', expected: 'an integer' } });
  });

  test.each([null, undefined, 5, 'x', [], [['x', 1]], () => 1, 1n])('refuses %o', (value) => {
    expect(run(Point, how, value)).toEqual({ failed: { path: '', expected: 'an object' } });
  });

  test('takes an object without a prototype', () => {
    expect(run(Point, how, Object.assign(Object.create(null), { x: 1 }))).toEqual({ value: { x: 1 } });
  });

  test('does not find required properties on Object.prototype', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      const schema = { type: 'object', required: [name], properties: { [name]: {} } };
      expect(run(schema, how, {})).toEqual({ failed: { path: `/${name}`, expected: 'a value' } });
      expect(run(schema, how, { [name]: 5 })).toEqual({ value: { [name]: 5 } });
    }
  });

  test('leaves the prototype of what it gives alone', () => {
    const open = { type: 'object', additionalProperties: {} };
    const text = '{"constructor":1,"toString":2,"then":3}';
    const { value } = run(open, how, parse(text)) as { value: object };
    expect(JSON.stringify(value)).toBe(text);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('refuses a property named __proto__ where others are welcome', () => {
    for (const others of [{ additionalProperties: {} }, { patternProperties: { '': {} } }]) {
      const outcome = run({ type: 'object', ...others }, how, parse('{ "__proto__": { "admin": true } }'));
      expect(outcome).toEqual({ failed: { path: '', expected: 'no property "__proto__"' } });
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('undeclared properties', () => {
  const value = { x: 1, dryRun: true };

  test('fail in parameters, on both sides', () => {
    const failed = { path: '', expected: 'no property "dryRun"' };
    expect(sendParams(Point, { ...value })).toEqual({ failed });
    expect(receiveParams(Point, { ...value })).toEqual({ failed });
  });

  test('are left out of results, on both sides', () => {
    expect(sendResult(Point, { ...value })).toEqual({ value: { x: 1 } });
    expect(receiveResult(Point, { ...value })).toEqual({ value: { x: 1 } });
  });

  test('do no harm when they are undefined', () => {
    expect(sendParams(Point, { x: 1, dryRun: undefined })).toEqual({ value: { x: 1 } });
    expect(receiveParams(Point, { x: 1, dryRun: undefined })).toEqual({ value: { x: 1 } });
  });

  test('count even when as many declared ones are missing', () => {
    const failed = { path: '', expected: 'no property "z"' };
    expect(receiveParams(Point, { x: 1, y: undefined, z: 2 })).toEqual({ failed });
    expect(receiveParams(Point, { x: 1, z: 2 })).toEqual({ failed });
  });

  test('include __proto__ and the names of Object.prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const sent = () => parse(`{ "x": 1, "${name}": {} }`);
      expect(receiveParams(Point, sent())).toEqual({
        failed: { path: '', expected: `no property "${name}"` },
      });
      const { value } = receiveResult(Point, sent()) as { value: object };
      expect(Object.keys(value)).toEqual(['x']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  test('are named in full only as far as a message bears it', () => {
    const { failed } = receiveParams(Point, { x: 1, ['k'.repeat(10_000)]: 1 }) as {
      failed: { expected: string };
    };
    expect(failed.expected.length).toBeLessThan(100);
  });

  test('closed by additionalProperties: false are as closed as by default', () => {
    const closed = { ...Point, additionalProperties: false };
    expect(receiveParams(closed, { x: 1, z: 1 })).toEqual(receiveParams(Point, { x: 1, z: 1 }));
    expect(receiveResult(closed, { x: 1, z: 1 })).toEqual({ value: { x: 1 } });
  });
});

describe.each(every)('other properties that the schema opens, by %s', (how) => {
  test('additionalProperties: true takes any plain data', () => {
    const open = { ...Point, additionalProperties: true };
    expect(run(open, how, { x: 1, any: [{ deep: null }] })).toEqual({
      value: { x: 1, any: [{ deep: null }] },
    });
    expect(run(open, how, { x: 1, bad: () => 1 })).toEqual({
      failed: { path: '/bad', expected: 'plain data' },
    });
  });

  test('additionalProperties with a schema holds each to it', () => {
    const record = { type: 'object', additionalProperties: { type: 'integer' } };
    expect(run(record, how, { a: 1, b: 2, c: undefined })).toEqual({ value: { a: 1, b: 2 } });
    expect(run(record, how, { a: 1, b: 'x' })).toEqual({ failed: { path: '/b', expected: 'an integer' } });
  });

  test('patternProperties holds each to the pattern that its name matches', () => {
    const patterned = {
      type: 'object',
      patternProperties: { '^n': { type: 'integer' }, '^s': { type: 'string' } },
    };
    expect(run(patterned, how, { n1: 1, s1: 'a' })).toEqual({ value: { n1: 1, s1: 'a' } });
    expect(run(patterned, how, { n1: 'a' })).toEqual({ failed: { path: '/n1', expected: 'an integer' } });
    const odd = run(patterned, how, { n1: 1, odd: 1 });
    expect(odd).toEqual(
      how.endsWith('Params') ? { failed: { path: '', expected: 'no property "odd"' } } : { value: { n1: 1 } },
    );
  });

  test('what matches no pattern falls to additionalProperties', () => {
    const both = {
      type: 'object',
      patternProperties: { '^n': { type: 'integer' } },
      additionalProperties: { type: 'boolean' },
    };
    expect(run(both, how, { n: 1, other: true })).toEqual({ value: { n: 1, other: true } });
    expect(run(both, how, { other: 1 })).toEqual({ failed: { path: '/other', expected: 'a boolean' } });
  });
});

describe('allOf', () => {
  const named = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
  const joined = { allOf: [Point, named, { allOf: [{ type: 'object', properties: { z: {} } }] }] };

  test.each(every)('joins its objects into one, by %s', (how) => {
    expect(run(joined, how, { x: 1, name: 'a', z: 0 })).toEqual({ value: { x: 1, name: 'a', z: 0 } });
    expect(run(joined, how, { x: 1 })).toEqual({ failed: { path: '/name', expected: 'a value' } });
    expect(run(joined, how, { name: 'a' })).toEqual({ failed: { path: '/x', expected: 'a value' } });
  });

  test('is as closed as one object', () => {
    expect(receiveParams(joined, { x: 1, name: 'a', more: 1 })).toEqual({
      failed: { path: '', expected: 'no property "more"' },
    });
    expect(receiveResult(joined, { x: 1, name: 'a', more: 1 })).toEqual({ value: { x: 1, name: 'a' } });
  });

  test('joins what it refers to', () => {
    const schema = { $defs: { Point, Both: { allOf: [{ $ref: 'Point' }, named] } }, $ref: 'Both' };
    expect(receiveParams(schema, { x: 1, name: 'a' })).toEqual({ value: { x: 1, name: 'a' } });
    expect(receiveParams(schema, { x: 1 })).toEqual({ failed: { path: '/name', expected: 'a value' } });
  });
});

describe('objects that are no plain data', () => {
  class Row {
    readonly x = 1;
    get y(): number {
      return 2;
    }
    secret = 3;
  }
  const optional = { type: 'object', properties: { x: {}, size: {} } };

  test('an own class instance is sent by its declared properties, getters of its class among them', () => {
    expect(sendResult(Point, new Row())).toEqual({ value: { x: 1, y: 2 } });
  });

  test.each([new Map(), new Date(0), new Uint8Array(3), /x/, new Error('x'), new Row()])(
    'what arrives as %o is no object',
    (value) => {
      expect(receiveParams(optional, value)).toEqual({ failed: { path: '', expected: 'an object' } });
      expect(receiveResult(optional, value)).toEqual({ failed: { path: '', expected: 'an object' } });
    },
  );
});

describe('whose object it is', () => {
  const schema = { type: 'object', properties: { list: { type: 'array', items: Point }, any: {} } };

  test('encoding gives a copy that shares nothing with the original', () => {
    const original = { list: [{ x: 1 }], any: { deep: [1] } };
    const before = structuredClone(original);
    const { value } = sendParams(schema, original) as { value: typeof original };
    expect(value).toEqual(original);
    (value.list[0] as { x: number }).x = 9;
    value.any.deep.push(9);
    expect(original).toEqual(before);
  });

  test('encoding never writes to the original, even where it fails', () => {
    const frozen = Object.freeze({
      list: Object.freeze([Object.freeze({ x: 1, extra: 1 })]),
      any: Object.freeze({ deep: Object.freeze([undefined]) }),
    });
    expect(sendResult(schema, frozen)).toHaveProperty('failed');
    expect(sendResult(schema, { ...frozen, any: Object.freeze({}) })).toEqual({
      value: { list: [{ x: 1 }], any: {} },
    });
  });

  test('decoding gives a copy, too', () => {
    const received = { list: [{ x: 1 }, { x: 2 }], any: { deep: [1] } };
    const { value } = receiveParams(schema, received) as { value: typeof received };
    expect(value).toEqual(received);
    expect(value).not.toBe(received);
    expect(value.any.deep).not.toBe(received.any.deep);
  });

  test('an undeclared property beside getters on a prototype, or hidden ones, is refused in parameters all the same', () => {
    const schema = { type: 'object', properties: { x: { type: 'integer' } } };
    class Params {
      dryRun = true;
      get x(): number {
        return 1;
      }
    }
    for (const params of [new Params(), Object.defineProperty({ dryRun: true }, 'x', { value: 1 })])
      expect(sendParams(schema, params)).toEqual({ failed: { path: '', expected: 'no property "dryRun"' } });
  });

  test('a getter that throws fails the value alone, and the failure says what it threw', () => {
    const bad = {
      get x(): number {
        throw new RangeError('mine');
      },
    };
    expect(sendResult(Point, bad)).toEqual({
      failed: { path: '', expected: 'what can be read', cause: new RangeError('mine') },
    });
  });

  test('a conversion after one that threw starts afresh', () => {
    const nested = { type: 'object', properties: { any: {} } };
    const bomb = {
      any: {
        a: {
          b: {
            get c() {
              throw new Error('mine');
            },
          },
        },
      },
    };
    const conversion = new Conversion({ ...DEFAULT_LIMITS, depth: 3 });
    const codec = codecOf(nested, 'sendResult');
    expect(conversion.convert(codec, bomb)).toBe(FAIL);
    const deep = { any: { a: { b: { c: 1 } } } };
    expect(conversion.convert(codec, deep)).toEqual(deep);
  });
});
