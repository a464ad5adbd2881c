import type { RuntimePort, SenderFacts } from '../platform/platform.js';

/** One end's listeners. */
class Emitter<A extends unknown[]> {
  private readonly listeners: ((...args: A) => void)[] = [];
  addListener(listener: (...args: A) => void): void {
    this.listeners.push(listener);
  }
  emit(...args: A): void {
    for (const listener of this.listeners) listener(...args);
  }
}

interface MemoryPort extends RuntimePort {
  readonly onMessage: Emitter<[message: unknown]>;
  readonly onDisconnect: Emitter<[port: RuntimePort]>;
  receive(message: unknown): void;
  drop(): void;
}

/** How a message is copied on its way, as the browsers do it. */
export type Serialization = 'json' | 'structured-clone';

const COPY: Readonly<Record<Serialization, (message: unknown) => unknown>> = {
  json(message) {
    const text = JSON.stringify(message);
    if (text === undefined) throw new TypeError('Could not serialize message.');
    return JSON.parse(text);
  },
  'structured-clone': (message) => structuredClone(message),
};

/**
 * Two connected ports in one process. Messages are copied at once and delivered in order, each in a task
 * of its own; `disconnect` is told to the other end only; a closed port throws on posting. As
 * in the browsers, what has been posted before a disconnect still arrives.
 */
export const memoryPorts = (
  name: string,
  sender: SenderFacts,
  serialization: Serialization,
): { readonly client: RuntimePort; readonly host: RuntimePort } => {
  // A real task, not a microtask: batching must be seen to work across turns.
  const channel: (() => void)[] = [];
  const deliver = (run: () => void): void => {
    channel.push(run);
    setImmediateOrTimeout(() => channel.shift()?.());
  };
  const createEnd = (other: () => MemoryPort, own: Partial<RuntimePort>): MemoryPort => {
    // Each end learns of the other's disconnect when it is told: what it posts until then is lost in silence.
    let open = true;
    const end: MemoryPort = {
      name,
      ...own,
      onMessage: new Emitter(),
      onDisconnect: new Emitter(),
      postMessage(message) {
        if (!open) throw new Error('Attempting to use a disconnected port object');
        const copy = COPY[serialization](message);
        deliver(() => other().receive(copy));
      },
      disconnect() {
        if (!open) return;
        open = false;
        deliver(() => other().drop());
      },
      receive(message) {
        if (open) end.onMessage.emit(message);
      },
      drop() {
        if (!open) return;
        open = false;
        end.onDisconnect.emit(end);
      },
    };
    return end;
  };
  const client: MemoryPort = createEnd(() => host, {});
  const host: MemoryPort = createEnd(() => client, { sender });
  return { client, host };
};

const setImmediateOrTimeout = (run: () => void): void => {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };
  if (setImmediate) setImmediate(run);
  else setTimeout(run, 0);
};
