import type { AnyConnection } from '../client/connect.js';
import { connect, connectAny } from '../client/connect.js';
import type { Connection, ConnectOptions } from '../client/types.js';
import { type Host, internalsOf } from '../host/create-host.js';
import type { HostPlatform, RuntimePort } from '../platform/platform.js';
import { randomId, systemClock } from '../platform/system.js';
import type { AnyProtocol, CapabilityName } from '../protocol/protocol.js';
import type { Caller } from './callers.js';
import { memoryPorts, type Serialization } from './memory-port.js';

export interface LoopbackOptions {
  /** Who calls: `extension('abc')`, `page('https://…')`, … The host derives the principal from what a browser would say of them. */
  readonly as: Caller;
  /** How messages are copied. @defaultValue as the caller's browser does: `'json'` in Chromium, `'structured-clone'` in Firefox */
  readonly serialization?: Serialization;
}

/** A host reached in the same process. */
export interface Loopback {
  /** As `connect`. With `host` set to an id that is not the host's: the outcome of an extension that is not installed. */
  connect<
    P extends AnyProtocol,
    const N extends CapabilityName<P> = never,
    const W extends CapabilityName<P> = never,
  >(protocol: P, options: Omit<ConnectOptions<N, W>, 'platform'>): Connection<P, N, W>;
  connectAny<
    const P extends readonly [AnyProtocol, ...AnyProtocol[]],
    const N extends CapabilityName<P[number]> = never,
    const W extends CapabilityName<P[number]> = never,
  >(protocols: P, options: Omit<ConnectOptions<N, W>, 'platform'>): Promise<AnyConnection<P[number], N, W>>;
  /**
   * The host's background stops, as browsers do to it after 30 idle seconds: every port closes without a word.
   * The next connect starts it again.
   */
  stopHost(): void;
  /** The platform under it, for tests that need a raw port or a clock. */
  readonly platform: HostPlatform;
}

/**
 * Host and client in one process, for unit tests: no browser, the same handshake, the same copies of every
 * message. The host need not `listen`. Not for what only a browser can show: real senders, updates, timing.
 * @param host a host, or what a start of its background does: run at the first connect and after each `stopHost`
 */
export const loopback = (host: Host | (() => Host), { as, serialization }: LoopbackOptions): Loopback => {
  const copies = serialization ?? (as.own.browser === 'firefox' ? 'structured-clone' : 'json');
  let running: Host | undefined;
  let ports: RuntimePort[] = [];
  const errors = new WeakMap<RuntimePort, string>();

  const platform: HostPlatform = {
    ...systemClock,
    own: as.own,
    randomId,
    time: () => Date.now(),
    connect(target, info) {
      const { client, host: other } = memoryPorts(info.name, as.sender, copies);
      if (target.id !== undefined && target.id !== as.own.id) {
        errors.set(client, 'Could not establish connection. Receiving end does not exist.');
        other.disconnect();
        return client;
      }
      running ??= typeof host === 'function' ? host() : host;
      ports.push(other);
      internalsOf(running).accept(other, as.event, platform);
      return client;
    },
    listen: () => () => {},
    lastError: (port) => errors.get(port),
  };

  // The client is somebody else, and signs as who it is.
  const client = { ...platform, own: { ...as.own, id: as.sender.id ?? as.own.id } };
  return {
    connect: (protocol, options) =>
      connect(protocol, { host: as.own.id, ...options, platform: client } as never),
    connectAny: (protocols, options) =>
      connectAny(protocols, { host: as.own.id, ...options, platform: client } as never),
    stopHost() {
      running = undefined;
      const open = ports;
      ports = [];
      for (const port of open) port.disconnect();
    },
    platform,
  };
};
