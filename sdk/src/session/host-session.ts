import type { Account } from '../accounting/account.js';
import { surplusError } from '../accounting/bounds.js';
import { QUESTIONS, type Surplus } from '../accounting/kinds.js';
import { PorticoError, toWire } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import type { Alarm, Clock, Platform, RuntimePort } from '../platform/platform.js';
import { Conversion } from '../protocol/conversion.js';
import { createBatchWriter, HOST_FOLDING } from '../wire/batch-writer.js';
import {
  type Batch,
  CHALLENGE,
  FIRST_IGNORABLE,
  type Frame,
  GOODBYE,
  HELLO,
  PENDING,
  PROOF,
  REFUSE,
  WIRE_VERSION,
} from '../wire/frames.js';
import { type Hello, readHello, takesNativeBytes, welcomeFrame } from '../wire/handshake.js';
import { portTransport } from '../wire/port-transport.js';
import { readBatch } from '../wire/read-batch.js';
import type { Transport } from '../wire/transport.js';
import { Departure } from './departure.js';
import { EarlyFrames } from './early-frames.js';
import type { Answer, EndReason, Interview, SessionHandler } from './interview.js';

export interface HostSessionListener {
  /** What this session holds; closed when it is over. */
  readonly account: Account;
  /** Answers a hello; may take its time: what the client sends meanwhile is held, bounded. Must not throw or reject. */
  answer(hello: Hello, interview: Interview): Answer | Promise<Answer>;
  /** It is over, whether or not it was ever admitted. Exactly once. */
  over(reason: EndReason): void;
}

export interface HostSession {
  /** Ends it from this side, telling the client why. */
  end(error: PorticoError): void;
  /** Ends what took too long; gives the time when to look again. */
  expire(now: number): number;
}

/**
 * Receives a port: waits for the hello, has it answered, and hands the frames on. Call it inside the port's event.
 * @param opened when that was, on the clock
 */
