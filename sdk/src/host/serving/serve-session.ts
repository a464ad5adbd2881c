import { createCallee, type ServedMethod } from '../../call/callee.js';
import type { Subscriber } from '../../call/event-source.js';
import { PorticoError, toWire } from '../../errors/portico-error.js';
import type { Limits } from '../../limits/limits.js';
import type { Alarm } from '../../platform/alarm.js';
import type { Clock } from '../../platform/platform.js';
import type { SessionHandler } from '../../session/host-session.js';
import type { BatchWriter } from '../../wire/batch-writer.js';
import {
  CALL,
  CANCEL,
  CREDIT,
  END,
  ERROR,
  type Frame,
  RESULT,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from '../../wire/frames.js';
import { isId } from '../../wire/read-batch.js';
import type { Publication, PublishedMember } from './publication.js';
import type { OwnedSession } from './session.js';

export interface ServingContext {
  readonly publication: Publication;
  readonly session: OwnedSession;
  readonly clock: Clock;
  readonly alarm: Pick<Alarm, 'at'>;
  readonly limits: Limits;
  readonly writer: BatchWriter;
  readonly nativeBytes: boolean;
  /** Told of failures of the host's own code. */
  report(path: string, error: unknown): void;
}

/** Serves one admitted session: finds members among what was granted, and nothing else. */
export const serveSession = (context: ServingContext): SessionHandler => {
  const { publication, session, limits, writer } = context;
  const methods = new Map<string, ServedMethod>();
  const subscriptions = new Map<number, Subscriber>();
  const implementations = new Map<string, () => Readonly<Record<string, unknown>>>();
  let highest = 0;

  const claim = (first: number, count: number): boolean => {
    if (first <= highest) return false;
    highest = first + count - 1;
    return true;
  };

  /** The member of that path, or what to answer: a client that was admitted may know what it was not granted. */
  const lookUp = (path: string): PublishedMember | PorticoError => {
    const member = publication.members.get(path);
    if (!member) return new PorticoError('UNKNOWN_MEMBER', 'this host has no such member');
    return session.grants.has(member.capability)
      ? member
      : new PorticoError('CAPABILITY_REFUSED', `${member.capability} was not granted`);
  };

  /** Runs the provider once, also where it fails: trying again would run half of it twice. */
  const implementationOf = (capability: string): Readonly<Record<string, unknown>> => {
    let implementation = implementations.get(capability);
    if (!implementation) {
      try {
        const made = publication.servings.get(capability)?.provide?.(session) ?? {};
        implementation = () => made;
      } catch (error) {
        implementation = () => {
          throw error;
        };
      }
      implementations.set(capability, implementation);
    }
    return implementation();
  };

  const find = (path: string): ServedMethod | PorticoError => {
    const known = methods.get(path);
    if (known) return known;
    const member = lookUp(path);
    if (member instanceof PorticoError) return member;
    const { capability, name, method, encoder } = member;
    if (!method) return new PorticoError('UNKNOWN_MEMBER', `${path} is no method`);
    // Not spread: that costs more than all the rest of a first call.
    const served: ServedMethod = {
      path: method.path,
      decode: method.decode,
      deadline: method.deadline,
      errors: method.errors,
      encode: encoder(session.grants, context.nativeBytes),
      // The name is the protocol's, never the peer's; definition keeps it off Object.prototype.
      run: (params, call) => {
        const implementation = implementationOf(capability);
        return (implementation[name] as (params: unknown, call: unknown) => unknown).call(
          implementation,
          params,
          call,
        );
      },
    };
    methods.set(path, served);
    return served;
  };

  const callee = createCallee({
    alarm: context.alarm,
    clock: context.clock,
    limits,
    writer,
    find,
    claim,
    report: context.report,
  });

  const subscribe = ([, id, path, credit]: Frame): string | undefined => {
    if (!isId(id) || typeof path !== 'string' || !isId(credit) || !claim(id, 1))
      return 'a malformed SUBSCRIBE';
    const refusal = subscribeTo(path, id, credit);
    if (refusal) writer.push([END, id, toWire(refusal)]);
    return undefined;
  };

  /** Subscribes, or says why not. */
  const subscribeTo = (path: string, id: number, credit: number): PorticoError | undefined => {
    const member = lookUp(path);
    if (member instanceof PorticoError) return member;
    const { source, encoder } = member;
    if (!source) return new PorticoError('UNKNOWN_MEMBER', `${path} is no event`);
    if (subscriptions.size >= limits.subscriptions) {
      return new PorticoError('LIMIT_EXCEEDED', 'too many subscriptions', {
        data: { limit: 'subscriptions' },
      });
    }
    const encode = encoder(session.grants, context.nativeBytes);
    subscriptions.set(id, source.subscribe(id, { writer, encode }, credit));
    return undefined;
  };

  const unsubscribe = ([, id]: Frame): string | undefined => {
    if (!isId(id) || id > highest) return 'a malformed UNSUBSCRIBE';
    subscriptions.get(id)?.leave();
    subscriptions.delete(id);
    return undefined;
  };

  const addCredit = ([, id, amount]: Frame): string | undefined => {
    if (!isId(id) || id > highest || !isId(amount)) return 'a malformed CREDIT';
    subscriptions.get(id)?.credit(amount);
    return undefined;
  };

  return {
    frame(frame) {
      switch (frame[0]) {
        case CALL:
          return callee.onCall(frame);
        case CANCEL:
          return callee.onCancel(frame);
        case SUBSCRIBE:
          return subscribe(frame);
        case UNSUBSCRIBE:
          return unsubscribe(frame);
        case CREDIT:
          return addCredit(frame);
        default:
          return `no frame of kind ${frame[0]} is expected here`;
      }
    },
    expire: callee.expire,
    unsendable([kind, id]) {
      // An error without its data can always be sent.
      if (kind === RESULT || kind === ERROR) callee.onUnsendable(id as number);
    },
    ended(reason) {
      for (const subscriber of subscriptions.values()) subscriber.leave();
      subscriptions.clear();
      callee.end(reason.code, reason.message);
      session.end(reason);
    },
  };
};
