import { after } from '../../platform/alarm.js';
import type { HostPlatform, ManagedStore, Store } from '../../platform/platform.js';
import type { Log } from '../log.js';
import { isFromOutside } from './read-policy.js';
import { readAnswer, readRecord, recordOf, type Standing } from './sources.js';
import type { Policy } from './types.js';

/** Where the last policy is kept in `storage.local`. */
export const POLICY_KEY = 'portico.policy';

/** Milliseconds for which a browser must give no policy before the last one is taken to be removed. */
const REMOVED_AFTER = 60_000;
/** How often it is asked meanwhile: often enough that the background is not stopped in between. */
const ASK_AGAIN = 10_000;

const NONE: Standing = { kind: 'none' };

const broken = (why: string): Standing => ({ kind: 'broken', why });

/** Whether two decide alike. */
const signatureOf = (standing: Standing): string =>
  standing.kind === 'policy' ? JSON.stringify(standing.policy.rules) : standing.kind;

/**
 * The administrator's policy, out of `storage.managed`: `{ "portico": { "rules": [ … ] } }`, each rule with `ids`,
 * perhaps `protocol` and `capabilities`, and a `verdict`: `allow` admits without asking the person, `refuse` keeps
 * out. The first rule that is about a caller and a capability decides, before the host's rules and above what the
 * person has said; what no rule is about is left to them. It is about callers from outside: extensions, pages,
 * content scripts of other extensions. At most 1,000 rules of 1,000 ids. Copy `managed-schema.json` into the file
 * that the manifest names in `storage.managed_schema`.
 *
 * Needs the permission `storage`; without it, and whenever the policy does not fit, everybody from outside is
 * refused, and the log says what is wrong. Not for a host's own settings: other keys of `storage.managed` are left
 * alone.
 *
 * **What browsers do** (Chromium 156, Firefox ESR 153). Chromium gives `{}` for some seconds after an installation
 * although there is a policy; Firefox rejects where there is none. So the last policy is kept in `storage.local`
 * under `portico.policy`, and holds until the browser gives another, or gives none for a whole minute, or gives
 * other keys without `portico`: then it was removed. Chromium tells of changes while the host runs, and they act on
 * open sessions; Firefox reads a policy once, and has it read again when the extension or the browser is started.
 * Chromium drops a `portico` with a value of a wrong type as a whole, and Firefox a file that is no JSON, as if there
 * were none: a host whose refusals must hold then, too, says `required`.
 * @param options `required`: nobody from outside is admitted before a policy has been seen
 */
export const managedPolicy = ({ required = false }: { readonly required?: boolean } = {}): Policy => {
  let standing: Standing = broken('it has not been read yet');
  let loading: Promise<void> | undefined;
  return {
    get loading() {
      return loading;
    },
    get admitsNobody() {
      return required && (loading !== undefined || standing.kind === 'none');
    },
    decide(principal, subject) {
      if (standing.kind === 'none' || !isFromOutside(principal)) return undefined;
      return standing.kind === 'broken' ? 'refuse' : standing.policy.decide(principal, subject);
    },
    start(platform, log, changed) {
      const { store, managed } = platform;
      const stand = (next: Standing): void => {
        const before = standing;
        standing = next;
        if (next.kind === 'broken' && !(before.kind === 'broken' && before.why === next.why))
          tell(log, 'error', `the administrator's policy: ${next.why}; nobody from outside is admitted`);
        if (!loading && signatureOf(next) !== signatureOf(before)) changed();
      };
      if (!store) stand(broken("it can't be read without the permission storage"));
      // Safari has none.
      else if (!managed) standing = NONE;
      else
        loading = follow(platform, store, managed, log, stand).then(() => {
          loading = undefined;
        });
    },
  };
};

const tell = (log: Log | undefined, level: 'info' | 'warn' | 'error', message: string): void =>
  log?.({ level, event: 'configuration', message });

/** Reads the policy, and follows what becomes of it. Settles with the first answer; never rejects. */
const follow = (
  platform: HostPlatform,
  store: Store,
  managed: ManagedStore,
  log: Log | undefined,
  stand: (standing: Standing) => void,
): Promise<void> => {
  /** The last policy that was seen, in this run or an earlier one; `none` if it is known that there is none. */
  let last: Standing = NONE;
  let silentSince: number | undefined;
  let cancel = (): void => {};
  let saving: Promise<void> = Promise.resolve();

  const save = (next: Standing): void => {
    if (signatureOf(next) === signatureOf(last)) return;
    last = next;
    const write = (): Promise<void> =>
      next.kind === 'none' ? store.remove(POLICY_KEY) : store.set(POLICY_KEY, recordOf(next));
    saving = saving
      .then(write)
      .catch((error) => tell(log, 'warn', `the administrator's policy can't be kept: ${String(error)}`));
  };

  const settle = (next: Standing): void => {
    silentSince = undefined;
    save(next);
    stand(next);
  };

  /** The browser gives no policy: it may not have it yet, or have it no more. */
  const hold = (): void => {
    if (last.kind !== 'none') {
      silentSince ??= platform.now();
      if (platform.now() - silentSince < REMOVED_AFTER) cancel = after(platform, ASK_AGAIN, askAgain);
      else {
        tell(log, 'info', "the administrator's policy is removed");
        save(NONE);
      }
    }
    stand(last);
  };

  const read = async (): Promise<void> => {
    cancel();
    const answer = await readAnswer(managed);
    if (answer.kind === 'silence') hold();
    else if (answer.kind !== 'failed') settle(answer);
    else {
      // What holds goes on to hold: that it can't be read does not say that it is gone.
      silentSince = undefined;
      cancel = after(platform, ASK_AGAIN, askAgain);
      stand(last.kind === 'none' ? broken(answer.why) : last);
    }
  };

  /** Reads go one after the other, so that an earlier answer never comes after a later one. */
  let reading: Promise<void> = readRecord(store, POLICY_KEY).then((found) => {
    last = found;
    return read();
  });
  let waits = false;
  const askAgain = (): void => {
    if (waits) return;
    waits = true;
    const next = (): Promise<void> => {
      waits = false;
      return read();
    };
    // Whatever became of the one before: changes go on to be followed.
    reading = reading.then(next, next);
  };
  managed.onChanged(askAgain);
  return reading;
};