export const openHostSession = (
  port: RuntimePort,
  platform: Clock & Pick<Platform, 'lastError'>,
  alarm: Pick<Alarm, 'at'>,
  limits: Limits,
  opened: number,
  listener: HostSessionListener,
): HostSession => {
  const { account } = listener;
  /** While the rules decide. */
  const early = new EarlyFrames(account, limits);
  let state: 'waiting' | 'deciding' | 'pending' | 'open' | 'leaving' | 'over' = 'waiting';
  /** Takes the body of a PROOF, while one is awaited. */
  let proved: ((body: unknown) => void) | undefined;
  /** Hears that a PENDING was read, until it was. */
  let read: (() => void) | undefined;
  let expires = opened + limits.handshake;
  let handler: SessionHandler | undefined;
  let farewell: EndReason | undefined;
  let afterwards: (() => void) | undefined;
  const departure = new Departure();

  const note = (): void => {
    const run = afterwards;
    afterwards = undefined;
    run?.();
  };

  const over = (reason: EndReason): void => {
    if (state === 'over') return;
    // The port may have died before the welcome left: what is told to have ended has begun.
    note();
    if (state !== 'leaving') handler?.ended(reason);
    state = 'over';
    early.take();
    proved = read = undefined;
    account.close();
    departure.tell();
    listener.over(farewell ?? reason);
  };

  /** Before the welcome a client gets a refusal, after it a goodbye. */
  const end = (error: PorticoError): void => {
    if (state === 'over') return;
    if (state === 'leaving') {
      transport.close();
      over(error);
      return;
    }
    finish([state === 'open' ? GOODBYE : REFUSE, toWire(error)], error);
  };

  const finish = (last: Frame, reason: EndReason): void => {
    writer.push(last);
    writer.close();
    over(reason);
  };

  const violated = (rule: string): void => end(new PorticoError('PROTOCOL_VIOLATION', rule));

  // The port stays until the client closes it: to close it first would cost as much as all the rest. It goes
  // on counting against the limits, so that nobody can pile up ports by saying goodbye.
  const leave = (): void => {
    farewell = { code: 'CLOSED', message: 'the client said goodbye' };
    state = 'leaving';
    handler?.ended(farewell);
    departure.tell();
    expires = platform.now() + limits.handshake;
    alarm.at(expires);
  };

  const readAll = (frames: Batch): void => {
    const reading = new Conversion(limits);
    for (const frame of frames) {
      if (state !== 'open') return;
      const kind = frame[0];
      if (kind === GOODBYE) {
        leave();
        return;
      }
      const broken = (handler as SessionHandler).frame(frame, reading);
      if (broken !== undefined) violated(broken);
    }
  };

  /** Ends it where there is a surplus. */
  const refuse = (surplus: Surplus | undefined): boolean => {
    if (surplus) end(surplusError(surplus));
    return surplus !== undefined;
  };

  const interview: Interview = {
    lasting: departure,
    challenge(body) {
      return new Promise((resolve) => {
        if (state !== 'deciding') return;
        proved = resolve;
        expires = platform.now() + limits.handshake;
        writer.push([CHALLENGE, body]);
      });
    },
    pending(expiresIn) {
      return new Promise((resolve) => {
        if (state !== 'deciding') return;
        state = 'pending';
        // For minutes, perhaps, and perhaps a stranger's: nothing of it is kept.
        early.take();
        account.hold(QUESTIONS);
        read = resolve;
        expires = platform.now() + limits.pending + limits.handshake;
        alarm.at(expires);
        writer.push([PENDING, expiresIn]);
      });
    },
  };

  /** While the rules decide: a proof that was asked for, and what has to wait. */
  const whileDeciding = (frames: Batch): void => {
    const [[kind, body]] = frames as readonly [Frame];
    if (kind !== PROOF || !proved) {
      refuse(early.hold(frames));
      return;
    }
    proved(body);
    proved = undefined;
    if (frames.length > 1) refuse(early.hold(frames.slice(1)));
  };

  /** While a person decides: a goodbye, and the word that the client knows. What came before that is dropped. */
  const whilePending = (frames: Batch): void => {
    for (const [kind] of frames) {
      if (kind === GOODBYE) {
        leave();
        return;
      }
      if (read) {
        if (kind !== PENDING) continue;
        read();
        read = undefined;
      } else if (kind < FIRST_IGNORABLE) {
        violated('nothing may be sent before the welcome while a person is asked');
        return;
      }
    }
  };

  const greet = (frames: Batch): void => {
    const [kind, body] = frames[0] as Frame;
    const hello = kind === HELLO ? readHello(body) : undefined;
    if (!hello) {
      violated('the first frame must be a hello');
      return;
    }
    if (!hello.wire.includes(WIRE_VERSION)) {
      violated(`this host speaks wire version ${WIRE_VERSION}`);
      return;
    }
    state = 'deciding';
    const nativeBytes = takesNativeBytes(hello);
    hello.probe = undefined;
    if (refuse(early.greet(hello))) return;
    const answer = listener.answer(hello, interview);
    const behind = frames.slice(1);
    if (answer instanceof Promise) {
      // A person may be asked already: then nothing is held.
      if (state === 'deciding') {
        // The rules have as long as the hello had.
        expires = platform.now() + limits.handshake;
        refuse(early.hold(behind));
      }
      answer.then(
        (answered) => settle(answered, nativeBytes),
        () => end(new PorticoError('INTERNAL', 'the host could not decide')),
      );
    } else {
      settle(answer, nativeBytes, [behind]);
    }
  };

  const settle = (answer: Answer, nativeBytes: boolean, first: Batch[] = []): void => {
    if (state !== 'deciding' && state !== 'pending') return;
    if ('refused' in answer) {
      finish([REFUSE, answer.refused], {
        code: 'REFUSED',
        message: 'not admitted',
      });
      return;
    }
    if (state === 'pending') account.release(QUESTIONS);
    state = 'open';
    const { welcome, begin } = answer.admitted;
    writer.push(welcomeFrame(welcome, nativeBytes));
    handler = begin({
      writer,
      nativeBytes,
      end,
      afterwards(run) {
        afterwards = run;
      },
    });
    for (const batch of [...first, ...early.take()]) readAll(batch);
  };

  const transport = portTransport(port, platform, {
    batch(message) {
      if (state === 'over' || state === 'leaving') return;
      const frames = readBatch(message, limits);
      if (!frames) violated('a message is a list of frames, and not too many');
      else if (frames.length === 0) return;
      else if (state === 'open') readAll(frames);
      else if (state === 'waiting') greet(frames);
      else if (state === 'pending') whilePending(frames);
      else whileDeciding(frames);
    },
    closed() {
      over({ code: 'DISCONNECTED', message: 'the client went away' });
    },
  });
  const sending: Transport = {
    send(batch) {
      transport.send(batch);
      note();
    },
    close: transport.close,
  };
  const writer = createBatchWriter(sending, limits, HOST_FOLDING, (frame, error) =>
    handler?.unsendable(frame, error),
  );
  const expire = (now: number): number => {
    if (state === 'over') return Number.POSITIVE_INFINITY;
    if (state === 'open') return (handler as SessionHandler).expire(now);
    if (now < expires) return expires;
    end(
      new PorticoError(
        'DEADLINE_EXCEEDED',
        state === 'waiting'
          ? 'no hello came'
          : state === 'pending'
            ? 'nobody answered'
            : 'the rules did not decide',
      ),
    );
    return Number.POSITIVE_INFINITY;
  };
  alarm.at(expires);

  return { end, expire };
};
