import type { ErrorCode } from '../errors/codes.js';
import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import type { Alarm } from '../platform/alarm.js';
import type { ConnectInfo, Platform, Target } from '../platform/platform.js';
import { beginMessage } from '../protocol/conversion.js';
import { compareVersions, isVersion, lineOf } from '../protocol/versions.js';
import { type BatchWriter, createBatchWriter } from '../wire/batch-writer.js';
import { FIRST_IGNORABLE, type Frame, GOODBYE, HELLO, REFUSE, WELCOME } from '../wire/frames.js';
import { type Hello, readWelcome, type Welcome } from '../wire/handshake.js';
import { portTransport } from '../wire/port-transport.js';
import { readBatch } from '../wire/read-batch.js';
import type { CloseReason } from '../wire/transport.js';

/** What a client's session tells its owner. */
export interface ClientSessionListener {
  welcome(welcome: Welcome): void;
  /** A frame after the welcome. Gives what rule it breaks, if any. */
  frame(frame: Frame): string | undefined;
  /** Exactly once, and last, unless this side closed. */
  ended(error: PorticoError): void;
  /** A frame of ours that the browser would not take. */
  unsendable(frame: Frame, error: unknown): void;
}

export interface ClientSession {
  readonly writer: BatchWriter;
  /** Ends it from this side; `ended` is not told. With `farewell` it says goodbye, so that a host with work for us need not guess. */
  close(farewell: boolean): void;
  /** Gives up a handshake that took too long; gives the time when to look again. */
  expire(now: number): number;
}

/**
 * Opens a port and greets. The hello leaves with whatever else is written in the same turn.
 * Throws what the browser throws for ids of a wrong form.
 */
export const openClientSession = (
  platform: Platform,
  alarm: Pick<Alarm, 'at'>,
  target: Target,
  info: ConnectInfo,
  hello: Hello,
  limits: Limits,
  listener: ClientSessionListener,
): ClientSession => {
  const expires = platform.now() + limits.handshake;
  let state: 'greeting' | 'open' | 'over' = 'greeting';

  const end = (error: PorticoError): void => {
    if (state === 'over') return;
    state = 'over';
    listener.ended(error);
  };

  const violated = (rule: string): void => {
    const error = new PorticoError('PROTOCOL_VIOLATION', `the host broke the protocol: ${rule}`);
    close(true, error.code);
    listener.ended(error);
  };

  const read = (frame: Frame): string | undefined => {
    const [kind, body] = frame;
    if (kind >= FIRST_IGNORABLE) return undefined;
    if (kind === GOODBYE || (kind === REFUSE && state === 'greeting')) {
      transport.close();
      const said = fromWire(body);
      end(
        kind === GOODBYE && said.code === 'INTERNAL'
          ? new PorticoError('DISCONNECTED', 'the host ended the session', { cause: said })
          : said,
      );
      return undefined;
    }
    if (state === 'open') return listener.frame(frame);
    const welcome = kind === WELCOME ? readWelcome(body, limits) : undefined;
    if (!welcome || !answers(welcome, hello)) return 'no welcome';
    state = 'open';
    listener.welcome(welcome);
    return undefined;
  };

  const transport = portTransport(platform.connect(target, info), platform, {
    batch(message) {
      const frames = readBatch(message, limits);
      if (typeof frames === 'string') {
        violated(frames);
        return;
      }
      beginMessage(limits);
      for (const frame of frames) {
        if (state === 'over') return;
        const broken = read(frame);
        if (broken !== undefined) violated(broken);
      }
    },
    closed(reason, detail) {
      end(outcomeOf(reason, detail, state));
    },
  });

  const writer = createBatchWriter(transport, limits, listener.unsendable);
  const close = (farewell: boolean, code: ErrorCode = 'CLOSED'): void => {
    if (state === 'over') return;
    state = 'over';
    if (farewell) writer.push([GOODBYE, { code }]);
    writer.flush();
    transport.close();
  };

  writer.push([HELLO, { ...hello, probe: new Uint8Array([80]) }]);
  const expire = (now: number): number => {
    if (state !== 'greeting') return Number.POSITIVE_INFINITY;
    if (now < expires) return expires;
    transport.close();
    end(
      new PorticoError(
        'HANDSHAKE_TIMEOUT',
        `something listens, but no answer to the hello came in ${limits.handshake} ms`,
      ),
    );
    return Number.POSITIVE_INFINITY;
  };

  alarm.at(expires);
  return { writer, close, expire };
};

/** Whether a welcome settles on what the hello offered: nobody negotiates a version that is newer, or none. */
const answers = ({ wire, version }: Welcome, hello: Hello): boolean =>
  hello.wire.includes(wire) &&
  isVersion(version) &&
  hello.versions.some(
    (offered) => lineOf(offered) === lineOf(version) && compareVersions(version, offered) <= 0,
  );

/** The typed outcome of a port's end. Before the welcome, "closed" means that somebody was there and hung up. */
const outcomeOf = (reason: CloseReason, detail: string | undefined, state: string): PorticoError => {
  const data = detail === undefined ? undefined : { browserSays: detail };
  switch (reason) {
    case 'unreachable':
      return new PorticoError('UNREACHABLE', 'the host is not installed, disabled, or not listening', {
        data,
      });
    case 'serialization':
      return new PorticoError(
        'SERIALIZATION_MISMATCH',
        'the two manifests differ in message_serialization: remove it from both, or ask the host to',
        { data },
      );
    case 'unsupported':
      return new PorticoError(
        'UNSUPPORTED_BROWSER',
        'this browser does not let extensions talk to each other',
        { data },
      );
    default:
      return new PorticoError(
        'DISCONNECTED',
        state === 'open' ? 'the host went away' : 'the host hung up without an answer',
        {
          data,
        },
      );
  }
};
