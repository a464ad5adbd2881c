import { defineProtocol, event, gated, method } from 'portico';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../support/refusals.js';

/** `defineProtocol` for definitions that its types would not let through. */
const define = defineProtocol as (definition: unknown) => unknown;
const capability = { title: 'Read' };
const valid = { name: 'org.example.notes', version: '1.2.0', capabilities: { read: capability } };

const refusal = (change: object): string => {
  const error = thrownBy(() => define({ ...valid, ...change }));
  expect(error.code).toBe('INVALID_DEFINITION');
  expect(error.origin).toBe('local');
  return error.message.replace('INVALID_DEFINITION: ', '');
};
const withMember = (member: unknown, more: object = {}) => ({
  capabilities: { read: { ...capability, members: { it: member } }, other: capability },
  ...more,
});
const at = 'capabilities/read/members/it';

test('a definition comes back as the plain data it was', () => {
  expect(define(valid)).toEqual(valid);
  const notes = { ...valid, ...withMember(method({ result: Type.Array(Type.Integer()) })) };
  const copy: unknown = JSON.parse(JSON.stringify(define(notes)));
  expect(define(copy)).toEqual(notes);
});

describe('the name', () => {
  test.each(['org.example', 'org.example.tabs', 'a.b', 'org.ex-ample.v2'])('can be %j', (name) => {
    expect(() => define({ ...valid, name })).not.toThrow();
  });

  test.each([
    'tabs',
    '',
    'Org.example',
    'org.example.',
    '.org.example',
    'org..example',
    'org.exam ple',
    'org.2x',
    'org/example',
    undefined,
    `org.${'x'.repeat(125)}`,
  ])('can not be %j', (name) => {
    expect(refusal({ name })).toBe('name: use reverse-DNS in lower case, like org.example.tabs');
  });
});

test.each([
  '1',
  '1.2',
  '1.2.3.4',
  'v1.2.3',
  '1.2.3-beta',
  '01.2.3',
  '1.2.x',
  ' 1.2.3',
  '1.2.3\n',
  '',
  1,
  undefined,
  '1.2.1000000',
])('the version can not be %j', (version) => {
  expect(refusal({ version })).toBe('version: use major.minor.patch, digits only, like 1.2.0');
});

describe('the ids of hosts', () => {
  test.each(['a'.repeat(31), 'a'.repeat(33), 'q'.repeat(32), 'A'.repeat(32), '', '*'])(
    'Chromium’s can not be %j',
    (chromium) => {
      expect(refusal({ hosts: { chromium } })).toBe('hosts/chromium: an id has 32 letters a–p');
    },
  );

  test.each(['', 'with space', 'x'.repeat(256)])('Firefox’s can not be %j', (firefox) => {
    expect(refusal({ hosts: { firefox } })).toBe(
      'hosts/firefox: use the id in browser_specific_settings.gecko',
    );
  });

  test('may be given for one browser, both or none', () => {
    for (const hosts of [
      {},
      { chromium: 'a'.repeat(32) },
      { firefox: '{1-2}' },
      { chromium: 'p'.repeat(32), firefox: 'a@b' },
    ])
      expect(() => define({ ...valid, hosts })).not.toThrow();
  });
});

describe('the names of capabilities, members and errors', () => {
  const places: readonly (readonly [string, (name: string) => object, string])[] = [
    ['capability', (name) => ({ capabilities: { [name]: capability } }), 'capabilities'],
    [
      'member',
      (name) => ({ capabilities: { read: { ...capability, members: { [name]: method() } } } }),
      'capabilities/read/members',
    ],
    ['error', (name) => ({ errors: { [name]: {} } }), 'errors'],
  ];
  const reserved = ['session', 'has', 'then', ...Object.getOwnPropertyNames(Object.prototype)];

  describe.each(places)('of a %s', (_what, place, path) => {
    test.each(reserved)('%s is reserved', (name) => {
      const error = refusal(
        name === '__proto__'
          ? (JSON.parse(JSON.stringify(place('ZZ')).replace('ZZ', name)) as object)
          : place(name),
      );
      expect(error).toBe(`${path}/${name}: the name "${name}" is reserved`);
    });

    test.each([
      '',
      'Upper',
      '1st',
      'with-dash',
      'with.dot',
      'with/slash',
      'with space',
      'ä',
      '_x',
      '$x',
      'x'.repeat(65),
    ])('%j is no name', (name) => {
      expect(refusal(place(name))).toBe(
        `${path}/${name}: use letters and digits, beginning with a small letter`,
      );
    });

    test('letters and digits are a name', () => {
      expect(() => define({ ...valid, ...place('aB3') })).not.toThrow();
    });
  });
});

