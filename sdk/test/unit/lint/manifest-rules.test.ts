import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LintOptions } from '../../../src/build/lint/index.js';
import { chromium, firefox, KEY } from './folders.js';
import { gecko, heads, lint } from './judge.js';

const FRIEND = 'c'.repeat(32);
const connectable = (section: unknown) => ({ ...chromium, externally_connectable: section });

test('a plain manifest for either browser gives no finding, as host and as client', async () => {
  for (const manifest of [chromium, firefox]) {
    expect(await heads(manifest)).toEqual([]);
    expect(await heads(manifest, { role: 'host' })).toEqual([]);
    expect(await heads(manifest, { role: 'client' })).toEqual([]);
  }
});

test('one manifest for both browsers gives no finding', async () => {
  const background = { service_worker: 'background.js', scripts: ['background.js'], type: 'module' };
  expect(await heads({ ...firefox, key: KEY, background })).toEqual([]);
});

describe('externally_connectable', () => {
  test.each<[string, unknown, LintOptions, string[]]>([
    [
      'matches alone',
      { matches: ['https://a.example/*'] },
      {},
      ['error connectable-without-ids /externally_connectable'],
    ],
    [
      'matches alone in a client',
      { matches: ['https://a.example/*'] },
      { role: 'client' },
      ['warning connectable-without-ids /externally_connectable'],
    ],
    ['nothing in it', {}, {}, ['error connectable-without-ids /externally_connectable']],
    ['no ids in the list', { ids: [] }, {}, ['error connectable-ids-empty /externally_connectable/ids']],
    ['every id', { ids: ['*'], matches: ['https://a.example/*'] }, { peers: [{ chromium: FRIEND }] }, []],
    ['a list, peers unknown', { ids: [FRIEND] }, {}, []],
    [
      'a list with the peer, in capitals',
      { ids: [FRIEND.toUpperCase()] },
      { peers: [{ chromium: FRIEND }] },
      [],
    ],
    [
      'a list without the peer',
      { ids: ['d'.repeat(32)] },
      { peers: [{ chromium: FRIEND }] },
      ['error connectable-peer-missing /externally_connectable/ids'],
    ],
    [
      'an id of Firefox',
      { ids: ['*', 'board@example.org'] },
      {},
      ['error connectable-id-invalid /externally_connectable/ids/1'],
    ],
    [
      'a TLS channel ID',
      { ids: ['*'], accepts_tls_channel_id: true },
      {},
      ['warning connectable-tls-channel-id /externally_connectable/accepts_tls_channel_id'],
    ],
  ])('%s', async (_name, section, options, expected) => {
    expect(await heads(connectable(section), options)).toEqual(expected);
  });

  test.each([
    ['a closed list', { ids: [FRIEND] }, true],
    ['pages', { ids: ['*'], matches: ['https://a.example/*'] }, true],
    ['an open list', { ids: ['*'] }, false],
  ])('Firefox does not read it: %s', async (_name, externally_connectable, told) => {
    expect(await heads({ ...firefox, externally_connectable })).toEqual(
      told ? ['warning connectable-ignored /externally_connectable'] : [],
    );
  });

  test('says what Chromium does, and what to do', async () => {
    const [finding] = await lint(connectable({ matches: ['https://a.example/*'] }));
    expect(finding).toMatchObject({
      file: 'manifest.json',
      message: expect.stringContaining('cuts off every other extension'),
      remedy: expect.stringContaining('"ids": ["*"]'),
    });
  });
});

describe('message_serialization', () => {
  const clone = { ...chromium, message_serialization: 'structured_clone', minimum_chrome_version: '148' };

  test.each<[string, unknown, LintOptions, string[]]>([
    ['cloning, peers unknown', clone, {}, ['warning serialization-unusual /message_serialization']],
    ['cloning among peers that clone', clone, { peers: [{ serialization: 'structured_clone' }] }, []],
    [
      'cloning, with a peer that sends JSON',
      clone,
      { peers: [{ serialization: 'json' }] },
      ['error serialization-mismatch /message_serialization'],
    ],
    [
      'JSON, with a peer that clones',
      chromium,
      { peers: [{ serialization: 'structured_clone' }] },
      ['error serialization-mismatch /message_serialization'],
    ],
    [
      'JSON among JSON',
      { ...chromium, message_serialization: 'json' },
      { peers: [{ serialization: 'json' }] },
      [],
    ],
    [
      'something else',
      { ...chromium, message_serialization: 'cbor' },
      {},
      ['error serialization-invalid /message_serialization'],
    ],
    [
      'another type',
      { ...chromium, message_serialization: 3 },
      {},
      ['error serialization-invalid /message_serialization'],
    ],
    [
      // Chromium copies a page's messages in the way of the extension that it reaches.
      'pages',
      { ...clone, externally_connectable: { ids: ['*'], matches: ['https://a.example/*'] } },
      { peers: [{ serialization: 'structured_clone' }] },
      [],
    ],
    [
      'older versions',
      { ...clone, minimum_chrome_version: '147.0.1' },
      { peers: [{ serialization: 'structured_clone' }] },
      ['warning minimum-version /message_serialization'],
    ],
    [
      'Firefox, which always clones',
      { ...firefox, message_serialization: 'structured_clone' },
      { peers: [{ serialization: 'json' }] },
      [],
    ],
  ])('%s', async (_name, manifest, options, expected) => {
    expect(await heads(manifest, options)).toEqual(expected);
  });

  test('names the error that ports end with', async () => {
    const [finding] = await lint(clone, { peers: [{ serialization: 'json', chromium: FRIEND }] });
    expect(finding?.message).toContain('Receiving end uses different message serialization format.');
    expect(finding?.message).toContain(FRIEND);
  });
});

