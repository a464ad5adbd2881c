import { deserialize, serialize } from 'node:v8';
import type { Context } from '../contexts/context.js';
import { define, lazily } from './define.js';
import { ApiError, type Realm } from './realm.js';

/** Classes of Node that are the web's own, and do nothing by themselves later. */
const SHARED = [
  'AbortController',
  'Blob',
  'CustomEvent',
  'DOMException',
  'Event',
  'EventTarget',
  'File',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'WritableStream',
  'atob',
  'btoa',
] as const;

/** What the web gives to every script. */
export const furnishWeb = (context: Context, realm: Realm): void => {
  const { global, toolkit } = realm;
  const random = context.world.random.fork(`Math.random ${context.number}`);
  for (const name of SHARED) {
    // Some are big in Node, and loaded when they are first asked for.
    if (name in globalThis) lazily(global, name, () => (globalThis as Record<string, unknown>)[name]);
  }
  define(
    global,
    'structuredClone',
    realm.fn('structuredClone', (value: unknown) => {
      try {
        return realm.adopt(
          typeof value === 'object' ? deserialize(serialize(value)) : structuredClone(value),
        );
      } catch (error) {
        throw new ApiError((error as Error).message, 'DataCloneError');
      }
    }),
  );
  define(global, 'TextEncoder', textEncoder(realm));
  define(
    global,
    'reportError',
    realm.fn('reportError', (error: unknown) => context.world.report('uncaught', context, error)),
  );
  define(global, 'navigator', navigatorOf(context, realm));
  define(global, 'isSecureContext', true);
  define(global, 'origin', new URL(context.facts.url).origin);
  // A copy: the test's own Math, which plain functions share a realm with, is left alone.
  const math = toolkit.object();
  for (const key of Reflect.ownKeys(Math)) define(math, key as string, Math[key as keyof Math]);
  define(
    math,
    'random',
    realm.fn('random', () => random.next()),
  );
  define(global, 'Math', math);
};

/** Node's gives bytes of Node's own realm. */
const textEncoder = (realm: Realm): unknown => {
  const encoder = new TextEncoder();
  return realm.toolkit.constructible('TextEncoder', () => {
    const made = realm.toolkit.object();
    define(made, 'encoding', 'utf-8');
    define(
      made,
      'encode',
      realm.fn('encode', (text?: string) => realm.adopt(encoder.encode(text))),
    );
    define(
      made,
      'encodeInto',
      realm.fn('encodeInto', (text: string, into: Uint8Array) => realm.adopt(encoder.encodeInto(text, into))),
    );
    return { value: made };
  });
};

const navigatorOf = ({ world }: Context, realm: Realm): unknown => {
  const agent = world.profile.family === 'firefox' ? 'Firefox/153.0' : 'Chrome/156.0.0.0';
  return Object.assign(realm.toolkit.object(), {
    userAgent: `Mozilla/5.0 (simulated) ${agent}`,
    language: 'en-US',
    languages: realm.adopt(['en-US', 'en']),
    onLine: true,
    hardwareConcurrency: 4,
  });
};
