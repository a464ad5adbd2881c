import { createRequests, type Requests } from '../call/requests.js';
import type { ErrorCode } from '../errors/codes.js';
import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import { soon } from '../platform/system.js';
import { Conversion, FAIL } from '../protocol/conversion.js';
import { type BatchWriter, CLIENT_FOLDING, createBatchWriter } from '../wire/batch-writer.js';
import {
  CHALLENGE,
  FIRST_IGNORABLE,
  type Frame,
  GOODBYE,
  GRANTS,
  HELLO,
  PENDING,
  PROOF,
  REFUSE,
  WELCOME,
} from '../wire/frames.js';
import { answers, type Hello, readStanding, readWelcome } from '../wire/handshake.js';
import { portTransport } from '../wire/port-transport.js';
import { isId, readBatch } from '../wire/read-batch.js';
import type { ConnectionState, Mutable, SessionControl, SessionInfo } from './types.js';

/** Everything about a connection that doesn't change. */
export interface ConnectionPlan {
  readonly platform: Platform;
  readonly limits: ClientLimits;
  /** Its versions are narrowed to one line once it is chosen. */
  readonly hello: Hello;
  /** Whether it tries again where nobody listens. */
  readonly waits?: boolean;
  /** Answers a challenge, where the hello offers to. */
  readonly prove?: ((challenge: unknown) => Promise<unknown>) | undefined;
  /** Opens a port. Throws what the browser throws for ids of a wrong form. */
  dial(): RuntimePort;
}

/** Milliseconds before the first new attempt to reach an absent host; doubled up to the second, and jittered. */
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

/** Ends that no later attempt from here can change; all others may pass, with the host, the person or an update. */
const FINAL: ReadonlySet<ErrorCode> = /* @__PURE__ */ new Set([
  'INVALID_ARGUMENT',
  'UNSUPPORTED_BROWSER',
  'CONTEXT_INVALIDATED',
]);

interface Waiter {
  resolve(info: SessionInfo): void;
  reject(error: PorticoError): void;
}

