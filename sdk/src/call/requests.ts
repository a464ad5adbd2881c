import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import { expireLate } from '../platform/alarm.js';
import type { Alarm } from '../platform/platform.js';
import { soon } from '../platform/system.js';
import type { Conversion } from '../protocol/conversion.js';
import type { Newer } from '../protocol/parts.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { CALL, CANCEL, END, ERROR, EVENT, type Frame, RESULT, UNSUBSCRIBE } from '../wire/frames.js';
import { isId } from '../wire/read-batch.js';

/** A call or a subscription that has not ended. */
export interface Request {
  /** `capability.member`. */
  readonly path: string;
  /** Why it can't be made in a session of this version, if so. */
  readonly newer: Newer | undefined;
  /** When to give up; `Infinity` for never. */
  readonly expires: number;
  /** 0 while it waits to be sent. */
  id: number;
  /** How it is sent, unless it is a call. */
  send?(writer: BatchWriter): void;
  /** It is about a session that is there: never sent before the welcome, and nothing waits behind it. */
  readonly late?: boolean;
  /** What a call sends. Data: functions cost, for each of a thousand calls, as much as the rest of it. */
  readonly options?: unknown;
  readonly params?: unknown;
  /** What that takes of a batch. */
  readonly weight?: number;
  /** The result came; or an error instead, and with `mayHaveRun` the host may have begun on it. */
  end(error: PorticoError | undefined, mayHaveRun?: boolean, result?: unknown, reading?: Conversion): void;
  /** Subscriptions alone have it, and end with errors alone. */
  event?(number: number, payload: unknown, reading: Conversion): void;
  /** Takes the abort listener away. */
  release?: () => void;
}

/** The connection that requests are of. */
export interface RequestsOwner {
  readonly limits: ClientLimits;
  /** On the clock that deadlines go by. */
  now(): number;
  readonly alarm: Pick<Alarm, 'at'>;
  /** Why a request can't be made now, if so. */
  unusable(request: Request): PorticoError | undefined;
  /** After a request was added: starts a session if there is none. */
  wake(): void;
}

/** What a connection's requests have in common. They outlive sessions only while nothing of them has arrived. */
export interface Requests extends RequestsOwner {
  /** Sends it, or keeps it until it can be sent. An abort or a deadline withdraws it. */
  add(request: Request, signal?: AbortSignal): void;
  /** Takes it out of the books; false when it has been before. */
  remove(request: Request): boolean;
  /** Takes it out, tells the host, and fails it. */
  withdraw(request: Request, error: PorticoError): void;
  /** Sends what waits, now and from now on, with this writer; at most `window` requests may be under way. */
  attach(writer: BatchWriter, window: number, native: boolean, welcomed?: boolean): void;
  /** The session ended: its requests wait for the next one (`keep`), or fail. */
  detach(error: PorticoError, keep: boolean, mayHaveRun: boolean): void;
  /** RESULT, ERROR, EVENT and END. Says whether it keeps the rules. @param reading of the message that it came in */
  frame(frame: Frame, reading: Conversion): boolean;
  /** A frame of ours that the browser would not take. */
  unsendable(frame: Frame, cause: unknown): void;
  /** Fails the requests whose member is newer than the version. */
  failNewer(version: string): void;
  /** Ends what is late; gives the next deadline. */
  expire(now: number): number;
  /** The session's, if there is one. Set by `attach` and `detach` alone. */
  writer: BatchWriter | undefined;
  /** Whether bytes travel as they are. */
  nativeBytes: boolean;
  busy(): boolean;
}

