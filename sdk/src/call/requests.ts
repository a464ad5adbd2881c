import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import { type Alarm, expireLate } from '../platform/alarm.js';
import type { Clock } from '../platform/platform.js';
import { compareVersions } from '../protocol/versions.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { END, ERROR, EVENT, type Frame, RESULT } from '../wire/frames.js';
import { isId } from '../wire/read-batch.js';

/** The session that requests go out on. */
export interface Outlet {
  readonly writer: BatchWriter;
  readonly nativeBytes: boolean;
  /** How many requests may be under way; more wait. */
  readonly window: number;
}

/** A call or a subscription that has not ended. */
export interface Request {
  /** `capability.member`. */
  readonly path: string;
  /** The version that brought the member, if not the first of its major. */
  readonly since: string | undefined;
  /** When to give up; `Infinity` for never. */
  expires: number;
  /** 0 while it waits to be sent. */
  id: number;
  send(outlet: Outlet): void;
  /** The kind of the frame that tells the host that nobody waits any more. */
  readonly cancel: number;
  /** It is over. With `mayHaveRun`, the host may have begun on it. */
  fail(error: PorticoError, mayHaveRun?: boolean): void;
  /** Takes the abort listener away. */
  release?: () => void;
  result?(value: unknown): void;
  event?(number: number, payload: unknown): void;
}

/** What a connection's requests have in common. They outlive sessions only while nothing of them has arrived. */
export interface Requests {
  readonly limits: ClientLimits;
  readonly clock: Clock;
  /** Sends it, or keeps it until it can be sent. An abort or a deadline withdraws it. */
  add(request: Request, signal?: AbortSignal): void;
  /** Takes it out of the books; false when it has been before. */
  remove(request: Request): boolean;
  /** Takes it out, tells the host, and fails it. */
  withdraw(request: Request, error: PorticoError): void;
  /** Sends what waits, now and from now on, on this session. */
  attach(outlet: Outlet): void;
  /** The session ended: its requests wait for the next one (`keep`), or fail. */
  detach(error: PorticoError, keep: boolean, mayHaveRun: boolean): void;
  /** RESULT, ERROR, EVENT and END. Gives what rule they break, if any. */
  frame(frame: Frame): string | undefined;
  /** A frame of ours that the browser would not take. */
  unsendable(frame: Frame, cause: unknown): void;
  /** Fails the requests whose member is newer than the version. */
  failNewer(version: string): void;
  /** Moves every deadline: time that a person took is nobody's delay. */
  postpone(by: number): void;
  /** Ends what is late; gives the next deadline. */
  expire(now: number): number;
  /** The session, if there is one. Set by `attach` and `detach` alone. */
  outlet: Outlet | undefined;
  busy(): boolean;
}

/** Why a member can't be used in a session of this version, if so. */
export const tooNew = (
  { path, since }: Pick<Request, 'path' | 'since'>,
  version: string | undefined,
): PorticoError | undefined =>
  since && version && compareVersions(since, version) > 0
    ? new PorticoError('MEMBER_TOO_NEW', `${path} came with ${since}; the host speaks ${version}`)
    : undefined;

/** The rule that such a frame breaks. */
const OUT_OF_PLACE = 'an answer to no request';

export const createRequests = (alarm: Pick<Alarm, 'at'>, limits: ClientLimits, clock: Clock): Requests => {
  const sent = new Map<number, Request>();
  // A Set keeps the order and lets an aborted one leave from the middle.
  const waiting = new Set<Request>();
  let highest = 0;

  // Those that wait go first: when one that was sent leaves, the next takes its place, unless it has gone, too.
  const all = (): Request[] => [...waiting, ...sent.values()];

  /** How many of those sent are calls. Subscriptions stay: if they counted, calls would wait for ever. */
  let calls = 0;
  const mayGo = (request: Request, to: Outlet): boolean => !request.result || calls < to.window;

  const pump = (): void => {
    for (const request of waiting) {
      const { outlet } = requests;
      if (!outlet || !mayGo(request, outlet)) return;
      waiting.delete(request);
      send(request, outlet);
    }
  };
  const send = (request: Request, to: Outlet): void => {
    request.id = ++highest;
    sent.set(highest, request);
    if (request.result) calls++;
    request.send(to);
  };

  const remove = (request: Request): boolean => {
    const waited = waiting.delete(request);
    const found = waited || sent.get(request.id) === request;
    if (found) {
      sent.delete(request.id);
      if (!waited && request.result) calls--;
      request.release?.();
    }
    if (waiting.size > 0) pump();
    return found;
  };

  const withdraw = (request: Request, error: PorticoError): void => {
    if (!remove(request)) return;
    if (request.id !== 0) requests.outlet?.writer.push([request.cancel, request.id]);
    request.fail(error);
  };

  const requests: Requests = {
    limits,
    clock,
    outlet: undefined,
    remove,
    withdraw,
    add(request, signal) {
      const aborted = (): PorticoError =>
        new PorticoError('ABORTED', `${request.path} was aborted`, { cause: signal?.reason });
      if (signal?.aborted) {
        request.fail(aborted());
        return;
      }
      if (signal) {
        const abort = (): void => withdraw(request, aborted());
        signal.addEventListener('abort', abort);
        request.release = () => signal.removeEventListener('abort', abort);
      }
      const { outlet } = requests;
      if (outlet && waiting.size === 0 && mayGo(request, outlet)) send(request, outlet);
      else waiting.add(request);
      alarm.at(request.expires);
    },
    attach(next) {
      requests.outlet = next;
      pump();
    },
    detach(error, keep, mayHaveRun) {
      requests.outlet = undefined;
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
          request.fail(error, arrived);
        }
      }
    },
    frame(frame) {
      const [kind, id, body] = frame as unknown as [number, number, unknown];
      // A structured clone can bring a BigInt: nothing is reckoned with it before it is known to be an id.
      if (!isId(id) || (kind === RESULT ? id + frame.length - 3 : id) > highest) return OUT_OF_PLACE;
      if (kind === EVENT) {
        if (!isId(body)) return OUT_OF_PLACE;
        for (let i = 3; i < frame.length; i++) sent.get(id)?.event?.(body + i - 3, frame[i]);
      } else if (kind === RESULT) {
        for (let i = 2; i < frame.length; i++) sent.get(id + i - 2)?.result?.(frame[i]);
      } else if (kind === ERROR || kind === END) {
        const request = sent.get(id);
        // Each ends its own sort: an END has no declared errors, and a subscription could not read them.
        if (request?.[kind === ERROR ? 'result' : 'event'] && remove(request))
          request.fail(fromWire(body, kind === ERROR));
      } else return OUT_OF_PLACE;
      return undefined;
    },
    unsendable([, id], cause) {
      const request = sent.get(id as number);
      if (request && remove(request)) {
        request.fail(
          new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry it', {
            cause,
            data: { limit: 'valueSize' },
          }),
        );
      }
    },
    failNewer(version) {
      for (const request of all()) {
        const error = tooNew(request, version);
        if (error) withdraw(request, error);
      }
    },
    postpone(by) {
      for (const request of all()) request.expires += by;
    },
    expire: (now) =>
      expireLate(all(), now, (late) =>
        withdraw(late, new PorticoError('DEADLINE_EXCEEDED', `${late.path} took too long`)),
      ),
    busy: () => sent.size + waiting.size > 0,
  };
  return requests;
};
