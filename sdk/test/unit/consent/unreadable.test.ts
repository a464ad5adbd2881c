import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, consent, createHost, self } from 'portico/host';
import { ownPage } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/host/policy/types.js';
import { type FakeStore, fakeStore, fakeWindows } from '../../support/consent-platform.js';
import { linked } from '../../support/linked.js';
import { until } from '../../support/patience.js';
import { FRIEND } from '../../support/raw-peer.js';

const purse = defineProtocol({
  name: 'org.example.purse',
  version: '1.0.0',
  capabilities: { read: { title: 'See', members: { sum: method() } } },
});

const allowsAll: Policy = { loading: undefined, admitsNobody: false, decide: () => 'allow', start() {} };

/** A host that lets in every extension, and its own pages, without asking anybody. */
const start = (store: FakeStore, { as = FRIEND, policy }: { as?: typeof FRIEND; policy?: Policy } = {}) => {
  const asks = consent();
  const host = createHost({ consent: asks, ...(policy ? { policy } : {}) });
  host.publish(purse, {
    read: { admit: [allow(anyExtension()), allow(self())], provide: () => ({ sum() {} }) },
  });
  const link = linked(host, { as });
  Object.assign(link.platform, { store, windows: fakeWindows() });
  const target = { needs: ['read'], host: link.platform.own.id, platform: link.platform } as const;
  return { asks, link, client: () => connect(purse, target) };
};

const outcomeOf = ({ client }: ReturnType<typeof start>): Promise<object> =>
  client()
    .read.sum()
    .then(
      () => ({ code: 'let in' }),
      ({ code, data }) => ({ code, data }),
    );

/** What is stored after the person has blocked who was connected. */
const blocked = async (): Promise<FakeStore> => {
  const store = fakeStore();
  const { asks, client } = start(store);
  await client().read.sum();
  const [connection] = await asks.list();
  await asks.block(connection?.caller.key ?? '');
  await until(() => expect(store.values.get('portico.grants')).toContain('"blocked"'));
  return store;
};

/** Storage that holds a block, and can't be read. */
const unreadable: readonly (readonly [string, (store: FakeStore) => void])[] = [
  ['the browser does not give', (store) => store.broken.add('get portico.grants')],
  ['is damaged', (store) => store.write('portico.grants', 'nonsense')],
];

describe('whom the person blocks, and a rule would let in', () => {
  test('is kept out, as the block is stored', async () => {
    expect(await outcomeOf(start(await blocked()))).toMatchObject({ code: 'REFUSED' });
  });

  test.each(unreadable)('is kept out where what is stored %s, and told that it passes', async (_, spoil) => {
    const store = await blocked();
    spoil(store);
    expect(await outcomeOf(start(store))).toMatchObject({
      code: 'CONSENT_DENIED',
      data: { retryAfter: 10_000 },
    });
  });

  test.each(unreadable)('our own pages come in all the same where it %s', async (_, spoil) => {
    const store = await blocked();
    spoil(store);
    expect(await outcomeOf(start(store, { as: ownPage() }))).toMatchObject({ code: 'let in' });
  });

  test('the word of an administrator is above the block, and so above that it can not be read', async () => {
    const store = await blocked();
    store.broken.add('get portico.grants');
    expect(await outcomeOf(start(store, { policy: allowsAll }))).toMatchObject({ code: 'let in' });
  });
});

test('who comes when it can be read again is judged by it, without anybody opening a screen', async () => {
  const store = fakeStore();
  store.broken.add('get portico.grants');
  const it = start(store);
  const gets = () => store.calls.filter((call) => call === 'get portico.grants').length;
  expect(await outcomeOf(it)).toMatchObject({ code: 'CONSENT_DENIED' });
  store.broken.clear();
  // However many come: it is not tried for each.
  for (let n = 0; n < 20; n++) expect(await outcomeOf(it)).toMatchObject({ code: 'CONSENT_DENIED' });
  expect(gets()).toBe(1);
  it.link.clock.advance(10_000);
  expect(await Promise.all([outcomeOf(it), outcomeOf(it)])).toMatchObject([
    { code: 'let in' },
    { code: 'let in' },
  ]);
  expect(gets()).toBe(2);
});
