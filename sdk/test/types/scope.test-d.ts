import { defineProtocol, method } from 'portico';
import { allow, anyExtension, ask, createHost } from 'portico/host';
import { Type } from 'typebox';
import { expectTypeOf, test } from 'vitest';

const wallet = defineProtocol({
  name: 'org.example.wallet',
  version: '1.0.0',
  capabilities: {
    chain: { title: 'See the chain', members: { id: method({ result: Type.String() }) } },
    sign: {
      title: 'Sign',
      revision: 2,
      scope: Type.Object({ account: Type.String() }),
      members: { sign: method({ params: Type.Object({ account: Type.String() }) }) },
    },
  },
});

test('handlers know the scope of their capability, and choices have its type', () => {
  const host = createHost();
  host.publish(wallet, {
    chain: {
      admit: [allow(anyExtension())],
      provide: () => ({
        id: (_params, call) => {
          expectTypeOf(call.scope).toEqualTypeOf<readonly never[] | undefined>();
          return '0x1';
        },
      }),
    },
    sign: {
      admit: [ask(anyExtension())],
      choices: () => [{ label: 'First', value: { account: '0xa' } }],
      provide: () => ({
        sign: async (_params, call) => {
          expectTypeOf(call.scope).toEqualTypeOf<readonly { account: string }[] | undefined>();
          expectTypeOf(call.confirm({ title: 'Sign?' })).toEqualTypeOf<Promise<boolean>>();
        },
      }),
    },
  });
  const chain = { admit: [allow(anyExtension())], provide: () => ({ id: () => '' }) } as const;
  host.publish(wallet, {
    chain,
    sign: {
      admit: [ask(anyExtension())],
      // @ts-expect-error a value that is none of the scope's
      choices: () => [{ label: 'First', value: 'account' }],
      provide: () => ({ sign: () => {} }),
    },
  });
  // @ts-expect-error choices where there is no scope
  host.publish(wallet, { chain: { ...chain, choices: () => [] }, sign: chain });
});
