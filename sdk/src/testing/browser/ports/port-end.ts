import { ApiEvent } from '../apis/api-event.js';
import type { Context } from '../contexts/context.js';
import { describe, PackError, type Packed, pack, unpack } from '../realm/copy.js';
import { ApiError } from '../realm/realm.js';
import type { Channel } from './channel.js';

/** One end of a port, and the object that a script holds of it. */
export class PortEnd {
  readonly object: Record<string, unknown>;
  /** Ended by either side, or by the browser. */
  private open = true;
  /** The page was put away: the port is gone, and the page doesn't know. */
  private gone = false;
  /** The script was left behind: nothing arrives any more, and neither side knows as long as the page is there. */
  private left = false;
  private readonly onMessage: ApiEvent;
  private readonly onDisconnect: ApiEvent;

  constructor(
    readonly context: Context,
    private readonly channel: Channel,
    sender: object | undefined,
  ) {
    const { realm, world } = context;
    this.onMessage = new ApiEvent('Port.onMessage', context);
    this.onDisconnect = new ApiEvent('Port.onDisconnect', context);
    this.object = Object.assign(realm.toolkit.object(), {
      name: channel.name,
      ...(sender ? { sender: realm.adopt(sender) } : {}),
      ...(world.profile.family === 'firefox' ? { error: null } : {}),
      postMessage: realm.fn('postMessage', (message: unknown) => this.post(message)),
      disconnect: realm.fn('disconnect', () => this.disconnect()),
      onMessage: this.onMessage.expose(realm),
      onDisconnect: this.onDisconnect.expose(realm),
    });
    context.ports.add(this);
  }

  get isOpen(): boolean {
    return this.open && !this.gone;
  }

  private post(message: unknown): void {
    const { context, channel } = this;
    const { profile, trace } = context.world;
    if (context.isOrphan) throw new ApiError(profile.texts.invalidated);
    if (!this.open) throw new ApiError(profile.texts.deadPort);
    const packed = packOrThrow(message, channel, context);
    if (this.gone || context.state !== 'alive') return;
    trace.write(context.name, lineFor(`port ${channel.number} posts`, packed));
    channel.send(this, packed);
  }

  private disconnect(): void {
    if (this.context.isOrphan) throw new ApiError(this.context.world.profile.texts.invalidated);
    if (!this.open) return;
    this.open = false;
    this.context.ports.delete(this);
    if (this.gone || this.context.state !== 'alive') return;
    this.context.world.trace.write(this.context.name, `port ${this.channel.number} disconnects`);
    this.channel.leave(this, 'disconnected');
  }

  /** A message has arrived. */
  deliver(packed: Packed): void {
    const { context, channel } = this;
    // A port of a page that is put away drops what comes.
    if (!this.isOpen || this.left || context.state !== 'alive') return;
    context.world.trace.write(context.name, lineFor(`port ${channel.number} gets`, packed));
    context.extension?.background.touchBy(context);
    this.onMessage.dispatch(unpack(packed, context.realm), this.object);
  }

  /** The other side has ended it, or the browser, which then says why. */
  end(text?: string): void {
    if (!this.open) return;
    this.open = false;
    const { context, channel, object } = this;
    context.ports.delete(this);
    if (this.gone || this.left || context.state !== 'alive') return;
    context.world.trace.write(context.name, `port ${channel.number} is closed${text ? `: ${text}` : ''}`);
    const tell = (): void => void this.onDisconnect.dispatch(object);
    if (text !== undefined && context.world.profile.family === 'chromium')
      context.callWithLastError(text, tell);
    else {
      if (text !== undefined) object['error'] = context.realm.error(new ApiError(text));
      tell();
    }
  }

  /** The context is gone. */
  lose(): void {
    if (!this.open) return;
    this.open = false;
    this.context.ports.delete(this);
    if (!this.gone) this.channel.leave(this, 'lost');
  }

  /** The extension leaves its content script behind, which is told of ports to that extension alone. */
  leaveBehind(): void {
    this.left = !this.channel.isEnding;
  }

  /** The page is put away, and the browser closes its ports without telling it. */
  putAway(): void {
    if (!this.isOpen) return;
    this.gone = true;
    this.channel.leave(this, 'lost', this.context.world.profile.texts.putAway);
  }
}

const lineFor = (what: string, packed: Packed): string | (() => string) => {
  const described = describe(packed);
  return typeof described === 'string' ? `${what} ${described}` : () => `${what} ${described()}`;
};

const packOrThrow = (message: unknown, { format }: Channel, { world }: Context): Packed => {
  try {
    return pack(message, format, world.profile);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    const isClone = world.profile.family === 'firefox';
    throw new ApiError(error.message, isClone ? 'DataCloneError' : 'Error');
  }
};
