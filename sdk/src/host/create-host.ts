import { PorticoError } from '../errors/portico-error.js';
import { DEFAULT_LIMITS, type Limits } from '../limits/limits.js';
import { browserHostPlatform } from '../platform/browser-host-platform.js';
import type { ConnectEvent, HostPlatform, RuntimePort } from '../platform/platform.js';
import type { AnyProtocol } from '../protocol/protocol.js';
import { lineOf } from '../protocol/versions.js';
import type { Principal } from './admission/principal.js';
import { createDoorkeeper } from './doorkeeper.js';
import type { Log } from './log.js';
import {
  createPublication,
  decideAll,
  type Publication,
  rulesForTlsChannels,
} from './serving/publication.js';
import type { Served, Serving } from './serving/types.js';

export interface HostOptions {
  /** Where the host's log goes. @defaultValue nowhere: the library never writes to the console */
  readonly log?: Log;
  readonly limits?: Partial<Limits>;
  /** For tests: another platform than the browser's. */
  readonly platform?: HostPlatform;
}

/** Which rule decided what, for one principal and capability. */
export interface Explanation {
  readonly protocol: string;
  readonly version: string;
  readonly capability: string;
  readonly verdict: 'allow' | 'refuse';
  /** Place of the rule that decided; -1 when none is about this caller. */
  readonly rule: number;
  readonly reason: string;
}

export interface Host {
  /**
   * Publishes a protocol: for each capability whom to admit, and what answers. Publish several majors
   * of one name by calling it for each. Before `listen`, in the same turn.
   * @throws {PorticoError} INVALID_DEFINITION, INVALID_ARGUMENT (a capability without a rule, a major twice, after `listen`)
   */
  publish<P extends AnyProtocol>(protocol: P, serving: Serving<P>): Served<P>;
  /**
   * Registers the browser's listeners, synchronously: call it in the first turn of the background's script,
   * or the connection that woke the worker is lost. Registers `onConnectExternal`, and `onConnect` if a rule
   * is about this extension's own pages or content scripts. Ports whose names don't begin with `portico:`
   * are left alone. Gives a function that stops listening and ends every session.
   * @throws {PorticoError} INVALID_ARGUMENT when nothing is published, twice, or where there is no extension API
   */
  listen(): () => void;
  /** What the rules say of a principal, capability by capability. Runs the rules; changes nothing. */
  explain(principal: Principal): Promise<Explanation[]>;
  /** How many sessions there are, half-open ones too. */
  readonly sessions: number;
}

/** The part of a host that hands it ports without a browser: for `portico/testing` alone. */
export interface HostInternals {
  accept(port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void;
}
const internals = new WeakMap<Host, HostInternals>();

/** The internals of a host made by this copy of Portico. @internal */
export const internalsOf = (host: Host): HostInternals => internals.get(host) as HostInternals;

/** Makes a host. Nothing listens, and nobody is let in, until it publishes and listens. */
export const createHost = (options: HostOptions = {}): Host => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { log: write } = options;
  /** Absent where nobody reads it: then nothing is put into words. */
  const log: Log | undefined =
    write &&
    ((entry) => {
      try {
        write(entry);
      } catch {
        // A log that fails must not take the host with it.
      }
    });
  const publications = new Map<string, Publication[]>();
  const every = (): Publication[] => [...publications.values()].flat();
  const doorkeeper = createDoorkeeper(publications, limits, log);
  let listening = false;

  const host: Host = {
    publish(protocol, serving) {
      if (listening) {
        throw new PorticoError(
          'INVALID_ARGUMENT',
          'publish before listen: the connection that wakes a worker comes at once',
        );
      }
      const publication = createPublication(protocol, serving as never, limits);
      const line = publications.get(protocol.name) ?? [];
      if (line.some((each) => lineOf(each.protocol.version) === lineOf(protocol.version))) {
        throw new PorticoError(
          'INVALID_ARGUMENT',
          `${protocol.name} ${lineOf(protocol.version)} is published already`,
        );
      }
      publications.set(protocol.name, [...line, publication]);
      return servedOf(publication) as Served<typeof protocol>;
    },
    listen() {
      if (listening) throw new PorticoError('INVALID_ARGUMENT', 'this host listens already');
      if (publications.size === 0)
        throw new PorticoError('INVALID_ARGUMENT', 'nothing is published: publish first');
      const platform = options.platform ?? browserHostPlatform();
      listening = true;
      warnOfTlsChannels(every(), log);
      const stops = [platform.listen('external', (port) => doorkeeper.accept(port, 'external', platform))];
      if (every().some(admitsOwn))
        stops.push(platform.listen('internal', (port) => doorkeeper.accept(port, 'internal', platform)));
      return () => {
        listening = false;
        for (const stop of stops) stop();
        doorkeeper.endAll(new PorticoError('DISCONNECTED', 'the host stopped listening'));
      };
    },
    async explain(principal) {
      const explained = every().map(async (publication) => {
        const { name, version } = publication.protocol;
        const decisions = await decideAll(publication, principal);
        return [...decisions].map(([capability, decision]) => ({
          protocol: name,
          version,
          capability,
          ...decision,
        }));
      });
      return (await Promise.all(explained)).flat();
    },
    get sessions() {
      return doorkeeper.sessions;
    },
  };
  internals.set(host, { accept: doorkeeper.accept });
  return host;
};

const servedOf = ({ protocol, members }: Publication): object => {
  const served = Object.fromEntries(
    Object.keys(protocol.capabilities).map((capability) => [capability, {} as Record<string, unknown>]),
  );
  for (const { capability, name, source } of members.values()) {
    if (source) (served[capability] as Record<string, unknown>)[name] = source;
  }
  return served;
};

/** Whether a rule is about callers that arrive by the internal event. */
const admitsOwn = ({ servings }: Publication): boolean =>
  [...servings.values()].some(({ admit }) =>
    admit.some(({ matcher }) => matcher.kinds?.has('self') || matcher.kinds?.has('content-script')),
  );

const warnOfTlsChannels = (publications: readonly Publication[], log: Log | undefined): void => {
  for (const publication of publications) {
    for (const { capability, rule } of rulesForTlsChannels(publication)) {
      log?.({
        level: 'warn',
        event: 'configuration',
        message: `${publication.protocol.name} ${capability}: allow(${rule.matcher.text}) admits nobody in today's browsers, since none supplies a TLS channel ID`,
      });
    }
  }
};