/** The machine behind a connection: dormant → connecting → open → dormant, until it is closed. */
export const createConnection = (plan: ConnectionPlan): ConnectionMachine => {
  const { platform, limits, hello } = plan;
  const listeners = new Set<(state: ConnectionState, error?: PorticoError) => void>();
  const waiters: Waiter[] = [];
  /** The session's, until it ends. */
  let output: BatchWriter | undefined;
  /** When the handshake is given up, or, without a port, begun again; `Infinity` where there is none. */
  let expires = Number.POSITIVE_INFINITY;
  let retryIn = FIRST_RETRY;
  /** Since when a person is being asked. */
  let asked: number | undefined;
  /** Why it is closed, unless `close` was called. */
  let final: PorticoError | undefined;
  /** How long persons took until now. */
  let thought = 0;
  /**
   * Until when deadlines may stand still at all: a host that has a person asked, hangs up and is asked again would
   * stop them for ever. From the first PENDING to the end of what waits for it.
   */
  let patience: number | undefined;

  /** What deadlines go by: it stands still while a person is asked, who is nobody's delay. */
  const now = (): number => (asked ?? platform.now()) - thought;

  const alarm = platform.alarm((time) => {
    if (expires <= time) {
      if (output)
        end(new PorticoError('HANDSHAKE_TIMEOUT', `no answer to the hello in ${limits.handshake} ms`));
      else open();
    }
    return asked === undefined ? Math.min(requests.expire(now()) + thought, expires) : expires;
  });

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
    thought += platform.now() - asked;
    asked = undefined;
    // Looks at the deadlines again.
    alarm.at(0);
  };

  /** There is no session. The state first: whoever tries again when it is told must find the new one. */
  const settle = (next: ConnectionState, error?: PorticoError, arrived = false): void => {
    asked = patience = control.info = undefined;
    alarm.stop();
    change(next, error);
    if (!error) return;
    const told = waiters.splice(0);
    requests.detach(error, false, arrived);
    for (const { reject } of told) reject(error);
  };

  /** The session ended, or could not begin. With `arrived`, the host may have begun on what was sent. */
  const end = (error: PorticoError, arrived = true): void => {
    output?.close();
    output = undefined;
    expires = Number.POSITIVE_INFINITY;
    // A host falls asleep while the person thinks: nothing of what waits was read, so it is asked again.
    const again =
      asked === undefined
        ? plan.waits && error.code === 'UNREACHABLE'
        : error.code === 'DISCONNECTED' && platform.now() < (patience as number);
    if (!again || !(requests.busy() || waiters.length)) {
      if (FINAL.has(error.code)) final = error;
      settle(final ? 'closed' : 'dormant', error, arrived);
      return;
    }
    requests.detach(error, true, false);
    expires = platform.now() + retryIn * (0.5 + Math.random() / 2);
    alarm.at(expires);
    retryIn = Math.min(retryIn * 2, LAST_RETRY);
    change('connecting', error);
  };

  /** Greets on a new port. The hello leaves with whatever else is written in the same turn. */
  const open = (): void => {
    if (control.state !== 'connecting') change('connecting');
    resume();
    let dialled: RuntimePort;
    try {
      dialled = plan.dial();
    } catch (cause) {
      const { message } = cause as Error;
      end(PorticoError.is(cause) ? cause : new PorticoError('INVALID_ARGUMENT', message, { cause }), false);
      return;
    }
    let greeted = false;
    /** Each may come once: every PENDING would put the end off, and every CHALLENGE has a key sign. */
    let { prove } = plan;

    const violated = (kind?: number): void => {
      writer.push([GOODBYE, { code: 'PROTOCOL_VIOLATION' }]);
      end(
        new PorticoError('PROTOCOL_VIOLATION', `the host sent what is malformed or out of place (${kind})`, {
          data: { kind },
        }),
      );
    };

    /** Gives whether it keeps the rules. */
    const read = (frame: Frame, reading: Conversion): unknown => {
      const [kind, body] = frame;
      if (kind >= FIRST_IGNORABLE) return true;
      if (kind === GOODBYE || (kind === REFUSE && !greeted)) {
        const said = fromWire(body);
        // A refusal says that nothing has run of what was sent.
        end(
          kind === GOODBYE && said.code === 'INTERNAL'
            ? new PorticoError('DISCONNECTED', 'the host ended the session', { cause: said })
            : said,
          greeted,
        );
        return true;
      }
      if (greeted) {
        if (kind !== GRANTS) return requests.frame(frame, reading);
        const standing = readStanding(frame);
        // Each name is a step: a small message can name one GRANTS many thousand times.
        const isWithin = standing && reading.stepped(1 + frame.slice(1, 5).flat().length) !== FAIL;
        return isWithin && inform({ ...(control.info as SessionInfo), ...standing });
      }
      if (kind === PENDING) {
        if (asked !== undefined || !isId(body)) return false;
        asked = platform.now();
        patience ??= asked + limits.pending;
        expires = Math.min(asked + body, patience) + limits.handshake;
        requests.detach(new PorticoError('CONSENT_PENDING', 'unread'), true, false);
        change('pending');
        // So that the host can tell what was sent before this was read from what comes after the welcome.
        writer.push([PENDING]);
        return true;
      }
      // Before any other answer (W5.28), and never behind a PENDING: that says that the proof held.
      if (kind === CHALLENGE && prove && asked === undefined) {
        prove(body).then(
          (proof) => writer.push([PROOF, proof]),
          (error) => output === writer && end(error as PorticoError, false),
        );
        prove = undefined;
        return true;
      }
      const welcome = kind === WELCOME && readWelcome(frame);
      if (!welcome || !answers(welcome.info.version, hello)) return false;
      const { info, calls, native } = welcome;
      greeted = true;
      expires = Number.POSITIVE_INFINITY;
      resume();
      retryIn = FIRST_RETRY;
      // What travelled with the hello was asked for before the version was known.
      requests.failNewer(info.version);
      requests.attach(writer, Math.min(limits.calls, calls), native, true);
      inform(info);
      for (const { resolve } of waiters.splice(0)) resolve(info);
      return true;
    };

    const transport = portTransport(dialled, platform, {
      batch(message) {
        const frames = readBatch(message, limits);
        if (!frames) {
          violated();
          return;
        }
        const reading = new Conversion(limits);
        for (const frame of frames) {
          if (output !== writer) return;
          if (!read(frame, reading)) violated(frame[0]);
        }
      },
      closed(code, browserSays) {
        end(
          new PorticoError(
            code,
            code === 'UNREACHABLE'
              ? 'the host is not installed, disabled, or not listening'
              : (browserSays ?? 'the host went away'),
            { data: { browserSays } },
          ),
          code === 'DISCONNECTED' || code === 'CONTEXT_INVALIDATED',
        );
      },
    });
    const writer = createBatchWriter(transport, limits, CLIENT_FOLDING, requests.unsendable);
    output = writer;
    expires = platform.now() + limits.handshake;
    writer.push([HELLO, hello]);
    alarm.at(expires);
    requests.attach(writer, limits.earlyCalls, false);
  };

  let told = false;
  /** What is granted now. Told once for all that a message brings: a page renders anew each time. */
  const inform = (info: SessionInfo): true => {
    control.info = info;
    if (told) return true;
    told = true;
    change('open');
    queueMicrotask(() => {
      told = false;
    });
    return true;
  };

  const closed = (): PorticoError => final ?? new PorticoError('CLOSED', 'the connection was closed');

  const control: Mutable<SessionControl> & { [MACHINE]?: ConnectionMachine } = {
    state: 'dormant',
    info: undefined,
    ready: () =>
      new Promise((resolve, reject) => {
        if (control.info) resolve(control.info);
        else if (control.state === 'closed') soon(() => reject(closed()));
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
      const busy = requests.busy();
      // So that a host with work for us need not guess.
      if (busy) output?.push([GOODBYE, { code: 'CLOSED' }]);
      output?.close();
      output = undefined;
      // The goodbye may have been what told that this script was left behind.
      if (final) return;
      // An error takes a stack with it, which costs as much as closing: none is made where nobody would see it.
      settle('closed', busy || waiters.length || listeners.size ? closed() : undefined);
    },
  };

  const wake = (): void => {
    if (control.state === 'dormant') open();
  };

  const requests = createRequests({
    limits,
    now,
    alarm,
    wake,
    unusable: ({ newer }) =>
      control.state === 'closed' ? closed() : control.info && newer?.(control.info.version),
  });
  const machine = { requests, control, wake, hello };
  control[MACHINE] = machine;
  return machine;
};

/** What {@link createConnection} gives. */
export interface ConnectionMachine {
  readonly requests: Requests;
  readonly control: SessionControl;
  readonly hello: Hello;
  /** Starts a session unless there is one. */
  wake(): void;
}

/**
 * For what is done with a connection by functions of their own: who doesn't call them doesn't carry them. A property,
 * and no WeakMap: those are slow to collect.
 */
const MACHINE = Symbol();

/**
 * The machine behind a connection of this copy of Portico.
 * @throws {PorticoError} INVALID_ARGUMENT for a connection of another copy, as a bundle may have
 */
export const machineOf = (control: SessionControl): ConnectionMachine => {
  const machine = (control as { [MACHINE]?: ConnectionMachine })[MACHINE];
  if (machine) return machine;
  throw new PorticoError('INVALID_ARGUMENT', 'this connection is of another copy of Portico: bundle one');
};
