import type { Host } from 'portico/host';
import { type Caller, extension, type Serialization } from 'portico/testing';
import { internalsOf } from '../../src/host/create-host.js';
import type { HostPlatform, Platform, RuntimePort } from '../../src/platform/platform.js';
import { randomId } from '../../src/platform/system.js';
import { memoryPorts } from '../../src/testing/memory-port.js';
import { type ManualClock, manualClock } from './manual-clock.js';

export type RawFrame = readonly unknown[];

/** One end of a port, driven by hand: it sends what no honest peer would, and keeps what it gets. */
export interface RawPeer {
  /** Posts a message, whatever it is. */
  post(message: unknown): void;
  /** Posts a batch of these frames. */
  send(...frames: readonly unknown[]): void;
  close(): void;
  /** The messages received. */
  readonly messages: readonly unknown[];
  /** The frames received, of all messages. */
  readonly frames: readonly RawFrame[];
  /** The frames received of one kind. */
  of(kind: number): readonly RawFrame[];
  /** Whether the other end has closed the port. */
  readonly closed: boolean;
}

export const rawPeer = (port: RuntimePort): RawPeer => {
  const messages: unknown[] = [];
  let closed = false;
  port.onMessage.addListener((message) => messages.push(message));
  port.onDisconnect.addListener(() => {
    closed = true;
  });
  return {
    post: (message) => port.postMessage(message),
    send: (...frames) => port.postMessage(frames),
    close: () => port.disconnect(),
    messages,
    get frames() {
      return messages.flat() as RawFrame[];
    },
    of(kind) {
      return this.frames.filter((frame) => frame[0] === kind);
    },
    get closed() {
      return closed;
    },
  };
};

/** Waits until all that is under way has arrived and was answered: each hop takes a task. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export interface RawClientOptions {
  readonly as?: Caller;
  /** The port's whole name. */
  readonly name?: string;
  readonly serialization?: Serialization;
  readonly clock?: ManualClock;
  /** Changes the host's end of the port before it gets it. */
  readonly port?: (port: RuntimePort) => RuntimePort;
}

const clocks = new WeakMap<Host, ManualClock>();

/** The clock that the raw clients of a host share, unless one brings its own. */
export const clockOf = (host: Host): ManualClock => {
  const clock = clocks.get(host) ?? manualClock();
  clocks.set(host, clock);
  return clock;
};

const platforms = new WeakMap<ManualClock, Map<string, HostPlatform>>();

/** The host's side of the simulated browser: one for each clock and browser, as in a real one. */
const hostPlatform = (clock: ManualClock, { own }: Caller): HostPlatform => {
  const known = platforms.get(clock) ?? new Map<string, HostPlatform>();
  platforms.set(clock, known);
  const platform = known.get(own.origin) ?? {
    ...clock,
    own,
    randomId,
    connect() {
      throw new Error('this side does not connect');
    },
    listen: () => () => {},
    lastError: () => undefined,
  };
  known.set(own.origin, platform);
  return platform;
};

export const FRIEND = extension('c'.repeat(32));
export const STRANGER = extension('b'.repeat(32));

/** A client driven by hand, connected to a real host. */
export const rawClient = (host: Host, options: RawClientOptions = {}): RawPeer => {
  const { as = FRIEND, name = 'portico:org.example.tabs', serialization = 'json' } = options;
  const { clock = clockOf(host), port = (same) => same } = options;
  const ports = memoryPorts(name, as.sender, serialization);
  const peer = rawPeer(ports.client);
  internalsOf(host).accept(port(ports.host), as.event, hostPlatform(clock, as));
  return peer;
};

/** A browser in which a real client reaches a real host, on the clock that the raw clients have. */
export const linkedTo = (host: Host, as: Caller): Platform => ({
  ...clockOf(host),
  own: as.own,
  connect(_target, { name }) {
    const ports = memoryPorts(name, as.sender, 'json');
    internalsOf(host).accept(ports.host, as.event, hostPlatform(clockOf(host), as));
    return ports.client;
  },
  lastError: () => undefined,
});

/** Hosts driven by hand, for a real client: one for each time it connects. */
export interface RawHosts {
  readonly platform: Platform;
  readonly clock: ManualClock;
  /** The one that answers now. */
  readonly host: RawPeer;
  /** All there were. */
  readonly hosts: readonly RawPeer[];
}

export interface RawHostsOptions {
  readonly serialization?: Serialization;
  /** Changes the client's end of the port before it gets it. */
  readonly port?: (port: RuntimePort) => RuntimePort;
  /** What the browser says of a port that ends. */
  readonly lastError?: () => string | undefined;
}

export const rawHosts = (options: RawHostsOptions = {}): RawHosts => {
  const { serialization = 'json', port = (same) => same, lastError = () => undefined } = options;
  const clock = manualClock();
  const hosts: RawPeer[] = [];
  const platform: Platform = {
    ...clock,
    own: FRIEND.own,
    connect(_target, info) {
      const ports = memoryPorts(info.name, FRIEND.sender, serialization);
      hosts.push(rawPeer(ports.host));
      return port(ports.client);
    },
    lastError,
  };
  return {
    platform,
    clock,
    hosts,
    get host() {
      const last = hosts.at(-1);
      if (!last) throw new Error('the client has not connected');
      return last;
    },
  };
};
