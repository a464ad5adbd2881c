import * as typebox from 'typebox/format';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/protocol/check-schema.js';
import { FORMATS } from '../../../src/protocol/formats.js';
import { fits, refused } from '../../support/conversions.js';

/** What fits each format, and what does not. */
const EXAMPLES: Readonly<Record<string, readonly [fit: string[], unfit: string[]]>> = {
  date: [
    ['1963-06-19', '2020-02-29', '2000-02-29', '0000-02-29', '2020-12-31'],
    [
      '2021-02-29',
      '1900-02-29',
      '2020-02-30',
      '2020-04-31',
      '2020-13-01',
      '2020-00-10',
      '2020-1-01',
      '20200101',
      ' 2020-01-01',
      '2020-01-01\n',
      '٢٠٢٠-01-01',
    ],
  ],
  time: [
    ['08:30:06Z', '08:30:06.283185Z', '23:59:60Z', '23:59:60+00:00', '08:30:06+00:20', '00:00:00z'],
    [
      '24:00:00Z',
      '00:60:00Z',
      '00:00:61Z',
      '08:30:06',
      '08:30:06+24:00',
      '08:30:06 PST',
      '8:30:06Z',
      '22:59:60Z',
      '01:02:03.Z',
    ],
  ],
  'date-time': [
    [
      '1963-06-19T08:30:06.283185Z',
      '1990-12-31T15:59:50.123-08:00',
      '1963-06-19t08:30:06z',
      '2016-12-31T23:59:60Z',
    ],
    [
      '1990-02-31T15:59:59Z',
      '1963-06-19 08:30:06Z',
      '06/19/1963 08:30:06 PST',
      '1963-06-19T08:30:06',
      '2013-350T01:01:01',
    ],
  ],
  duration: [
    ['P4DT12H30M5S', 'P4Y', 'PT0S', 'P1M', 'PT1M', 'P2W', 'P1Y2M3D', 'PT36H'],
    ['', 'P', 'PT', 'P4DT', 'P1D2H', '4D', 'P2D1Y', 'P1Y2W', 'P-1D', 'PT1H3S'],
  ],
  email: [
    ['joe.bloggs@example.com', 'te~st@example.com', 'a+b@sub.example.org', 'a@localhost'],
    [
      '2962',
      '@example.com',
      'joe@',
      '.test@example.com',
      'test.@example.com',
      'te..st@example.com',
      'a b@example.com',
      'a@-x.org',
      'a@b@c',
      `${'x'.repeat(65)}@example.org`,
    ],
  ],
  hostname: [
    ['www.example.com', 'localhost', 'xn--4gbwdl.xn--wgbh1c', '1host', 'a-b', `${'a'.repeat(63)}.com`],
    ['', '-a', 'a-', 'a_b', 'a..b', '.a', 'a.', `${'a'.repeat(64)}.com`, Array(64).fill('abc').join('.')],
  ],
  ipv4: [
    ['192.168.0.1', '0.0.0.0', '255.255.255.255'],
    ['256.1.1.1', '127.0.0', '1.2.3.4.5', '087.10.0.1', '1.2.3.4/24', '0x7f.0.0.1'],
  ],
  ipv6: [
    [
      '::1',
      '::',
      '::abef',
      'd6::',
      '1:2:3:4:5:6:7:8',
      '1:2::8',
      '::42:ff:1',
      '1::d6:192.168.0.1',
      '::ffff:192.168.0.1',
      '1:2:3:4:5:6:7::',
      '::2:3:4:5:6:7:8',
      '1:2:3:4:5:6:1.2.3.4',
    ],
    [
      '12345::',
      ':2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7',
      '1::2::3',
      '1:2:3:4:5:6:7:8:9',
      '::1%eth0',
      '::laptop',
      '1:2:3:4:5:::8',
      '1:2:3:4:5:6:7:1.2.3.4',
      ':',
      '',
    ],
  ],
  uri: [
    [
      'http://foo.bar/?baz=qux#quux',
      'urn:oasis:names',
      'mailto:a@b.org',
      'ftp://u:p@host:21/x',
      'http://[2001:db8::7]/c',
      'tel:+1-816-555-1212',
      'file:///etc/hosts',
      'x:',
      'http://a/%20',
    ],
    [
      '//foo.bar/',
      '/abc',
      'abc',
      'http:// space',
      ':// fail',
      'bar,\\baz',
      'http://a/%zz',
      'http://[::1/',
      '1http://a',
      'http://a#b#c',
      'http://ex.org/<',
    ],
  ],
  'uri-reference': [
    ['http://foo.bar/', '//foo.bar/x', '/abc', 'abc', '#frag', '', 'a/b:c', '?q', './this:that'],
    ['\\\\WINDOWS\\share', '#frag\\ment', '1a:b', 'a b', '%zz'],
  ],
  uuid: [
    [
      '2eb8aa08-aa98-11ea-b4aa-73b441d16380',
      '2EB8AA08-AA98-11EA-B4AA-73B441D16380',
      '00000000-0000-0000-0000-000000000000',
    ],
    [
      '2eb8aa08-aa98-11ea-b4aa-73b441d1638',
      '2eb8aa08aa9811eab4aa73b441d16380',
      '2eb8-aa08-aa98-11ea-b4aa73b44-1d16380',
      'ghijklmn-aa98-11ea-b4aa-73b441d16380',
    ],
  ],
  'json-pointer': [
    ['', '/', '/foo/bar~0/baz~1/%a', '/a//b', '/~01'],
    ['a', '/~', '/~2', '#', '#/a', '/a~'],
  ],
};