export const createRequests = (owner: RequestsOwner): Requests => {
  const sent = new Map<number, Request>();
  // A Set keeps the order and lets an aborted one leave from the middle.
  const waiting = new Set<Request>();
  let highest = 0;
  let window = 0;
  let isWelcome = false;

  // Those that wait go first: when one that was sent leaves, the next takes its place, unless it has gone, too.
  const all = (): Request[] => [...waiting, ...sent.values()];

  /** How many of those sent are calls. Subscriptions stay: if they counted, calls would wait for ever. */
  let calls = 0;
  /** Sends it if it may go now. */
  const send = (request: Request): boolean => {
    const { writer } = requests;
    if (!writer || (!request.event && calls >= window) || (request.late && !isWelcome)) return false;
    if (!request.event) calls++;
    request.id = ++highest;
    sent.set(highest, request);
    if (request.send) request.send(writer);
    else writer.push([CALL, highest, request.path, request.options, request.params], request.weight);
    return true;
  };
  const pump = (): void => {
    for (const request of waiting) {
      if (send(request)) waiting.delete(request);
      else if (!request.late) return;
    }
  };

  const remove = (request: Request): boolean => {
    const waited = waiting.delete(request);
    const found = waited || sent.get(request.id) === request;
    if (found) {
      sent.delete(request.id);
      if (!waited && !request.event) calls--;
      request.release?.();
    }
    if (waiting.size > 0) pump();
    return found;
  };
  const end = (
    request: Request | undefined,
    error?: PorticoError,
    result?: unknown,
    reading?: Conversion,
  ): void => {
    if (request && remove(request)) request.end(error, false, result, reading);
  };

  const withdraw = (request: Request, error: PorticoError): void => {
    // Behind what takes its place, but that is another id.
    if (sent.get(request.id) === request)
      requests.writer?.push([request.event ? UNSUBSCRIBE : CANCEL, request.id]);
    end(request, error);
  };

  const requests: Requests = {
    ...owner,
    writer: undefined,
    nativeBytes: false,
    remove,
    withdraw,
    add(request, signal) {
      const aborted = (): PorticoError =>
        new PorticoError('ABORTED', `${request.path} was aborted`, { cause: signal?.reason });
      const error = signal?.aborted ? aborted() : owner.unusable(request);
      if (error) {
        soon(() => request.end(error));
        return;
      }
      if (signal) {
        const abort = (): void => withdraw(request, aborted());
        signal.addEventListener('abort', abort);
        request.release = () => signal.removeEventListener('abort', abort);
      }
      if (waiting.size > 0 || !send(request)) {
        waiting.add(request);
        pump();
      }
      owner.alarm.at(request.expires);
      // Now that it is in the books: if there is no connecting at all, it fails with the rest.
      owner.wake();
    },
    attach(writer, most, native, welcomed = false) {
      requests.writer = writer;
      isWelcome = welcomed;
      requests.nativeBytes = native;
      window = most;
      pump();
    },
    detach(error, keep, mayHaveRun) {
      requests.writer = undefined;
      requests.nativeBytes = false;
      highest = calls = 0;
      const ended = [...sent.values(), ...waiting];
      sent.clear();
      waiting.clear();
      for (const request of ended) {
        const arrived = mayHaveRun && request.id !== 0;
        request.id = 0;
        if (keep) waiting.add(request);
        else {
          request.release?.();
          request.end(error, arrived);
        }
      }
    },
    frame(frame, reading) {
      const [kind, id, body] = frame as unknown as [number, number, unknown];
      // A structured clone can bring a BigInt: nothing is reckoned with it before it is known to be an id.
      if (!isId(id) || (kind === RESULT ? id + frame.length - 3 : id) > highest) return false;
      const request = sent.get(id);
      if (kind === EVENT) {
        if (!isId(body) || !isId(body + Math.max(frame.length - 4, 0))) return false;
        // Asked for anew each time: an event may be the last.
        for (let i = 3; i < frame.length; i++) sent.get(id)?.event?.(body + i - 3, frame[i], reading);
      } else if (kind === RESULT) {
        for (let i = 2; i < frame.length; i++) {
          const answered = sent.get(id + i - 2);
          if (!answered?.event) end(answered, undefined, frame[i], reading);
        }
      } else if (kind === ERROR) {
        // Each ends its own sort: an END has no declared errors, and a subscription could not read them.
        // Only where it is awaited: a small message can name one ERROR many thousand times.
        if (request && !request.event) end(request, fromWire(body, true), undefined, reading);
      } else if (kind !== END) return false;
      else if (request?.event) end(request, fromWire(body));
      return true;
    },
    unsendable([, id], cause) {
      end(
        sent.get(id as number),
        new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry it', {
          cause,
          data: { limit: 'valueSize' },
        }),
      );
    },
    failNewer(version) {
      for (const request of all()) {
        const error = request.newer?.(version);
        if (error) withdraw(request, error);
      }
    },
    expire: (now) =>
      expireLate(all(), now, (late) =>
        withdraw(late, new PorticoError('DEADLINE_EXCEEDED', `${late.path} took too long`)),
      ),
    busy: () => sent.size + waiting.size > 0,
  };
  return requests;
};
