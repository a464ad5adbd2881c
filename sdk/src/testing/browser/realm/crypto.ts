import { webcrypto } from 'node:crypto';
import type { Context } from '../contexts/context.js';
import { define, lazily } from './define.js';
import { laterIn } from './later.js';
import { adoptHome, type Realm } from './realm.js';

/** Node's own WebCrypto. What is random without being a key comes from the seed, so that a run can be repeated. */
export const cryptoOf = (context: Context, realm: Realm): object => {
  const { toolkit } = realm;
  const random = context.world.random.fork(`crypto ${context.number}`);
  const crypto = toolkit.object();
  lazily(crypto, 'subtle', () => subtleOf(context, realm));
  define(
    crypto,
    'getRandomValues',
    realm.fn('getRandomValues', (view: Uint8Array) => random.fill(view)),
  );
  define(
    crypto,
    'randomUUID',
    realm.fn('randomUUID', () => random.uuid()),
  );
  return crypto;
};

const subtleOf = (context: Context, realm: Realm): object => {
  const subtle = realm.toolkit.object();
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(webcrypto.subtle))) {
    if (name === 'constructor') continue;
    const method = (webcrypto.subtle as unknown as Record<string, unknown>)[name];
    if (typeof method !== 'function') continue;
    define(
      subtle,
      name,
      realm.fn(name, (...args: unknown[]) =>
        laterIn(context, realm, `crypto.subtle.${name}`, () =>
          Reflect.apply(method, webcrypto.subtle, args.map(adoptHome)),
        ),
      ),
    );
  }
  return subtle;
};
