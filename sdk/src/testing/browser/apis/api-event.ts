import type { Context } from '../contexts/context.js';
import { ApiError, type Realm } from '../realm/realm.js';

export type Listener = (...args: unknown[]) => unknown;

/** An event of an API in one context. */
export class ApiEvent {
  private readonly listeners = new Set<Listener>();
  /** When the event happened here and nobody listened, in this run of a background. */
  missed = false;

  constructor(
    readonly name: string,
    private readonly context: Context,
  ) {}

  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  get all(): readonly Listener[] {
    return [...this.listeners];
  }

  /** Tells everybody who listens; gives what they gave. */
  dispatch(...args: unknown[]): unknown[] {
    const { context } = this;
    if (context.state !== 'alive') return [];
    if (!this.isHeard) this.missed = true;
    return this.all.map((listener) => context.call(() => listener(...args)));
  }

  /** The object that scripts see. */
  expose(realm: Realm): object {
    const { listeners, context, name } = this;
    const event = realm.toolkit.object();
    const add = (listener: unknown): void => {
      if (typeof listener !== 'function')
        throw new ApiError(`Error in invocation of ${name}.addListener: a function is expected`, 'TypeError');
      listeners.add(listener as Listener);
      this.heard();
    };
    return Object.assign(event, {
      addListener: realm.fn('addListener', add),
      removeListener: realm.fn('removeListener', (listener: Listener) => void listeners.delete(listener)),
      hasListener: realm.fn('hasListener', (listener: Listener) => listeners.has(listener)),
      hasListeners: realm.fn('hasListeners', () => context.state === 'alive' && this.isHeard),
    });
  }

  /** The browser remembers for which events it has to start a background. */
  private heard(): void {
    const { context, name } = this;
    if (!context.isBackground || !context.extension) return;
    // Firefox remembers what was there after the first turn; Chromium whatever was ever added.
    if (!context.started || context.world.profile.family === 'chromium') context.extension.heard.add(name);
    if (!this.missed) return;
    this.missed = false;
    context.world.report(
      'late-listener',
      context,
      `${name} has a listener only now: what happened before went unheard. Add listeners in the first turn of the script.`,
    );
  }
}

/** The event by its name: made when somebody listens or wants to know. */
export const eventOf = (context: Context, name: string): ApiEvent => {
  const known = context.events.get(name) ?? new ApiEvent(name, context);
  context.events.set(name, known);
  return known;
};
