import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { contentScript, extension, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { derivePrincipal } from '../../../src/host/admission/principal.js';
import type { Principal } from '../../../src/host/index.js';
import { POLICY_BOUNDS, readPolicy } from '../../../src/host/policy/read-policy.js';
import { ALICE, BOB, subject } from './support.js';

const who = (caller: ReturnType<typeof extension>): Principal =>
  derivePrincipal(caller.sender, caller.event, caller.own) as Principal;

const alice = who(extension(ALICE));
const bob = who(extension(BOB));
const app = who(page('https://app.example.org'));
const script = who(contentScript(ALICE, 'https://app.example.org'));
const own: Principal = { browser: 'chromium', kind: 'self', id: 'own', origin: 'chrome-extension://own' };
const ownScript: Principal = {
  browser: 'chromium',
  kind: 'content-script',
  id: 'own',
  origin: 'https://a.example',
  own: true,
};

const decide = (rules: unknown, principal: Principal, about = subject()) => {
  const policy = readPolicy({ rules });
  if (typeof policy === 'string') throw new Error(policy);
  return policy.decide(principal, about);
};

describe('whom a rule is about', () => {
  const EVERYBODY = { alice, bob, app, script, own, ownScript };
  const told = (rules: unknown) =>
    Object.fromEntries(
      Object.entries(EVERYBODY).flatMap(([name, each]) => {
        const verdict = decide(rules, each);
        return verdict ? [[name, verdict]] : [];
      }),
    );

  test('an id that is allowed: the extension, and never its content scripts', () => {
    expect(told([{ ids: [ALICE], verdict: 'allow' }])).toEqual({ alice: 'allow' });
  });

  test('an id that is refused: the extension with its content scripts', () => {
    expect(told([{ ids: [ALICE], verdict: 'refuse' }])).toEqual({ alice: 'refuse', script: 'refuse' });
  });

  test('an origin: its pages; refused, the content scripts in them, too', () => {
    const ids = ['https://app.example.org'];
    expect(told([{ ids, verdict: 'allow' }])).toEqual({ app: 'allow' });
    expect(told([{ ids, verdict: 'refuse' }])).toEqual({ app: 'refuse', script: 'refuse' });
  });

  test('*: every extension is allowed, everybody from outside is refused', () => {
    expect(told([{ ids: ['*'], verdict: 'allow' }])).toEqual({ alice: 'allow', bob: 'allow' });
    expect(told([{ ids: ['*'], verdict: 'refuse' }])).toEqual({
      alice: 'refuse',
      bob: 'refuse',
      app: 'refuse',
      script: 'refuse',
    });
  });

  test('the first that is about caller, protocol and capability decides', () => {
    const rules = [
      { ids: [ALICE], protocol: 'org.other', verdict: 'refuse' },
      { ids: [ALICE], capabilities: ['close'], verdict: 'refuse' },
      { ids: [ALICE], protocol: 'org.example.tabs', capabilities: ['read', 'close'], verdict: 'allow' },
      { ids: ['*'], verdict: 'refuse' },
    ];
    expect(decide(rules, alice)).toBe('allow');
    expect(decide(rules, alice, subject('close'))).toBe('refuse');
    expect(decide(rules, alice, subject('titles'))).toBe('refuse');
    expect(decide(rules, alice, subject('read', 'org.other'))).toBe('refuse');
    expect(decide(rules.slice(0, 3), alice, subject('titles'))).toBeUndefined();
    expect(decide(rules, bob)).toBe('refuse');
  });

  test('names of prototypes are names like others', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const rules = [{ ids: [ALICE], capabilities: ['read'], verdict: 'allow' }];
      expect(decide(rules, alice, subject(name))).toBeUndefined();
      expect(decide([{ ids: [name], verdict: 'allow' }], alice)).toBeUndefined();
    }
  });
});

