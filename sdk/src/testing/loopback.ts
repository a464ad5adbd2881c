import type { AnyConnection } from '../client/connect.js';
import { connect, connectAny } from '../client/connect.js';
import type { Connection, ConnectOptions } from '../client/types.js';
import { type Host, internalsOf } from '../host/create-host.js';
import type { Platform } from '../platform/platform.js';
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
  connect<
    P extends AnyProtocol,
    const N extends CapabilityName<P> = never,
    const W extends CapabilityName<P> = never,
  >(protocol: P, options: Omit<ConnectOptions<N, W>, 'platform' | 'host'>): Connection<P, N, W>;
  connectAny<
    const P extends readonly [AnyProtocol, ...AnyProtocol[]],
    const N extends CapabilityName<P[number]> = never,
    const W extends CapabilityName<P[number]> = never,
  >(
    protocols: P,
    options: Omit<ConnectOptions<N, W>, 'platform' | 'host'>,
  ): Promise<AnyConnection<P[number], N, W>>;
  /** The platform under it, for tests that need a raw port or a clock. */
  readonly platform: Platform;
}

/**
 * Host and client in one process, for unit tests: no browser, the same handshake, the same copies of every
 * message. The host need not `listen`. Not for what only a browser can show: sleep, updates, real senders.
 */
export const loopback = (host: Host, { as, serialization }: LoopbackOptions): Loopback => {
  const copies = serialization ?? (as.own.browser === 'firefox' ? 'structured-clone' : 'json');
  const platform: Platform = {
    ...systemClock,
    own: as.own,
    randomId,
    connect(_target, info) {
      const ports = memoryPorts(info.name, as.sender, copies);
      internalsOf(host).accept(ports.host, as.event, platform);
      return ports.client;
    },
    listen: () => () => {},
    lastError: () => undefined,
  };
  const fixed = { platform, host: as.own.id };
  return {
    connect: (protocol, options) => connect(protocol, { ...options, ...fixed } as never),
    connectAny: (protocols, options) => connectAny(protocols, { ...options, ...fixed } as never),
    platform,
  };
};
