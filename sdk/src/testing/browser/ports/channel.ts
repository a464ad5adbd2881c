import { eventOf } from '../apis/api-event.js';
import type { Context } from '../contexts/context.js';
import type { Format } from '../profile.js';
import type { Packed } from '../realm/copy.js';
import { createLane, type Lane } from '../scheduler/scheduler.js';
import { PortEnd } from './port-end.js';
import { formatOf, type Receivers, type Route, resolveReceivers } from './routes.js';
import { senderOf } from './senders.js';

/** The last of a port, and why, if the browser says so. */
interface End {
  readonly why: string | undefined;
}

/** What goes from the opener to its receivers, in order; the end is the last of it. */
type Item = Packed | End;

const isEnd = (item: Item): item is End => 'why' in item;

/** A port with its two ends, or more: the one that called `connect`, and those whose listeners got it. */
export class Channel {
  readonly number: number;
  readonly format: Format;
  readonly opener: PortEnd;
  private readonly receivers = new Map<PortEnd, { readonly to: Lane; readonly from: Lane }>();
  /** To the opener, from the browser itself. */
  private readonly fromBrowser: Lane;
  /** All that was sent, for those who have not answered yet whether they listen; then nothing more. */
  private early: Item[] | undefined = [];
  private closed = false;

  constructor(
    readonly context: Context,
    readonly name: string,
    private readonly route: Route,
  ) {
    this.number = context.world.number('port');
    this.format = formatOf(context, route);
    this.fromBrowser = createLane(`port ${this.number}, opening`);
    this.opener = new PortEnd(context, this, undefined);
    const { trace, scheduler } = context.world;
    trace.write(context.name, `port ${this.number} "${name}" to ${route.label}`);
    scheduler.post(this.fromBrowser, `port ${this.number} opens`, () =>
      resolveReceivers(context, route, 'connect', (found) => this.ask(found)),
    );
  }

  /** Whether all who received it are gone: the opener will be told. */
  get isEnding(): boolean {
    return !this.closed && this.receivers.size === 0 && !this.early;
  }

  /** Sends what one end posted. */
  send(end: PortEnd, packed: Packed): void {
    const lanes = this.receivers.get(end);
    if (end === this.opener) this.sendToReceivers(packed);
    else if (lanes && !this.closed)
      this.post(lanes.from, 'a message', () => {
        if (!this.closed) this.opener.deliver(packed);
      });
  }

  /** One end is gone: by its own will, or because its context is. */
  leave(end: PortEnd, how: 'disconnected' | 'lost', why?: string): void {
    if (this.closed) return;
    if (end === this.opener) this.sendToReceivers({ why });
    const lanes = this.receivers.get(end);
    if (!lanes) return;
    const isFirefox = this.context.world.profile.family === 'firefox';
    if (how === 'lost' && !isFirefox) {
      this.receivers.delete(end);
      // The channel lives as long as anybody is at its other end.
      if (this.receivers.size > 0 || this.early) return;
    }
    this.post(lanes.from, 'the end', () => this.close(end, why));
  }

  /** Asks everybody who may listen. */
  private ask({ contexts, event, failure }: Receivers): void {
    const { noReceiver } = this.context.world.profile.texts;
    let open = contexts.length;
    const answered = (): void => {
      if (--open > 0) return;
      this.early = undefined;
      if (this.receivers.size === 0 && !this.closed) this.fail(noReceiver);
    };
    if (open === 0) this.fail(failure ?? noReceiver);
    for (const context of contexts) {
      const to = createLane(`port ${this.number} to ${context.name}`);
      this.post(to, event, () => {
        this.offer(context, event, to);
        answered();
      });
    }
  }

  private offer(context: Context, event: string, to: Lane): void {
    const heard = eventOf(context, event);
    if (context.state !== 'alive' || this.closed) return;
    context.extension?.background.touchBy(context);
    if (!heard.isHeard) {
      heard.missed = true;
      return;
    }
    const end = new PortEnd(context, this, senderOf(this.context, this.route, context));
    const from = createLane(`port ${this.number} from ${context.name}`);
    this.receivers.set(end, { to, from });
    for (const item of this.early ?? []) this.pass(end, to, item);
    context.world.trace.write(context.name, `${event} brings port ${this.number} "${this.name}"`);
    heard.dispatch(end.object);
  }

  private sendToReceivers(item: Item): void {
    this.early?.push(item);
    for (const [end, { to }] of this.receivers) this.pass(end, to, item);
  }

  private pass(end: PortEnd, to: Lane, item: Item): void {
    this.post(to, isEnd(item) ? 'the end' : 'a message', () => {
      if (isEnd(item)) end.end(item.why);
      else end.deliver(item);
    });
  }

  /** No receiver, and why. */
  private fail(text: string): void {
    this.early = undefined;
    this.closed = true;
    this.post(this.fromBrowser, 'no receiver', () => this.opener.end(text));
  }

  /** A receiver has ended it, for the opener and for the other receivers: Chromium doesn't tell these. */
  private close(by: PortEnd, why: string | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.opener.end(why);
    if (this.context.world.profile.family === 'chromium') return;
    for (const [end, { to }] of this.receivers) if (end !== by) this.post(to, 'the end', () => end.end());
  }

  private post(lane: Lane, label: string, run: () => void): void {
    this.context.world.scheduler.post(lane, `port ${this.number}: ${label}`, run);
  }
}
