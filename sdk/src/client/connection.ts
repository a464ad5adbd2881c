import { createCaller } from '../call/caller.js';
import { createSubscriptions } from '../call/subscriptions.js';
import { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { alarmOf } from '../platform/alarm.js';
import type { ConnectInfo, Platform, Target } from '../platform/platform.js';
import { compareVersions } from '../protocol/versions.js';
import { type ClientSession, openClientSession } from '../session/client-session.js';
import { END, ERROR, EVENT, type Frame, RESULT, WIRE_VERSION } from '../wire/frames.js';
import type { Hello, Welcome } from '../wire/handshake.js';
import type { ConnectionState, SessionControl, SessionInfo } from './types.js';

/** Everything about a connection that doesn't change. */
export interface ConnectionPlan {
  readonly platform: Platform;
  readonly target: Target;
  readonly info: ConnectInfo;
  readonly hello: Omit<Hello, 'wire' | 'versions'>;
  /** Versions to offer; narrowed to one line once it is chosen. */
  versions: readonly string[];
  readonly limits: Limits;
  readonly waits: boolean;
}

/** Milliseconds before the first new attempt to reach an absent host; doubled up to the second, and jittered. */
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

/** Outcomes that say that nothing of what was sent has arrived. */
const NEVER_ARRIVED: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'SERIALIZATION_MISMATCH',
  'UNSUPPORTED_BROWSER',
]);

/** Outcomes that say that nobody was there: nothing was executed, and later somebody may be. */
const isAbsence = (error: PorticoError): boolean => error.code === 'UNREACHABLE';

const closedError = (): PorticoError => new PorticoError('CLOSED', 'the connection was closed');

/** What is needed of a member to say whether the negotiated version has it. */
interface Dated {
  readonly path: string;
  readonly since?: string | undefined;
}

