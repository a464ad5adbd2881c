import { type ApiEvent, eventOf } from '../apis/api-event.js';
import { checkAlive } from '../apis/methods.js';
import type { Context } from '../contexts/context.js';
import { describe, PackError, type Packed, pack, unpack } from '../realm/copy.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { createLane } from '../scheduler/scheduler.js';
import { formatOf, type Route, resolveReceivers } from './routes.js';
import { senderOf } from './senders.js';

/** How a message came out. */
type Answer = (error: string | undefined, response?: Packed) => void;

/** `sendMessage`: one message, and at most one answer to it. */
export const sendMessage = (
  context: Context,
  realm: Realm,
  route: Route,
  message: unknown,
  callback: ((response?: unknown) => void) | undefined,
): unknown => {
  checkAlive(context);
  const packed = packOr(message, context, route);
  const { promise, resolve, reject } = realm.deferred();
  const { world } = context;
  world.trace.write(context.name, `sends ${textOf(packed)} to ${route.label}`);
  const answers = createLane(`an answer to ${context.name}`);
  const answer: Answer = (error, response) => {
    context.post(answers, 'an answer', () => {
      const value = response && unpack(response, realm);
      if (error === undefined) {
        if (callback) context.call(() => callback(value));
        else resolve(value);
      } else if (callback) context.callWithLastError(error, () => context.call(() => callback()));
      else reject(realm.error(new ApiError(error)));
    });
  };
  new Exchange(context, route, packed, answer).begin();
  return callback ? undefined : promise;
};

const packOr = (message: unknown, context: Context, route?: Route): Packed => {
  try {
    return pack(message, formatOf(context, route), context.world.profile);
  } catch (error) {
    if (error instanceof PackError) throw new ApiError(error.message);
    throw error;
  }
};

const textOf = (packed: Packed): string => {
  const described = describe(packed);
  return typeof described === 'string' ? described : described();
};

/** One message on its way to all who listen. */
class Exchange {
  private answered = false;
  /** Listeners that have said that they will answer, and have not yet. */
  private promised = 0;
  /** Contexts that have not been asked yet. */
  private open = 0;
  private heard = false;
  /** A context that had promised an answer is gone. */
  private lost = false;

  constructor(
    private readonly context: Context,
    private readonly route: Route,
    private readonly message: Packed,
    private readonly answer: Answer,
  ) {}

  begin(): void {
    const { context, route } = this;
    const { scheduler, profile } = context.world;
    const lane = createLane(`a message of ${context.name}`);
    scheduler.post(lane, 'is sent', () =>
      resolveReceivers(context, route, 'message', ({ contexts, event, failure }) => {
        if (failure !== undefined || contexts.length === 0)
          return this.settle(failure ?? profile.texts.noReceiver);
        this.open = contexts.length;
        for (const each of contexts)
          scheduler.post(createLane(`a message to ${each.name}`), event, () => this.give(each, event));
      }),
    );
  }

  private give(receiver: Context, event: string): void {
    this.open--;
    const listening = eventOf(receiver, event);
    if (receiver.state === 'alive' && listening.isHeard) this.ask(receiver, listening);
    else if (receiver.state === 'alive') listening.missed = true;
    this.finishIfOver();
  }

  private ask(receiver: Context, listening: ApiEvent): void {
    this.heard = true;
    const { realm, extension } = receiver;
    extension?.background.touchBy(receiver);
    receiver.world.trace.write(receiver.name, `${listening.name} brings ${textOf(this.message)}`);
    const sender = realm.adopt(senderOf(this.context, this.route, receiver));
    const message = unpack(this.message, realm);
    for (const listener of listening.all) {
      const turn = new Turn(
        receiver,
        (value) => this.respond(receiver, value),
        () => this.forget(),
      );
      const respond = realm.fn('sendResponse', (value: unknown) => turn.respond(value));
      const result = receiver.call(() => listener(message, sender, respond));
      if (result !== true && !isThenable(result)) continue;
      this.promised++;
      turn.hold();
      if (isThenable(result))
        result.then(
          (value) => turn.respond(value),
          () => turn.respond(undefined),
        );
    }
  }

  private respond(receiver: Context, value: unknown): void {
    if (receiver.state === 'alive') this.settle(undefined, packOr(value, receiver));
  }

  private forget(): void {
    this.promised--;
    this.lost = true;
    this.finishIfOver();
  }

  private finishIfOver(): void {
    if (this.open > 0 || this.promised > 0) return;
    const { texts } = this.context.world.profile;
    if (!this.heard) this.settle(texts.noReceiver);
    else this.settle(this.lost ? texts.channelClosed : undefined);
  }

  private settle(error: string | undefined, response?: Packed): void {
    if (this.answered) return;
    this.answered = true;
    this.answer(error, response);
  }
}

/** One listener's chance to answer. */
class Turn {
  private over = false;
  private release: () => void = () => {};
  private forget: () => void = () => {};

  constructor(
    private readonly receiver: Context,
    private readonly give: (value: unknown) => void,
    private readonly gone: () => void,
  ) {}

  /** The background stays as long as it owes an answer. */
  hold(): void {
    this.release = this.receiver.extension?.background.hold(this.receiver) ?? (() => {});
    this.forget = this.receiver.onEnd(() => {
      if (this.over) return;
      this.over = true;
      this.gone();
    });
  }

  respond(value: unknown): void {
    if (this.over) return;
    this.over = true;
    this.forget();
    this.release();
    this.give(value);
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
