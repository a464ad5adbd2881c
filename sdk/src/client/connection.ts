import { createRequests, type Requests, tooNew } from '../call/requests.js';
import { PorticoError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import { createAlarm } from '../platform/alarm.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import { type ClientSession, openClientSession } from '../session/client-session.js';
import { type Frame, GRANTS } from '../wire/frames.js';
import { type Hello, readStanding, type Standing, type Welcome } from '../wire/handshake.js';
import type { ConnectionState, Mutable, SessionControl, SessionInfo } from './types.js';

/** Everything about a connection that doesn't change. */
export interface ConnectionPlan {
  readonly platform: Platform;
  readonly limits: ClientLimits;
  /** Its versions are narrowed to one line once it is chosen. */
  readonly hello: Hello;
  readonly waits: boolean;
  /** Answers a challenge, where the hello offers to. */
  readonly prove?: ((challenge: unknown) => Promise<unknown>) | undefined;
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
export const createConnection = (plan: ConnectionPlan): ConnectionMachine => {
  const { platform, limits } = plan;
  const listeners = new Set<(state: ConnectionState, error?: PorticoError) => void>();
  let session: ClientSession | undefined;
  let retryIn = FIRST_RETRY;
  let cancelRetry = (): void => {};
  /** Since when a person is being asked: the deadlines of what waits stand still. */
  let asked: number | undefined;
  const waiters: Waiter[] = [];

  const alarm = createAlarm(platform, (now) => {
    if (session && session.expires <= now) session.giveUp();
    const given = session?.expires ?? Number.POSITIVE_INFINITY;
    return asked === undefined ? Math.min(requests.expire(now), given) : given;
  });
  const requests = createRequests(alarm, limits, platform);

  const change = (next: ConnectionState, error?: PorticoError): void => {
    control.state = next;
    for (const listener of [...listeners]) {
      // Its failures are its author's: they must not keep others from hearing.
      queueMicrotask(() => listener(next, error));
    }
  };

  /** The person has answered, or nobody asks any more. */
  const resume = (): void => {
    if (asked === undefined) return;
    const now = platform.now();
    requests.postpone(now - asked);
    asked = undefined;
    alarm.at(requests.expire(now));
  };

  const welcome = ({
    version,
    granted,
    refused,
    pending = [],
    instance,
    session: id,
    limits: theirs,
    bytes,
  }: Welcome): void => {
    const info = { id, instance, version, granted, refused, pending };
    control.info = info;
    resume();
    retryIn = FIRST_RETRY;
    // What travelled with the hello was asked for before the version was known.
    requests.failNewer(version);
    attach(Math.min(limits.calls, theirs.calls), bytes === 'native');
    change('open');
    for (const { resolve } of waiters.splice(0)) resolve(info);
  };

  const attach = (window: number, nativeBytes: boolean): void =>
    requests.attach({ writer: (session as ClientSession).writer, window, nativeBytes });

  const frame = (received: Frame): string | undefined => {
    if (received[0] !== GRANTS) return requests.frame(received);
    const standing: Standing | undefined = readStanding(received[1], limits);
    if (!standing) return 'a malformed GRANTS';
    control.info = { ...(control.info as SessionInfo), pending: [], ...standing };
    change('open');
    return undefined;
  };

  const leave = (next: ConnectionState, error?: PorticoError): void => {
    session = control.info = undefined;
    alarm.stop();
    change(next, error);
  };

  /** The state first: whoever tries again when it is told must find the new one. */
  const settle = (next: ConnectionState, error: PorticoError, arrived: boolean): void => {
    leave(next, error);
    asked = undefined;
    const told = waiters.splice(0);
    requests.detach(error, false, arrived);
    for (const { reject } of told) reject(error);
  };

  const ended = (error: PorticoError, arrived: boolean): void => {
    // A host falls asleep while the person thinks: nothing of what waits was read, so it is asked again.
    const again =
      asked === undefined ? plan.waits && error.code === 'UNREACHABLE' : error.code === 'DISCONNECTED';
    if (!again || !(requests.busy() || waiters.length)) {
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
    resume();
    try {
      session = openClientSession(plan.dial(), platform, plan.hello, limits, {
        welcome,
        pending() {
          if (asked !== undefined) return;
          asked = platform.now();
          requests.detach(new PorticoError('CONSENT_PENDING', 'unread'), true, false);
          change('pending');
        },
        prove: plan.prove,
        ended,
        frame,
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

  const machine = {
    requests,
    control,
    wake,
    hello: plan.hello,
    /** Why a member can't be used now, if so. */
    unusable: (member: { path: string; since: string | undefined }): PorticoError | undefined =>
      control.state === 'closed' ? closed() : tooNew(member, control.info?.version),
  };
  machines.set(control, machine);
  return machine;
};

/** What {@link createConnection} gives. */
export interface ConnectionMachine {
  readonly requests: Requests;
  readonly control: SessionControl;
  readonly hello: Hello;
  /** After any use: starts a session if there is none. Whatever waits fails if there is no starting one. */
  wake(): void;
  /** Why a member can't be used now, if so. */
  unusable(member: { path: string; since: string | undefined }): PorticoError | undefined;
}

/** For what is done with a connection by functions of their own: who doesn't call them doesn't carry them. */
const machines = new WeakMap<SessionControl, ConnectionMachine>();

/** The machine behind a connection of this copy of Portico. */
export const machineOf = (control: SessionControl): ConnectionMachine =>
  machines.get(control) as ConnectionMachine;