describe('capabilities', () => {
  test('there is at least one', () => {
    expect(refusal({ capabilities: {} })).toBe('capabilities: a protocol needs at least one');
  });

  test.each([undefined, '', 5])('its title can not be %j', (title) => {
    expect(refusal({ capabilities: { read: { title } } })).toBe(
      'capabilities/read/title: say what a person grants, in their words',
    );
  });
});

describe('since', () => {
  const capabilitySince = (since: unknown, version = '1.2.0') => ({
    version,
    capabilities: { read: { ...capability, since } },
  });

  test.each(['1.0.0', '1.1.5', '1.2.0'])('can be %s in 1.2.0', (since) => {
    expect(() => define({ ...valid, ...capabilitySince(since) })).not.toThrow();
    expect(() => define({ ...valid, ...withMember({ ...method(), since }) })).not.toThrow();
  });

  test.each(['1.2.1', '1.3.0', '2.0.0', '1', 'soon', null])('can not be %j in 1.2.0', (since) => {
    expect(refusal(capabilitySince(since))).toBe('capabilities/read/since: must be a version up to 1.2.0');
    expect(refusal(withMember({ ...method(), since }))).toBe(`${at}/since: must be a version up to 1.2.0`);
  });

  test('is not of an earlier line, which every version of this one has', () => {
    const message = 'capabilities/read/since: leave it out for what every version of this major has';
    expect(refusal(capabilitySince('0.9.0'))).toBe(message);
    expect(refusal(capabilitySince('0.2.9', '0.3.1'))).toBe(message);
    expect(() => define({ ...valid, ...capabilitySince('0.3.0', '0.3.1') })).not.toThrow();
  });
});

describe('a part that is no object', () => {
  test.each([null, false, 'text', []])('%j is told of with its place', (value) => {
    expect(refusal({ hosts: value })).toBe('hosts: must be an object');
    expect(refusal({ errors: value })).toBe('errors: must be an object');
    expect(refusal({ capabilities: value })).toBe('capabilities: must be an object');
    expect(refusal({ capabilities: { read: value } })).toBe('capabilities/read: must be an object');
    expect(refusal({ capabilities: { read: { title: 'Read', members: value } } })).toBe(
      'capabilities/read/members: must be an object',
    );
    expect(refusal(withMember(value as never))).toBe(`${at}: must be an object`);
    expect(thrownBy(() => define(value)).message).toContain('definition: must be an object');
    expect(refusal({ name: [valid.name] })).toContain('name: use reverse-DNS');
  });

  test('nor are errors of a method anything but a list', () => {
    for (const errors of [null, 5, 'full'])
      expect(refusal(withMember({ kind: 'method', errors }))).toBe(
        `${at}/errors: list the names of declared errors`,
      );
  });
});

