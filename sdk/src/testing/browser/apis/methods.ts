import type { Context } from '../contexts/context.js';
import { errorIn } from '../realm/later.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { eventOf } from './api-event.js';

type Method = (...args: never[]) => unknown;

/** What a namespace is made of. */
export interface Namespace {
  /** Answered in a later task: by a promise, or by a callback if one is given. */
  readonly later?: Readonly<Record<string, Method>>;
  /** Answered at once. */
  readonly now?: Readonly<Record<string, Method>>;
  readonly events?: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
  /** Real members that are not simulated. */
  readonly missing?: readonly string[];
}

/** Says no to a context that outlived its extension, or runs no more. */
export const checkAlive = (context: Context): void => {
  const { isOrphan, world, state } = context;
  if (state === 'dead' || isOrphan) throw new ApiError(world.profile.texts.invalidated);
};

/** The object of a namespace, as scripts see it. */
export const expose = (context: Context, realm: Realm, path: string, namespace: Namespace): object => {
  const target = realm.toolkit.object();
  for (const [name, value] of Object.entries(namespace.values ?? {})) target[name] = realm.adopt(value);
  for (const [name, run] of Object.entries(namespace.now ?? {}))
    target[name] = realm.fn(name, (...args: never[]) => {
      checkAlive(context);
      return run(...args);
    });
  for (const [name, run] of Object.entries(namespace.later ?? {}))
    target[name] = laterMethod(context, realm, `${path}.${name}`, run);
  for (const name of namespace.events ?? []) target[name] = eventOf(context, `${path}.${name}`).expose(realm);
  for (const name of namespace.missing ?? [])
    target[name] = realm.toolkit.missing(`${context.world.apiName}.${path}.${name}`, (full) =>
      context.world.missing(context, full),
    );
  return target;
};

/** Arguments are what they were when the method was called. */
const copied = (arg: unknown): unknown => {
  try {
    return structuredClone(arg);
  } catch {
    return JSON.parse(JSON.stringify(arg) ?? 'null');
  }
};

const laterMethod = (
  context: Context,
  realm: Realm,
  name: string,
  run: Method,
): ((...args: unknown[]) => unknown) =>
  realm.fn(name.slice(name.lastIndexOf('.') + 1), (...given: unknown[]) => {
    checkAlive(context);
    context.extension?.background.touchBy(context);
    const callback =
      typeof given.at(-1) === 'function' ? (given.at(-1) as (value?: unknown) => void) : undefined;
    const args = (callback ? given.slice(0, -1) : given).map(copied);
    const { promise, resolve, reject } = realm.deferred();
    const answer = async (): Promise<void> => {
      let value: unknown;
      try {
        const result = run(...(args as never[]));
        value = result instanceof Promise ? await result : result;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return fail(error);
      }
      if (callback) context.call(() => callback(realm.adopt(value)));
      else resolve(realm.adopt(value));
    };
    const fail = (error: ApiError): void => {
      if (callback) context.callWithLastError(error.message, () => context.call(() => callback()));
      else reject(errorIn(realm, error));
    };
    const { world } = context;
    context.post(context.inbox, name, answer, world.delayOf(context, name));
    return callback ? undefined : promise;
  });