describe('ids', () => {
  const id = [...createHash('sha256').update(Buffer.from(KEY, 'base64')).digest('hex').slice(0, 32)]
    .map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)])
    .join('');
  const { key: _, ...keyless } = chromium;

  test.each<[string, unknown, LintOptions, string[]]>([
    ['Chromium without key', keyless, {}, ['warning id-unstable /key']],
    ['a key that is no Base64', { ...chromium, key: 'hello' }, {}, ['error id-key-invalid /key']],
    [
      'a key in its PEM frame',
      { ...chromium, key: `-----BEGIN PUBLIC KEY-----\n${KEY}\n-----END PUBLIC KEY-----` },
      { hosts: { chromium: id } },
      [],
    ],
    ['the id that the protocol names', chromium, { hosts: { chromium: id, firefox: 'x@example.org' } }, []],
    [
      'another than the protocol names',
      chromium,
      { hosts: { chromium: FRIEND } },
      ['error id-mismatch /key'],
    ],
    ['Firefox without id', gecko({}), {}, ['error id-unstable /browser_specific_settings/gecko/id']],
    [
      'an id that Firefox refuses',
      gecko({ id: 'nonsense' }),
      {},
      ['error id-gecko-invalid /browser_specific_settings/gecko/id'],
    ],
    ['a UUID', gecko({ id: '{01234567-89ab-cdef-0123-456789abcdef}' }), {}, []],
    [
      'another than the protocol names, in Firefox',
      firefox,
      { hosts: { firefox: 'host@example.org' } },
      ['error id-mismatch /browser_specific_settings/gecko/id'],
    ],
  ])('%s', async (_name, manifest, options, expected) => {
    expect(await heads(manifest, options)).toEqual(expected);
  });

  test("computes Chromium's id as Chromium does", async () => {
    // A real key and the id that Chromium gave the extension.
    const [finding] = await lint({ ...chromium, key: REAL_KEY }, { hosts: { chromium: FRIEND } });
    expect(finding?.message).toContain(REAL_ID);
  });

  test('"applications" is not read in MV3', async () => {
    const { browser_specific_settings: applications, ...rest } = firefox;
    expect(await heads({ ...rest, applications })).toEqual([
      'error id-unstable /browser_specific_settings/gecko/id',
    ]);
  });
});

test('errors come before warnings', async () => {
  const manifest = { ...chromium, key: undefined, externally_connectable: {}, message_serialization: 'cbor' };
  const severities = (await lint(manifest)).map(({ severity }) => severity);
  expect(severities).toEqual(['error', 'error', 'warning']);
});

const REAL_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwMyxWy3wnrvZqopaeKMtJ5JXNCdbTxowyCG1SvMdM4uuocGQnVDWELDBfJQYvWXv3gX9vARBl5Cl80bRYviKQklDUTviIqXMAchgWk2A6QLhLXVXrrCRwX86UsUwMZIXY4LNCw+E2NP4uPFUO8Rr3tqvXBGQTBCVo0R2MzGB/CRtJZFpxkz/6Dit3GdMISmw3s3nNTvNjbLyJKiMc7Kd8+0iUhLYIAaod9swylHufVkABYEdejc1Lav5yemO4y/O+y0uHrWMG78epytbfhEWRP+iD1nbsQZchoBpEHHlMzRMEXDCxFWf9qA5HWZnV7MveV1VHGGtO3slRIo2Hlzk5wIDAQAB';
const REAL_ID = 'mcnjbgilghphnpkmcpelfdnmgimafhpm';
