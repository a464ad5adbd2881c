import { createRequests, tooNew } from '../call/requests.js';
import { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { createAlarm } from '../platform/alarm.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import { type ClientSession, openClientSession } from '../session/client-session.js';
import type { Hello, Welcome } from '../wire/handshake.js';
import type { ConnectionState, Mutable, SessionControl, SessionInfo } from './types.js';

/** Everything about a connection that doesn't change. */
export interface ConnectionPlan {
  readonly platform: Platform;
  readonly limits: Limits;
  /** Its versions are narrowed to one line once it is chosen. */
  readonly hello: Hello;
  readonly waits: boolean;
  /** Opens a port. Throws what the browser throws for ids of a wrong form. */
  dial(): RuntimePort;
}

/** Milliseconds before the first new attempt to reach an absent host; doubled up to the second, and jittered. */
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

interface Waiter {
  resolve(info: SessionInfo): void;
  reject(error: PorticoError): void;
}

/** The machine behind a connection: dormant → connecting → open → dormant, until it is closed. */
export const createConnection = (plan: ConnectionPlan) => {
  const { platform, limits } = plan;
  const listeners = new Set<(state: ConnectionState, error?: PorticoError) => void>();
  let session: ClientSession | undefined;
  let retryIn = FIRST_RETRY;
  let cancelRetry = (): void => {};
  const waiters: Waiter[] = [];

  const alarm = createAlarm(platform, (now) => {
    if (session && session.expires <= now) session.giveUp();
    return Math.min(requests.expire(now), session?.expires ?? Number.POSITIVE_INFINITY);
  });
  const requests = createRequests(alarm, limits, platform);

  const change = (next: ConnectionState, error?: PorticoError): void => {
    control.state = next;
    for (const listener of [...listeners]) {
      // Its failures are its author's: they must not keep others from hearing.
      queueMicrotask(() => listener(next, error));
    }
  };

  const takeWaiters = (): Waiter[] => waiters.splice(0);

  const welcome = ({
    version,
    granted,
    refused,
    instance,
    session: id,
    limits: theirs,
    bytes,
  }: Welcome): void => {
    const info = { id, instance, version, granted, refused };
    control.info = info;
    retryIn = FIRST_RETRY;
    // What travelled with the hello was asked for before the version was known.
    requests.failNewer(version);
    attach(Math.min(limits.calls, theirs.calls), bytes === 'native');
    change('open');
    for (const { resolve } of takeWaiters()) resolve(info);
  };

  const attach = (window: number, nativeBytes: boolean): void =>
    requests.attach({ writer: (session as ClientSession).writer, window, nativeBytes });

  const leave = (next: ConnectionState, error?: PorticoError): void => {
    session = control.info = undefined;
    alarm.stop();
    change(next, error);
  };

  /** The state first: whoever tries again when it is told must find the new one. */
  const settle = (next: ConnectionState, error: PorticoError, arrived: boolean): void => {
    leave(next, error);
    const told = takeWaiters();
    requests.detach(error, false, arrived);
    for (const { reject } of told) reject(error);
  };

  const ended = (error: PorticoError, arrived: boolean): void => {
    if (!plan.waits || error.code !== 'UNREACHABLE' || !(requests.busy() || waiters.length)) {
      settle('dormant', error, arrived);
      return;
    }
    session = undefined;
    requests.detach(error, true, false);
    cancelRetry = platform.after(retryIn * (0.5 + Math.random() / 2), open);
    retryIn = Math.min(retryIn * 2, LAST_RETRY);
    change('connecting', error);
  };

  const open = (): void => {
    if (control.state !== 'connecting') change('connecting');
    try {
      session = openClientSession(plan.dial(), platform, plan.hello, limits, {
        welcome,
        ended,
        frame: requests.frame,
        unsendable: requests.unsendable,
      });
    } catch (cause) {
      const { message } = cause as Error;
      ended(PorticoError.is(cause) ? cause : new PorticoError('INVALID_ARGUMENT', message, { cause }), false);
      return;
    }
    alarm.at(session.expires);
    attach(limits.earlyCalls, false);
  };

  const closed = (): PorticoError => new PorticoError('CLOSED', 'the connection was closed');

  const control: Mutable<SessionControl> = {
    state: 'dormant',
    info: undefined,
    ready: () =>
      new Promise((resolve, reject) => {
        if (control.info) resolve(control.info);
        else if (control.state === 'closed') reject(closed());
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
      if (control.state === 'closed') return;
      cancelRetry();
      const busy = requests.busy();
      session?.close(busy);
      // An error takes a stack with it, which costs as much as closing: none is made where nobody would see it.
      if (busy || waiters.length || listeners.size) settle('closed', closed(), false);
      else leave('closed');
    },
  };

  /** After any use: starts a session if there is none. Whatever waits fails if there is no starting one. */
  const wake = (): void => {
    if (control.state === 'dormant') open();
  };

  return {
    requests,
    control,
    wake,
    /** Why a member can't be used now, if so. */
    unusable: (member: { path: string; since: string | undefined }): PorticoError | undefined =>
      control.state === 'closed' ? closed() : tooNew(member, control.info?.version),
  };
};

/** What {@link createConnection} gives. */
export type ConnectionMachine = ReturnType<typeof createConnection>;
