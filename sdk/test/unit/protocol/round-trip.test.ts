import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type How, overJson, run } from '../../support/conversions.js';
import { anyJson, described, GATE, sample } from '../../support/schemas.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

const runs = { numRuns: 300 };

const converted = (schema: object, how: How, value: unknown, native = false, grants = [GATE]): unknown => {
  const outcome = run(schema, how, value, {}, { grants, native });
  if ('failed' in outcome) throw new Error(`${outcome.failed.path}: expected ${outcome.failed.expected}`);
  return outcome.value;
};

describe.each([
  ['parameters', 'sendParams', 'receiveParams'],
  ['results', 'sendResult', 'receiveResult'],
] as const)('%s of any schema of the subset', (_what, send, receive) => {
  test('arrive over JSON as they were sent', () => {
    fc.assert(
      fc.property(sample, ({ schema, value }) => {
        const sent = overJson(converted(schema, send, value));
        expect(converted(schema, receive, sent)).toEqual(value);
      }),
      runs,
    );
  });

  test('arrive by structured clone, bytes as bytes, as they were sent', () => {
    fc.assert(
      fc.property(sample, ({ schema, value }) => {
        const sent = structuredClone(converted(schema, send, value, true));
        expect(converted(schema, receive, sent)).toEqual(value);
      }),
      runs,
    );
  });

  test('are sent as a copy, and left as they were', () => {
    fc.assert(
      fc.property(sample, ({ schema, value }) => {
        const before = structuredClone(value);
        const sent = converted(schema, send, value, true);
        expect(value).toEqual(before);
        if (typeof value === 'object' && value !== null) expect(sent).not.toBe(value);
      }),
      runs,
    );
  });
});

const anything = fc.oneof(
  anyJson,
  sample.map(({ value }) => value),
);

test('what a client lets through of any JSON at all fits the schema to the letter', () => {
  fc.assert(
    fc.property(described, anything, ({ schema }, json) => {
      const received = run(schema, 'receiveResult', structuredClone(json));
      if ('failed' in received) return;
      const again = converted(schema, 'receiveParams', structuredClone(received.value));
      expect(again).toEqual(received.value);
    }),
    runs,
  );
});

test('what a host lets through is what was sent, whole', () => {
  fc.assert(
    fc.property(described, anything, ({ schema }, json) => {
      const received = run(schema, 'receiveParams', structuredClone(json));
      // Base64 arrives as bytes.
      if ('failed' in received || JSON.stringify(schema).includes('base64')) return;
      expect(received.value).toEqual(json);
    }),
    runs,
  );
});

test('without the grant nothing gated is sent, whatever the schema', () => {
  const secret = { type: 'string', 'x-grant': GATE };
  fc.assert(
    fc.property(sample, ({ schema, value }) => {
      const around = { type: 'object', properties: { secret, open: schema } };
      const sent = converted(around, 'sendResult', { secret: 'told', open: value }, false, []);
      expect(sent).not.toHaveProperty('secret');
    }),
    runs,
  );
});
