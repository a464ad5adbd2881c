import { PorticoError } from '../errors/portico-error.js';
import { DEFAULT_LIMITS } from '../limits/limits.js';
import { browserPlatform } from '../platform/browser-platform.js';
import type { Platform, Target } from '../platform/platform.js';
import type { AnyProtocol, CapabilityName } from '../protocol/protocol.js';
import { lineOf } from '../protocol/versions.js';
import { PORT_PREFIX } from '../wire/handshake.js';
import { capabilityClient } from './capability-client.js';
import { createConnection } from './connection.js';
import type { Connection, ConnectOptions, SessionInfo } from './types.js';

/**
 * Connects to the host of a protocol. Returns at once; calls made before the host has answered travel
 * with the greeting. The connection outlives ports and restarts of the host: the next use connects again.
 * Not for talking to a content script of one's own: that is {@link connectTab}.
 *
 * Rejections arrive at the calls, at `has` and at `session.ready()`; a connection that nobody uses fails in silence.
 * @throws {PorticoError} INVALID_ARGUMENT when the protocol names no host for this browser and none is given
 */
export const connect = <
  P extends AnyProtocol,
  const N extends CapabilityName<P> = never,
  const W extends CapabilityName<P> = never,
>(
  protocol: P,
  options: ConnectOptions<N, W>,
): Connection<P, N, W> => {
  const platform = options.platform ?? browserPlatform();
  return start([protocol], platform, targetOf(protocol, platform, options.host), options).connection(
    protocol,
  ) as never;
};

/**
 * Connects a background or an extension page to a content script of the same extension that publishes
 * a protocol. Needs no permission for own content scripts.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no `tabs` API
 */
export const connectTab = <
  P extends AnyProtocol,
  const N extends CapabilityName<P> = never,
  const W extends CapabilityName<P> = never,
>(
  protocol: P,
  tabId: number,
  options: Omit<ConnectOptions<N, W>, 'host'> & { readonly frameId?: number; readonly documentId?: string },
): Connection<P, N, W> => {
  const platform = options.platform ?? browserPlatform();
  const { frameId, documentId } = options;
  const target: Target = {
    to: 'tab',
    tabId,
    ...(frameId === undefined ? {} : { frameId }),
    ...(documentId === undefined ? {} : { documentId }),
  };
  return start([protocol], platform, target, options).connection(protocol) as never;
};

/** The major of a version as a literal: `2` for `'2.1.0'`. */
type MajorOf<V extends string> = V extends `${infer M extends number}.${string}` ? M : number;

/** One of several majors' connections; look at `major` to know which. */
export type AnyConnection<P extends AnyProtocol, N extends string, W extends string> = P extends AnyProtocol
  ? { readonly major: MajorOf<P['version']> } & Connection<P, N & CapabilityName<P>, W & CapabilityName<P>>
  : never;

/**
 * Connects with whichever of several majors of one protocol the host speaks, the newest first, and waits
 * for the choice. The connection keeps to that major from then on.
 * @throws {PorticoError} as `session.ready()`; INVALID_ARGUMENT unless all have one name and different majors
 */
export const connectAny = async <
  const P extends readonly [AnyProtocol, ...AnyProtocol[]],
  const N extends CapabilityName<P[number]> = never,
  const W extends CapabilityName<P[number]> = never,
>(
  protocols: P,
  options: ConnectOptions<N, W>,
): Promise<AnyConnection<P[number], N, W>> => {
  const [first] = protocols;
  const lines = new Set(protocols.map(({ version }) => lineOf(version)));
  if (protocols.some(({ name }) => name !== first.name) || lines.size !== protocols.length) {
    throw new PorticoError('INVALID_ARGUMENT', 'connectAny takes different majors of one protocol');
  }
  const platform = options.platform ?? browserPlatform();
  const started = start(protocols, platform, targetOf(first, platform, options.host), options);
  const { version } = await started.ready();
  const chosen = protocols.find((each) => lineOf(each.version) === lineOf(version)) as AnyProtocol;
  started.keepTo(chosen.version);
  return { major: Number(version.split('.')[0]), ...started.connection(chosen) } as never;
};

const targetOf = (protocol: AnyProtocol, { own }: Platform, host: string | undefined): Target => {
  if (host === 'self') return { to: 'self' };
  const id = host ?? protocol.hosts?.[own.browser as 'chromium' | 'firefox'];
  if (own.browser === 'safari')
    throw new PorticoError('UNSUPPORTED_BROWSER', 'Safari does not let extensions talk to each other');
  if (id === undefined) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `${protocol.name} names no host for ${own.browser}: pass { host: '…' }`,
    );
  }
  return { to: 'extension', id };
};

const start = (
  protocols: readonly AnyProtocol[],
  platform: Platform,
  target: Target,
  options: ConnectOptions,
) => {
  const { needs = [], wants = [], name, includeTlsChannelId, whenUnreachable } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const plan = {
    platform,
    target,
    info: {
      name: PORT_PREFIX + (protocols[0] as AnyProtocol).name,
      ...(includeTlsChannelId === undefined ? {} : { includeTlsChannelId }),
    },
    hello: { needs: [...needs], wants: [...wants], ...(name === undefined ? {} : { name }) },
    versions: protocols.map(({ version }) => version),
    limits,
    waits: whenUnreachable === 'wait',
  };
  const machine = createConnection(plan);
  machine.wake();
  return {
    ready: (): Promise<SessionInfo> => machine.control.ready(),
    keepTo(version: string): void {
      plan.versions = [version];
    },
    connection(protocol: AnyProtocol): object {
      const clients = new Map<string, object>();
      for (const capability of [...needs, ...wants]) {
        clients.set(capability, capabilityClient(protocol, capability, machine));
      }
      return {
        ...Object.fromEntries(needs.map((capability) => [capability, clients.get(capability)])),
        async has(capability: string) {
          const { granted } = await machine.control.ready();
          return granted.includes(capability) ? (clients.get(capability) ?? false) : false;
        },
        session: machine.control,
      };
    },
  };
};