describe('what does not fit', () => {
  const rule = { ids: [ALICE], verdict: 'allow' };
  const long = 'x'.repeat(POLICY_BOUNDS.name + 1);
  let deep: unknown = [];
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'portico is no object'],
    ['null', null, 'portico is no object'],
    ['a list', [rule], 'portico is no object'],
    ['text', JSON.stringify({ rules: [rule] }), 'portico is no object'],
    ['no rules', {}, 'portico.rules is no list'],
    ['rules by name', { rules: { 0: rule, length: 1 } }, 'portico.rules is no list'],
    ['inherited rules', Object.create({ rules: [rule] }), 'portico.rules is no list'],
    ['another key', { rules: [rule], deny: [ALICE] }, 'portico has an unknown "deny"'],
    [
      'a prototype key',
      JSON.parse('{"rules":[],"__proto__":{"rules":[]}}'),
      'portico has an unknown "__proto__"',
    ],
    [
      'too many rules',
      { rules: Array(POLICY_BOUNDS.rules + 1).fill(rule) },
      'portico.rules has more than 1000 entries',
    ],
    ['a hole', { rules: Object.assign(new Array(3), { 0: rule, 2: rule }) }, 'portico.rules[1] is no object'],
    [
      'an unknown key in a rule',
      { rules: [{ ...rule, capabilites: ['read'] }] },
      'portico.rules[0] has an unknown "capabilites"',
    ],
    ['no ids', { rules: [{ verdict: 'allow' }] }, 'portico.rules[0].ids is no list'],
    ['empty ids', { rules: [{ ...rule, ids: [] }] }, 'portico.rules[0].ids is empty'],
    ['one id that is a list', { rules: [{ ...rule, ids: [[ALICE]] }] }, 'portico.rules[0].ids[0] is no text'],
    ['something deep', { rules: [{ ...rule, ids: deep }] }, 'portico.rules[0].ids[0] is no text'],
    [
      'too many ids',
      { rules: [{ ...rule, ids: Array(1001).fill(ALICE) }] },
      'portico.rules[0].ids has more than 1000 entries',
    ],
    ['an empty id', { rules: [{ ...rule, ids: [''] }] }, 'portico.rules[0].ids[0] is no text'],
    ['a long id', { rules: [{ ...rule, ids: [long] }] }, 'portico.rules[0].ids[0] is longer than 256'],
    [
      'an id with a space',
      { rules: [{ ...rule, ids: [`${ALICE} `] }] },
      'portico.rules[0].ids[0] has a space in it',
    ],
    [
      'an origin with a slash',
      { rules: [{ ...rule, ids: ['https://a.example/'] }] },
      'portico.rules[0].ids[0] is neither',
    ],
    [
      'an origin in capitals',
      { rules: [{ ...rule, ids: ['https://A.example'] }] },
      'portico.rules[0].ids[0] is neither',
    ],
    [
      'an origin with a wildcard',
      { rules: [{ ...rule, ids: ['https://*.example'] }] },
      'portico.rules[0].ids[0] is neither',
    ],
    [
      'an extension by its origin',
      { rules: [{ ...rule, ids: [`chrome-extension://${ALICE}`] }] },
      'portico.rules[0].ids[0] is neither',
    ],
    [
      'a protocol that is none',
      { rules: [{ ...rule, protocol: 7 }] },
      'portico.rules[0].protocol is no text',
    ],
    [
      'a protocol that is null',
      { rules: [{ ...rule, protocol: null }] },
      'portico.rules[0].protocol is no text',
    ],
    [
      'capabilities that are text',
      { rules: [{ ...rule, capabilities: 'read' }] },
      'portico.rules[0].capabilities is no list',
    ],
    ['no capabilities', { rules: [{ ...rule, capabilities: [] }] }, 'portico.rules[0].capabilities is empty'],
    ['no verdict', { rules: [{ ids: [ALICE] }] }, "portico.rules[0].verdict is neither 'allow' nor 'refuse'"],
    [
      'another verdict',
      { rules: [{ ...rule, verdict: 'ask' }] },
      "portico.rules[0].verdict is neither 'allow' nor 'refuse'",
    ],
    [
      'a wrong last rule',
      { rules: [rule, { ...rule, verdict: 'Allow' }] },
      'portico.rules[1].verdict is neither',
    ],
  ])('%s', (_name, value, words) => {
    expect(readPolicy(value)).toContain(words);
  });

  test('whatever it is, it is read or refused, and never thrown at', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, maxDepth: 6 }), (value) => {
        expect(typeof readPolicy(value)).toBe('string');
      }),
    );
  });

  test('no rules are a policy that says nothing', () => {
    expect(decide([], alice)).toBeUndefined();
  });
});

describe('the schema for manifests', () => {
  const text = readFileSync(new URL('../../../src/host/policy/managed-schema.json', import.meta.url), 'utf8');
  const schema = JSON.parse(text);
  const fits = new Ajv({ strict: true }).compile(schema);

  const words = fc.constantFrom(ALICE, '*', 'https://app.example.org', 'read', 'allow', 'refuse', 'x y', '');
  const list = fc.array(words, { maxLength: 3 });
  const rules = fc.array(
    fc.record(
      { ids: list, protocol: words, capabilities: list, verdict: words, more: list },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  );

  test('lets through whatever fits, and what does not, as long as types are right: Portico must hear of it', () => {
    fc.assert(
      fc.property(fc.record({ rules }, { requiredKeys: [] }), (portico) => {
        expect(fits({ portico })).toBe(true);
      }),
    );
  });

  test('whatever Portico takes, it lets through', () => {
    fc.assert(
      fc.property(fc.anything(), rules, (other, value) => {
        for (const portico of [{ rules: value }, other])
          if (typeof readPolicy(portico) !== 'string') expect(fits({ portico })).toBe(true);
      }),
    );
    expect(fits({ portico: { rules: [{ ids: [ALICE], verdict: 7 }] } })).toBe(false);
  });

  // Chromium takes `type` or `$ref` in each schema, and throws away the whole policy for a value that breaks a word
  // of it; and it throws away single keys that no word is about, which may be what narrows a rule.
  test('says of each value its type and nothing that could throw a policy away; and something of each key', () => {
    const look = (each: Record<string, unknown>, isTop: boolean): void => {
      const known = ['type', 'title', 'properties', 'items', 'additionalProperties'];
      expect(Object.keys(each).filter((key) => !known.includes(key))).toEqual([]);
      expect(['object', 'array', 'string']).toContain(each['type']);
      if (each['type'] === 'object') {
        // At the top it is forbidden.
        expect('additionalProperties' in each).toBe(!isTop);
        for (const inner of Object.values(each['properties'] as object)) look(inner, false);
      }
      for (const key of ['items', 'additionalProperties'])
        if (key in each) look(each[key] as Record<string, unknown>, false);
    };
    look(schema, true);
  });
});