/** Where TypeBox's own checks are more liberal than the standard. */
const LIBERAL = new Set([`${'x'.repeat(65)}@example.org`]);

test('every format has examples', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(FORMATS).sort());
});

describe.each(Object.entries(EXAMPLES))('format %s', (format, [fit, unfit]) => {
  const schema = { type: 'string', format };

  test.each(fit)('fits %j', (text) => {
    expect(fits(schema, text)).toBe(true);
    expect(typebox.Test(format, text)).toBe(true);
  });

  test.each(unfit)('does not fit %j', (text) => {
    expect(refused(schema, text)).toEqual({ path: '', expected: `format ${format}` });
    expect(typebox.Test(format, text)).toBe(LIBERAL.has(text));
  });
});

test('a pattern beside a format counts as well, and bounds do', () => {
  const schema = { type: 'string', format: 'hostname', pattern: '^a', maxLength: 3 };
  expect(fits(schema, 'abc')).toBe(true);
  expect(refused(schema, 'bc')).toEqual({ path: '', expected: 'pattern ^a' });
  expect(refused(schema, 'a_')).toEqual({ path: '', expected: 'format hostname' });
  expect(refused(schema, 'abcd')).toEqual({ path: '', expected: 'maxLength 3' });
});

describe('refused at definition', () => {
  test('a format that nobody checks, with those that are', () => {
    for (const format of ['url', 'iri', 'idn-email', 'regex', 'constructor', ''])
      expect(() => checkSchema({ type: 'string', format }, 'at')).toThrow(
        `INVALID_DEFINITION: at/format: "${format}" is not checked, and would mean nothing: use "pattern", or one of date, time, date-time`,
      );
  });

  test('a format that is no text, of another type, or of bytes', () => {
    expect(() => checkSchema({ type: 'string', format: 5 }, 'at')).toThrow('at/format: not a value');
    expect(() => checkSchema({ type: 'integer', format: 'date' }, 'at')).toThrow(
      '"format" needs "type": "string"',
    );
    expect(() => checkSchema({ type: 'string', contentEncoding: 'base64', format: 'date' }, 'at')).toThrow(
      'bytes take no other keyword',
    );
  });
});
