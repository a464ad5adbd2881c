import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import { beginMessage } from '../protocol/conversion.js';
import { compareVersions, isVersion, lineOf } from '../protocol/versions.js';
import { type BatchWriter, clientFolding, createBatchWriter } from '../wire/batch-writer.js';
import {
  CHALLENGE,
  FIRST_IGNORABLE,
  type Frame,
  GOODBYE,
  HELLO,
  PENDING,
  PROOF,
  REFUSE,
  WELCOME,
} from '../wire/frames.js';
import { type Hello, type Pending, readPending, readWelcome, type Welcome } from '../wire/handshake.js';
import { portTransport } from '../wire/port-transport.js';
import { readBatch } from '../wire/read-batch.js';

/** What a client's session tells its owner. */
export interface ClientSessionListener {
  welcome(welcome: Welcome): void;
  /** A person is being asked. What was sent so far was dropped unread; nothing may be sent before the welcome. */
  pending(pending: Pending): void;
  /** Answers a challenge. Absent where the hello offered no proof. */
  readonly prove?: ((challenge: unknown) => Promise<unknown>) | undefined;
  /** A frame after the welcome. Gives what rule it breaks, if any. */
  frame(frame: Frame): string | undefined;
  /** Exactly once, and last, unless this side closed. With `arrived`, the host may have begun on what was sent. */
  ended(error: PorticoError, arrived: boolean): void;
  /** A frame of ours that the browser would not take. */
  unsendable(frame: Frame, error: unknown): void;
}

export interface ClientSession {
  readonly writer: BatchWriter;
  /** When the handshake is given up; `Infinity` once it is over. */
  readonly expires: number;
  /** Gives up the handshake. */
  giveUp(): void;
  /** Ends it from this side; `ended` is not told. With `farewell` it says goodbye, so that a host with work for us need not guess. */
  close(farewell: boolean): void;
}

/** Greets on a port just opened. The hello leaves with whatever else is written in the same turn. */
export const openClientSession = (
  port: RuntimePort,
  platform: Platform,
  hello: Hello,
  limits: ClientLimits,
  listener: ClientSessionListener,
): ClientSession => {
  let greeted = false;
  let over = false;

  const end = (error: PorticoError, arrived = true): void => {
    if (over) return;
    over = true;
    transport.close();
    listener.ended(error, arrived);
  };

  const violated = (rule: string): void => {
    writer.push([GOODBYE, { code: 'PROTOCOL_VIOLATION' }]);
    writer.flush();
    end(new PorticoError('PROTOCOL_VIOLATION', `the host sent ${rule}`));
  };

  const read = (frame: Frame): string | undefined => {
    const [kind, body] = frame;
    if (kind >= FIRST_IGNORABLE) return undefined;
    if (kind === GOODBYE || (kind === REFUSE && !greeted)) {
      const said = fromWire(body);
      const lost = kind === GOODBYE && said.code === 'INTERNAL';
      // A refusal says that nothing has run of what was sent.
      end(
        lost ? new PorticoError('DISCONNECTED', 'the host ended the session', { cause: said }) : said,
        greeted,
      );
      return undefined;
    }
    if (greeted) return listener.frame(frame);
    if (kind === PENDING) {
      const pending = readPending(body, limits);
      if (!pending) return 'a malformed PENDING';
      listener.pending(pending);
      // So that the host can tell what was sent before this was read from what comes after the welcome.
      writer.push([PENDING]);
      session.expires = platform.now() + Math.min(pending.expiresIn, limits.pending) + limits.handshake;
      return undefined;
    }
    if (kind === CHALLENGE && listener.prove) {
      listener.prove(body).then(
        (proof) => writer.push([PROOF, proof]),
        (error) => end(error as PorticoError, false),
      );
      return undefined;
    }
    const welcome = kind === WELCOME ? readWelcome(body, limits) : undefined;
    if (!welcome || !answers(welcome, hello)) return 'no welcome';
    greeted = true;
    session.expires = Number.POSITIVE_INFINITY;
    listener.welcome(welcome);
    return undefined;
  };

  const transport = portTransport(port, platform, {
    batch(message) {
      const frames = readBatch(message, limits);
      if (typeof frames === 'string') {
        violated(frames);
        return;
      }
      beginMessage(limits);
      for (const frame of frames) {
        if (over) return;
        const broken = read(frame);
        if (broken) violated(broken);
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
        code === 'DISCONNECTED',
      );
    },
  });

  const writer = createBatchWriter(transport, limits, clientFolding, listener.unsendable);
  // No getters in what is made for each session: V8 would make a hidden class for each, which only a full
  // collection frees, with all that it reaches.
  const session = {
    writer,
    expires: platform.now() + limits.handshake,
    giveUp: () =>
      end(new PorticoError('HANDSHAKE_TIMEOUT', `no answer to the hello in ${limits.handshake} ms`)),
    close(farewell: boolean) {
      over = true;
      if (farewell) writer.push([GOODBYE, { code: 'CLOSED' }]);
      writer.flush();
      transport.close();
    },
  };
  writer.push([HELLO, hello]);
  return session;
};

/** Whether a welcome settles on what the hello offered: nobody negotiates a version that is newer, or none. */
const answers = ({ wire, version }: Welcome, hello: Hello): boolean =>
  hello.wire.includes(wire) &&
  isVersion(version) &&
  hello.versions.some(
    (offered) => lineOf(offered) === lineOf(version) && compareVersions(version, offered) <= 0,
  );
