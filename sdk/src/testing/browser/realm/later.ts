import type { Context } from '../contexts/context.js';
import { ApiError, type Realm } from './realm.js';

/**
 * Begins at once what Node does on threads of its own, and gives the result in a task of the context: when it
 * comes is the scheduler's choice and not the machine's.
 */
export const laterIn = (
  context: Context,
  realm: Realm,
  label: string,
  begin: () => unknown,
  lane = context.inbox,
): Promise<unknown> => {
  const { promise, resolve, reject } = realm.deferred();
  const begun = new Promise((fulfil) => fulfil(begin()));
  // Handled in the task.
  begun.catch(() => {});
  context.post(lane, label, async () => {
    try {
      resolve(realm.adopt(await begun));
    } catch (error) {
      reject(errorIn(realm, error));
    }
  });
  return promise;
};

/** An error of Node's realm as one of the context's own; DOMExceptions are the same everywhere. */
export const errorIn = (realm: Realm, error: unknown): unknown => {
  if (error instanceof ApiError) return realm.error(error);
  return error instanceof Error && !(error instanceof DOMException)
    ? realm.toolkit.error(error.name, error.message)
    : error;
};