describe('members', () => {
  test.each([{}, { kind: 'hook' }, { kind: 'Method' }])(
    'are made with method() and event(), not %j',
    (member) => {
      expect(refusal(withMember(member))).toBe(`${at}/kind: make members with method() and event()`);
    },
  );

  test('have schemas of the subset, and the refusal says where', () => {
    const bad = { type: 'object', properties: { a: { 'x-custom': 1 } } };
    const message = 'properties/a: keyword "x-custom" is not supported; see docs/schemas.md for what is';
    expect(refusal(withMember({ kind: 'method', params: bad }))).toBe(`${at}/params/${message}`);
    expect(refusal(withMember({ kind: 'method', result: bad }))).toBe(`${at}/result/${message}`);
    expect(refusal(withMember({ kind: 'event', payload: bad }))).toBe(`${at}/payload/${message}`);
    expect(refusal({ errors: { bad } })).toBe(`errors/bad/${message}`);
    expect(refusal(withMember({ kind: 'event' }))).toContain(
      `${at}/payload: a schema must be an object, not undefined`,
    );
  });

  test.each([null, false, true, 0, '', 'text', [], () => {}])('have no %j for a schema', (value) => {
    const refused = (place: string) => `${place}: a schema must be an object, not `;
    expect(refusal(withMember(method({ params: value as never })))).toContain(refused(`${at}/params`));
    expect(refusal(withMember(method({ result: value as never })))).toContain(refused(`${at}/result`));
    expect(refusal(withMember(event(value as never)))).toContain(refused(`${at}/payload`));
    expect(refusal({ errors: { bad: value } })).toContain(refused('errors/bad'));
    expect(refusal({ capabilities: { read: { title: 'Read', scope: value } } })).toContain(
      refused('capabilities/read/scope'),
    );
    const shut = { type: 'object', properties: { a: gated('read', value as never) } };
    expect(refusal(withMember(method({ result: shut as never })))).toContain(
      refused(`${at}/result/properties/a`),
    );
  });

  test.each([
    { type: 'string' },
    { type: 'array' },
    {},
    { anyOf: [{ type: 'object', properties: {} }] },
    { type: ['object', 'null'], properties: {} },
  ])('take one object as parameters, not %j', (params) => {
    expect(refusal(withMember({ kind: 'method', params }))).toBe(
      `${at}/params: parameters are one object, so that later versions can add to it`,
    );
  });

  test('have gates that are capabilities of the protocol', () => {
    const schema = (gate: string) => ({ type: 'object', properties: { a: gated(gate, {}) } });
    const message = (gate: string) => `gated by "${gate}", which is no capability of this protocol`;
    for (const gate of ['titles', 'constructor', 'toString', '__proto__']) {
      expect(refusal(withMember({ kind: 'method', result: schema(gate) }))).toBe(
        `${at}/result: ${message(gate)}`,
      );
      expect(refusal(withMember({ kind: 'event', payload: schema(gate) }))).toBe(
        `${at}/payload: ${message(gate)}`,
      );
    }
    expect(() =>
      define({ ...valid, ...withMember({ kind: 'method', result: schema('other') }) }),
    ).not.toThrow();
  });

  test('have gates in results and events only', () => {
    const schema = { type: 'object', properties: { a: gated('other', {}) } };
    const message = 'only results and events have gated properties';
    expect(refusal(withMember({ kind: 'method', params: schema }))).toBe(`${at}/params: ${message}`);
    expect(refusal({ errors: { bad: schema } })).toBe(`errors/bad: ${message}`);
  });

  test.each([0, -1, '5', '5h', 'soon', Number.NaN, Number.POSITIVE_INFINITY, '1e3ms', 0x80000000])(
    'have no deadline of %j',
    (deadline) => {
      expect(refusal(withMember({ kind: 'method', deadline }))).toBe(
        `${at}/deadline: use milliseconds, or '200ms', '10s', '5m'`,
      );
    },
  );

  test.each(['tabGone', 'constructor', '__proto__'])(
    'answer with no error %j that the protocol does not declare',
    (name) => {
      expect(refusal(withMember({ kind: 'method', errors: [name] }, { errors: { other: {} } }))).toBe(
        `${at}/errors: the protocol declares no error "${name}"`,
      );
      expect(refusal(withMember({ kind: 'method', errors: [name] }))).toBe(
        `${at}/errors: the protocol declares no error "${name}"`,
      );
    },
  );

  test('are coalesced by a property that every event has', () => {
    const payload = { type: 'object', required: ['id'], properties: { id: {}, maybe: {} } };
    for (const coalesceBy of ['maybe', 'nope', 'constructor', ''])
      expect(refusal(withMember({ kind: 'event', payload, coalesceBy }))).toBe(
        `${at}/coalesceBy: name a required property of the payload`,
      );
    expect(refusal(withMember({ kind: 'event', payload: { type: 'string' }, coalesceBy: 'id' }))).toContain(
      'coalesceBy',
    );
    expect(() =>
      define({ ...valid, ...withMember({ kind: 'event', payload, coalesceBy: 'id' }) }),
    ).not.toThrow();
  });
});

describe('the helpers', () => {
  test('method() and event() make plain data', () => {
    expect(method()).toEqual({ kind: 'method' });
    expect(method({ idempotent: true, deadline: '5s', errors: ['e'], title: 't' })).toEqual({
      kind: 'method',
      idempotent: true,
      deadline: '5s',
      errors: ['e'],
      title: 't',
    });
    expect(event({ type: 'string' }, { coalesceBy: 'id' })).toEqual({
      kind: 'event',
      payload: { type: 'string' },
      coalesceBy: 'id',
    });
  });
});
