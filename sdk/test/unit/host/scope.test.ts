import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, ask, createHost } from 'portico/host';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { fakeConsent } from '../../support/fake-consent.js';
import { FRIEND, linkedTo, settled } from '../../support/raw-peer.js';
import { thrownBy } from '../../support/refusals.js';
import { codeOf } from '../../support/sessions.js';

const wallet = defineProtocol({
  name: 'org.example.wallet',
  version: '1.0.0',
  capabilities: {
    accounts: {
      title: 'See your accounts',
      scope: Type.String(),
      members: { list: method({ result: Type.Array(Type.String()) }) },
    },
    sign: {
      title: 'Sign',
      scope: Type.String(),
      members: {
        sign: method({
          params: Type.Object({ account: Type.String() }),
          result: Type.String(),
          deadline: '5m',
        }),
      },
    },
  },
});

const walletHost = (consent = fakeConsent()) => {
  const signed: string[] = [];
  const host = createHost({ consent });
  host.publish(wallet, {
    accounts: {
      admit: [ask(anyExtension())],
      choices: () => [
        { label: 'First', value: '0xa' },
        { label: 'Second', value: '0xb' },
      ],
      provide: () => ({ list: (_params, { scope }) => [...(scope ?? ['everything'])] }),
    },
    sign: {
      admit: [allow(anyExtension())],
      provide: () => ({
        sign: async ({ account }, call) => {
          if (!(await call.confirm({ title: `Sign with ${account}?` }))) return 'declined';
          signed.push(account);
          return 'signed';
        },
      }),
    },
  });
  const client = connect(wallet, {
    host: 'a'.repeat(32),
    needs: ['sign'],
    wants: ['accounts'],
    platform: linkedTo(host, FRIEND),
  });
  return { host, consent, client, signed };
};

describe('a scope', () => {
  test('is what the person chose, as it is now; undefined where a rule allows all', async () => {
    const consent = fakeConsent({ accounts: { verdict: 'allow', scope: ['0xa'] } });
    const { client } = walletHost(consent);
    const accounts = await client.has('accounts');
    if (!accounts) throw new Error('not granted');
    expect(await accounts.list()).toEqual(['0xa']);
    consent.change({ accounts: { verdict: 'allow', scope: ['0xb', '0xa'] } });
    expect(await accounts.list()).toEqual(['0xb', '0xa']);
    consent.change({ accounts: { verdict: 'allow' } });
    expect(await accounts.list()).toEqual(['everything']);
  });

  test('has choices, which the person is shown', async () => {
    const { consent, client } = walletHost();
    await client.session.ready();
    const subject = { protocol: wallet.name, line: '1', capability: 'accounts' };
    const principal = consent.requests[0]?.asker.principal as never;
    expect(await consent.context?.choices(subject, principal)).toEqual([
      { label: 'First', value: '0xa' },
      { label: 'Second', value: '0xb' },
    ]);
    expect(await consent.context?.choices({ ...subject, capability: 'sign' }, principal)).toEqual([]);
    expect(await consent.context?.choices({ ...subject, line: '2' }, principal)).toEqual([]);
    expect(await consent.context?.choices({ ...subject, capability: '__proto__' }, principal)).toEqual([]);
  });

  test('needs choices where a rule asks', () => {
    const host = createHost({ consent: fakeConsent() });
    const accounts = { admit: [ask(anyExtension())], provide: () => ({ list: () => [] }) } as const;
    const sign = { admit: [allow(anyExtension())], provide: () => ({ sign: async () => '' }) } as const;
    expect(thrownBy(() => host.publish(wallet, { accounts, sign }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('has a schema that is checked, and so is the revision', () => {
    const capability = (extra: object) => () =>
      defineProtocol({
        name: 'org.example.x',
        version: '1.0.0',
        capabilities: { a: { title: 'A', ...extra } },
      } as never);
    expect(thrownBy(capability({ scope: { type: 'string', uniqueItems: true } }))).toMatchObject({
      code: 'INVALID_DEFINITION',
    });
    for (const revision of [0, -1, 1.5, '2', Number.NaN])
      expect(thrownBy(capability({ revision }))).toMatchObject({ code: 'INVALID_DEFINITION' });
    expect(capability({ revision: 3, scope: Type.String() })).not.toThrow();
  });
});

describe('call.confirm', () => {
  test('asks the person about this call', async () => {
    const { client, signed, consent } = walletHost(fakeConsent({ accounts: { verdict: 'allow' } }));
    expect(await client.sign.sign({ account: '0xa' })).toBe('signed');
    expect(signed).toEqual(['0xa']);
    expect(consent.told).toContainEqual(['confirm', 'sign', 'Sign with 0xa?']);
  });

  test('rejects while a question of this caller is open, and without consent', async () => {
    const { client, signed, host } = walletHost();
    await client.session.ready();
    await settled();
    // The question for `accounts` is still open.
    expect(await codeOf(client.sign.sign({ account: '0xa' }))).toBe('INTERNAL');
    expect(signed).toEqual([]);
    const bare = createHost();
    bare.publish(wallet, {
      accounts: { admit: [allow(anyExtension())], provide: () => ({ list: () => [] }) },
      sign: {
        admit: [allow(anyExtension())],
        provide: () => ({
          sign: async (_params, call) => (await codeOf(call.confirm({ title: 'x' }))) as string,
        }),
      },
    });
    const other = connect(wallet, {
      host: 'a'.repeat(32),
      needs: ['sign'],
      platform: linkedTo(bare, FRIEND),
    });
    expect(await other.sign.sign({ account: '' })).toBe('INVALID_ARGUMENT');
    expect(host.sessions).toBe(1);
  });
});