/** The machine behind a connection: dormant → connecting → open → dormant, until it is closed. */
export const createConnection = (plan: ConnectionPlan) => {
  const { platform, limits } = plan;
  const alarm = alarmOf(platform);
  const ring = (now: number): number =>
    Math.min(caller.expire(now), session?.expire(now) ?? Number.POSITIVE_INFINITY);
  const caller = createCaller(platform, alarm, limits);
  const subscriptions = createSubscriptions(limits);
  const listeners = new Set<(state: ConnectionState, error?: PorticoError) => void>();
  let leaveAlarm = (): void => {};
  let state: ConnectionState = 'dormant';
  let session: ClientSession | undefined;
  let info: SessionInfo | undefined;
  let nextId = 1;
  let retryIn = FIRST_RETRY;
  let cancelRetry = (): void => {};
  let waiters: { resolve(info: SessionInfo): void; reject(error: PorticoError): void }[] = [];

  /** `settle` comes before the listeners: one that tries again at once must not be settled with the old. */
  const change = (next: ConnectionState, error?: PorticoError, settle?: () => void): void => {
    // Only while something may be under way: a dormant connection is nobody's burden.
    if (state === 'dormant') leaveAlarm = alarm.join(ring);
    state = next;
    if (next === 'dormant' || next === 'closed') leaveAlarm();
    settle?.();
    for (const listener of [...listeners]) {
      try {
        listener(next, error);
      } catch (failure) {
        // Its author's to see, and nobody else's to suffer.
        queueMicrotask(() => {
          throw failure;
        });
      }
    }
  };

  const attach = (writer: ClientSession['writer'], window: number, nativeBytes: boolean): void => {
    const outlet = { writer, window, nativeBytes, nextId: () => nextId++ };
    subscriptions.attach(outlet);
    caller.attach(outlet);
  };

  const frame = (received: Frame): string | undefined => {
    switch (received[0]) {
      case RESULT:
        return caller.onResult(received);
      case EVENT:
        return subscriptions.onEvent(received);
      case ERROR:
        return caller.onError(received);
      case END:
        return subscriptions.onEnd(received);
      default:
        return `no frame of kind ${received[0]} is expected here`;
    }
  };

  const welcome = (agreed: Welcome): void => {
    const { version, granted, refused, instance } = agreed;
    info = { id: agreed.session, instance, version, granted, refused };
    retryIn = FIRST_RETRY;
    // Calls that travelled with the hello were made before the version was known.
    caller.rejectWhere(tooNew);
    subscriptions.rejectWhere(tooNew);
    attach(
      (session as ClientSession).writer,
      Math.min(limits.calls, agreed.limits.calls),
      agreed.bytes === 'native',
    );
    change('open');
    const heard = waiters;
    waiters = [];
    for (const { resolve } of heard) resolve(info);
  };

  const settleAll = (error: PorticoError, mayHaveRun: boolean): void => {
    caller.detach(error, false, mayHaveRun);
    subscriptions.detach(error, false);
    const heard = waiters;
    waiters = [];
    for (const { reject } of heard) reject(error);
  };

  const ended = (error: PorticoError): void => {
    // A refusal says that nothing has run of what was sent, and so does the absence of anybody; no other end does.
    const mayHaveRun = info !== undefined || (error.origin === 'local' && !NEVER_ARRIVED.has(error.code));
    session = undefined;
    info = undefined;
    if (plan.waits && isAbsence(error) && (caller.busy || subscriptions.busy || waiters.length > 0)) {
      caller.detach(error, true);
      subscriptions.detach(error, true);
      cancelRetry = platform.after(retryIn * (0.5 + Math.random() / 2), open);
      retryIn = Math.min(retryIn * 2, LAST_RETRY);
      change('connecting', error);
      return;
    }
    // The state first: whoever tries again on rejection must find a dormant connection.
    change('dormant', error, () => settleAll(error, mayHaveRun));
  };

  const open = (): void => {
    nextId = 1;
    const hello: Hello = { ...plan.hello, wire: [WIRE_VERSION], versions: [...plan.versions] };
    const listener = {
      welcome,
      frame,
      ended,
      unsendable: (lost: Frame, error: unknown) => caller.onUnsendable(lost[1] as number, error),
    };
    try {
      session = openClientSession(platform, alarm, plan.target, plan.info, hello, limits, listener);
    } catch (cause) {
      ended(
        new PorticoError('INVALID_ARGUMENT', `the browser refused to connect: ${(cause as Error).message}`, {
          cause,
        }),
      );
      return;
    }
    if (state !== 'connecting') change('connecting');
    attach(session.writer, limits.earlyCalls, false);
  };

  /** After any use: starts a session if there is none. Whatever waits is rejected if that fails at once. */
  const wake = (): void => {
    if (state === 'dormant') open();
  };

  /** Why a member can't be used now, if so. */
  const unusable = (member: Dated): PorticoError | undefined =>
    state === 'closed' ? closedError() : tooNew(member);

  const tooNew = ({ path, since }: Dated): PorticoError | undefined =>
    since !== undefined && info && compareVersions(since, info.version) > 0
      ? new PorticoError(
          'MEMBER_TOO_NEW',
          `${path} came with version ${since}; the host speaks ${info.version}`,
        )
      : undefined;

  const control: SessionControl = {
    get state() {
      return state;
    },
    get info() {
      return info;
    },
    ready: () =>
      new Promise((resolve, reject) => {
        if (info) resolve(info);
        else if (state === 'closed') reject(closedError());
        else {
          waiters.push({ resolve, reject });
          wake();
        }
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (state === 'closed') return;
      cancelRetry();
      // An error takes a stack with it, a goodbye a message; often nobody is there to see them.
      const busy = caller.busy || subscriptions.busy;
      const heard = busy || listeners.size + waiters.length > 0;
      session?.close(busy);
      session = undefined;
      info = undefined;
      const error = heard ? closedError() : undefined;
      change('closed', error, error && (() => settleAll(error, false)));
    },
  };

  return { caller, subscriptions, control, wake, unusable };
};

/** What {@link createConnection} gives. */
export type ConnectionMachine = ReturnType<typeof createConnection>;
