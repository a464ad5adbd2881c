import { PorticoError } from '../errors/portico-error.js';
import { CLIENT_LIMITS, type ClientLimits, type Limits } from '../limits/limits.js';
import { browserPlatform } from '../platform/browser-platform.js';
import { inTab } from '../platform/browser-tab-platform.js';
import type { ConnectInfo, Platform, Target } from '../platform/platform.js';
import type { AnyProtocol, CapabilityName } from '../protocol/protocol.js';
import { lineOf } from '../protocol/versions.js';
import { WIRE_VERSION } from '../wire/frames.js';
import { type Hello, PORT_PREFIX, PROBE } from '../wire/handshake.js';
import { isId } from '../wire/read-batch.js';
import { capabilityClient } from './capability-client.js';
import { type ConnectionPlan, createConnection } from './connection.js';
import type { Connection, ConnectOptions, Mutable } from './types.js';

/**
 * Connects to the host of a protocol. Returns at once; calls made before the host has answered travel
 * with the greeting. The connection outlives ports and restarts of the host: the next use connects again.
 * Not for talking to a content script of one's own: that is {@link connectTab}.
 *
 * Rejections arrive at the calls, at `has` and at `session.ready()`; a connection that nobody uses fails in silence.
 * @throws {PorticoError} INVALID_ARGUMENT when the protocol names no host for this browser and none is given, when an id
 * has another browser's form, and for limits that are none;
 * CONTEXT_INVALIDATED in a content script that its extension has left behind
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
  return start([protocol], platform, hostOf(protocol, platform, options.host), options).connection(
    protocol,
  ) as never;
};

/**
 * Connects a background or an extension page to a content script of the same extension that publishes
 * a protocol: in the tab's own document, unless `frameId` or `documentId` names a frame in it. Needs no permission
 * for own content scripts.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no `tabs` API, and for numbers that no tab or frame can have
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
  // -1 stands for no tab in some events.
  if (!isId(tabId) || !isId(frameId ?? 0))
    throw new PorticoError('INVALID_ARGUMENT', 'tabId and frameId are numbers from 0, as `tabs` gives them');
  return start([protocol], inTab(platform, tabId, { frameId, documentId }), {}, options).connection(
    protocol,
  ) as never;
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
  const started = start(protocols, platform, hostOf(first, platform, options.host), options);
  const { version } = await started.machine.control.ready();
  const chosen = protocols.find((each) => lineOf(each.version) === lineOf(version)) as AnyProtocol;
  started.machine.hello.versions = [chosen.version];
  return { major: Number(version.split('.')[0]), ...started.connection(chosen) } as never;
};

/** Whom to connect to; `undefined` where the browser has no such connections. */
const hostOf = (
  protocol: AnyProtocol,
  { own }: Platform,
  host: string | undefined = protocol.hosts?.[own.browser as 'chromium'],
): Target | undefined => {
  if (host === 'self') return {};
  if (own.browser === 'safari') return undefined;
  if (!host) throw new PorticoError('INVALID_ARGUMENT', `${protocol.name} names no host for ${own.browser}`);
  // An id of another browser's form would be nobody for ever: Firefox says no more of it than of a host that is absent.
  if (!(own.browser === 'firefox' ? /[@{]/ : /^[a-p]{32}$/).test(host))
    throw new PorticoError('INVALID_ARGUMENT', `${host} is no id of an extension in ${own.browser}`);
  return { id: host };
};

/** @throws {PorticoError} INVALID_ARGUMENT for a limit that bounds nothing, such as one that is `undefined` */
const limitsOf = (limits: Partial<Limits> = {}): ClientLimits => {
  for (const [name, limit] of Object.entries(limits))
    if (typeof limit !== 'number' || !(limit >= 0))
      throw new PorticoError('INVALID_ARGUMENT', `limits.${name} is no number from 0`);
  return { ...CLIENT_LIMITS, ...limits };
};

const start = (
  protocols: readonly AnyProtocol[],
  platform: Platform,
  target: Target | undefined,
  options: ConnectOptions,
) => {
  const { needs = [], name } = options;
  const info: Mutable<ConnectInfo> = { name: PORT_PREFIX + (protocols[0] as AnyProtocol).name };
  const hello: Hello = {
    wire: [WIRE_VERSION],
    versions: protocols.map(({ version }) => version),
    needs: [...needs],
    wants: [],
    probe: PROBE,
  };
  if (name) hello.name = name;
  const plan: Mutable<ConnectionPlan> = {
    platform,
    limits: limitsOf(options.limits),
    hello,
    dial() {
      if (target) return platform.connect(target, info);
      throw new PorticoError('UNSUPPORTED_BROWSER', 'Safari does not let extensions talk to each other');
    },
  };
  offer(options, plan, info, target);
  const machine = createConnection(plan);
  machine.wake();
  return {
    machine,
    connection(protocol: AnyProtocol): object {
      const client = (capability: string): object => capabilityClient(protocol, capability, machine.requests);
      const connection: Record<string, unknown> = { session: machine.control };
      connection['has'] = async (capability: string) =>
        (await machine.control.ready()).granted.includes(capability) && client(capability);
      for (const capability of needs) connection[capability] = client(capability);
      return connection;
    },
  };
};

/** What the client says of itself beside what it needs. */
const offer = (
  { wants = [], token, proof, includeTlsChannelId, whenUnreachable }: ConnectOptions,
  plan: Mutable<ConnectionPlan>,
  info: Mutable<ConnectInfo>,
  target: Target | undefined,
): void => {
  const { hello, platform } = plan;
  hello.wants.push(...wants);
  if (token) hello.token = token;
  // Firefox refuses keys whose value is undefined.
  if (includeTlsChannelId) info.includeTlsChannelId = true;
  plan.waits = whenUnreachable === 'wait';
  if (!proof) return;
  hello.proof = 1;
  plan.prove = (challenge) =>
    proof.prove({
      ...hello,
      nonce: (challenge as { nonce?: unknown } | null)?.nonce,
      host: target?.id ?? platform.own.id,
      client: platform.own.id,
      port: info.name,
    });
};
