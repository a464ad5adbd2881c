import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import {
  all,
  allow,
  anyExtension,
  createHost,
  extensions,
  type Host,
  not,
  type Principal,
  pages,
  type Rule,
  refuse,
  where,
} from 'portico/host';
import { describe, expect, test } from 'vitest';
import { linked } from '../../support/linked.js';
import { IDS, PRINCIPALS, SITE } from '../../support/principals.js';
import { FRIEND } from '../../support/raw-peer.js';
import { codeOf } from '../../support/sessions.js';

const protocol = (version: string) =>
  defineProtocol({
    name: 'org.example.notes',
    version,
    capabilities: { read: { title: 'Read', members: { list: method() } }, write: { title: 'Write' } },
  });
type Rules = readonly [Rule, ...Rule[]];

const hostOf = (read: Rules, write: Rules, versions = ['1.0.0']): Host => {
  const host = createHost();
  for (const version of versions)
    host.publish(protocol(version), {
      read: { admit: read, provide: () => ({ list: () => {} }) },
      write: { admit: write },
    });
  return host;
};

test('explain says which rule decided what, capability by capability', async () => {
  const host = hostOf([refuse(extensions(IDS)), allow(anyExtension())], [allow(pages(SITE))]);
  const both = { protocol: 'org.example.notes', version: '1.0.0', by: 'rule' };
  const nobody = { verdict: 'refuse', rule: -1, reason: 'no rule is about this caller' };
  expect(await host.explain(PRINCIPALS.extension)).toEqual([
    {
      ...both,
      capability: 'read',
      verdict: 'refuse',
      rule: 0,
      reason: `refuse(extensions ${IDS.chromium[0]}, a@b)`,
    },
    { ...both, capability: 'write', ...nobody },
  ]);
  expect(await host.explain(PRINCIPALS.other)).toEqual([
    { ...both, capability: 'read', verdict: 'allow', rule: 1, reason: 'allow(any extension)' },
    { ...both, capability: 'write', ...nobody },
  ]);
  expect(await host.explain(PRINCIPALS.page)).toEqual([
    { ...both, capability: 'read', ...nobody },
    { ...both, capability: 'write', verdict: 'allow', rule: 0, reason: `allow(pages of ${SITE})` },
  ]);
});

test('explain speaks of every major', async () => {
  const host = hostOf([allow(anyExtension())], [refuse(anyExtension())], ['1.2.0', '2.0.0']);
  expect(
    (await host.explain(PRINCIPALS.extension)).map(
      ({ version, capability, verdict }) => `${version} ${capability} ${verdict}`,
    ),
  ).toEqual(['1.2.0 read allow', '1.2.0 write refuse', '2.0.0 read allow', '2.0.0 write refuse']);
});

test('explain waits for asynchronous rules, and names those that fail', async () => {
  const host = hostOf(
    [
      refuse(where(['extension'], async () => false)),
      allow(where(['extension'], async () => true, 'a list')),
    ],
    [
      allow(
        where(['extension'], () => {
          throw new Error('broken');
        }),
      ),
      allow(anyExtension()),
    ],
  );
  expect(await host.explain(PRINCIPALS.extension)).toMatchObject([
    { verdict: 'allow', rule: 1, reason: 'allow(a list)' },
    { verdict: 'refuse', rule: 0, reason: 'rule 0 failed: broken' },
  ]);
});

test('explain changes nothing, and needs neither listening nor a port', async () => {
  const host = hostOf([allow(anyExtension())], [allow(anyExtension())]);
  await host.explain(PRINCIPALS.extension);
  expect(host.sessions).toBe(0);
  expect(await createHost().explain(PRINCIPALS.extension)).toEqual([]);
});

describe('what explain says is what a caller meets', () => {
  const friend: Principal = {
    kind: 'extension',
    browser: 'chromium',
    id: FRIEND.sender.id as string,
    origin: `chrome-extension://${FRIEND.sender.id}`,
  };
  const friends = extensions({ chromium: [friend.kind === 'extension' ? friend.id : ''] });
  test.each<readonly [string, Rules]>([
    ['one rule', [allow(friends)]],
    ['a refusal first', [refuse(friends), allow(anyExtension())]],
    ['somebody else’s rule', [allow(pages(SITE))]],
    ['everybody but', [allow(all(anyExtension(), not(friends)))]],
    ['a rule that takes its time', [refuse(where(['extension'], async () => false)), allow(friends)]],
    ['a rule that fails', [allow(where(['extension'], () => 'yes' as never)), allow(anyExtension())]],
  ])('%s', async (_title, rules) => {
    const host = hostOf(rules, [refuse(anyExtension())]);
    const [read] = await host.explain(friend);
    const { read: client } = connect(protocol('1.0.0'), {
      needs: ['read'],
      host: 'a'.repeat(32),
      platform: linked(host).platform,
    });
    const outcome = await client.list().then(
      () => 'allow',
      (error) => error.code,
    );
    expect(outcome).toBe(read?.verdict === 'allow' ? 'allow' : 'REFUSED');
  });
});

test('one allowed capability is enough to be let in, and to no other', async () => {
  const host = hostOf([allow(anyExtension())], [refuse(anyExtension())]);
  const platform = linked(host).platform;
  const options = { host: 'a'.repeat(32), platform };
  const wanting = connect(protocol('1.0.0'), { ...options, needs: ['read'], wants: ['write'] });
  expect(await wanting.session.ready()).toMatchObject({
    granted: ['read'],
    refused: { write: 'CAPABILITY_REFUSED' },
  });
  expect(await wanting.has('write')).toBe(false);
  const needing = connect(protocol('1.0.0'), { ...options, needs: ['read', 'write'] });
  expect(await codeOf(needing.read.list())).toBe('CAPABILITY_REFUSED');
});
