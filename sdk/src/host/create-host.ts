import { Account } from '../accounting/account.js';
import { hostBounds } from '../accounting/bounds.js';
import { PorticoError } from '../errors/portico-error.js';
import { DEFAULT_LIMITS, type Limits } from '../limits/limits.js';
import { browserHostPlatform } from '../platform/browser-host-platform.js';
import type { ConnectEvent, HostPlatform, RuntimePort } from '../platform/platform.js';
import { type Authorities, judge, type Verdict } from './admission/judge.js';
import type { Principal } from './admission/principal.js';
import type { Evidence } from './admission/question.js';
import { createQuotaKeeper, type Quotas } from './admission/quotas.js';
import type { Choice } from './consent/questions.js';
import type { Consent, DecidedBy, Subject } from './consent/types.js';
import { createDoorkeeper } from './doorkeeper.js';
import { explaining, type Log } from './log.js';
import type { Policy } from './policy/types.js';
import { createPublication, type Publication, rulesForTlsChannels } from './serving/publication.js';
import type { Publisher, Served } from './serving/types.js';

export interface HostOptions {
  /** Where the host's log goes: {@link consoleLog}, or elsewhere. @defaultValue nowhere: the library writes to no console by itself */
  readonly log?: Log;
  readonly limits?: Partial<Limits>;
  /** Asks people and remembers their answers: {@link consent}. Without it no rule may `ask`. */
  readonly consent?: Consent;
  /** What an administrator has decided: {@link managedPolicy}. It beats the rules and the person. */
  readonly policy?: Policy;
  /**
   * What each principal may use over all its sessions; for some principals more than for others, with a
   * function. Not for the host's own pages. @defaultValue rates without bound; 40,000 calls in flight and 1,024
   * subscriptions, which count always; ten violations a minute lead to a ban of a minute
   */
  readonly quotas?: Partial<Quotas> | ((principal: Principal) => Partial<Quotas>);
  /** For tests: another platform than the browser's. */
  readonly platform?: HostPlatform;
}

/** Which rule decided what, for one principal and capability. */
export interface Explanation {
  readonly protocol: string;
  readonly version: string;
  readonly capability: string;
  readonly verdict: 'allow' | 'ask' | 'refuse';
  /** By whose word. */
  readonly by: DecidedBy;
  /** Place of the rule that decided; -1 when none is about this caller. */
  readonly rule: number;
  readonly reason: string;
}

export interface Host extends Publisher {
  /**
   * Registers the browser's listeners, synchronously: call it in the first turn of the background's script,
   * or the connection that woke the worker is lost. Registers `onConnectExternal` and `onConnect`: whoever comes
   * is told yes or no, and the log is told why. Ports whose names don't begin with `portico:` are left alone. Gives
   * a function that stops listening and ends every session; then this host, or another one, may listen again.
   *
   * One host for one extension, in its background; a content script may be one for `connectTab`. Where this throws,
   * nothing listens, and it may be called again.
   * @throws {PorticoError} INVALID_ARGUMENT when nothing is published, twice, in a page of the extension, beside
   * another host in the same background (of another bundle, too), with `consent` where the manifest says
   * `"incognito": "split"`, or where there is no extension API
   */
  listen(): () => void;
  /**
   * What is decided of a principal, capability by capability: by the administrator's policy, the rules and
   * what the person said. Runs the rules; changes nothing. `evidence` is what it would show of itself;
   * nothing, without.
   */
  explain(principal: Principal, evidence?: Evidence): Promise<Explanation[]>;
  /** How many sessions there are, half-open ones too. */
  readonly sessions: number;
}

/** The part of a host that hands it ports without a browser: for `portico/testing` alone. */
export interface HostInternals {
  /** What all peers together make it hold. */
  readonly account: Account;
  accept(port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void;
}
const internals = new WeakMap<Host, HostInternals>();

/** The internals of a host made by this copy of Portico. @internal */
export const internalsOf = (host: Host): HostInternals => internals.get(host) as HostInternals;

/** Makes a host. Nothing listens, and nobody is let in, until it publishes and listens. */
export const createHost = (options: HostOptions = {}): Host => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  /** Absent where nobody reads it: then nothing is put into words. */
  const log: Log | undefined = options.log && explaining(options.log);
  const publications = new Map<string, Publication[]>();
  const every = (): Publication[] => [...publications.values()].flat();
  const { consent, policy } = options;
  /** What the browser's listeners and memories belong to: the platform of the first port, or of `listen`. */
  let started: HostPlatform | undefined;
  const authorities: Authorities = {
    policy,
    consent,
    log,
    host: () => started?.own.id ?? '',
    time: () => started?.time() ?? 0,
    extensions: () => started?.extensions,
  };
  const account = new Account(hostBounds(limits));
  const doorkeeper = createDoorkeeper({
    publications,
    authorities,
    limits,
    quotas: createQuotaKeeper(options.quotas ?? {}, limits, account),
  });
  let listening = false;

  /** Each is started once: where one throws, those before it are not started again. */
  const starts: ((platform: HostPlatform) => void)[] = [
    (platform) => policy?.start(platform, log, () => doorkeeper.refresh()),
    (platform) =>
      consent?.start({
        platform,
        limits,
        log,
        protocols: every().map(({ protocol }) => protocol),
        choices: (subject, principal) => choicesOf(every(), subject, principal),
        get sessions() {
          return doorkeeper.live;
        },
        changed: doorkeeper.refresh,
        end: doorkeeper.end,
      }),
    () => warnOfTlsChannels(every(), log),
  ];
  const start = (platform: HostPlatform): void => {
    started ??= platform;
    for (let next = starts[0]; next; next = starts[0]) {
      next(started);
      starts.shift();
    }
  };

  const host: Host = {
    publish(protocol, serving) {
      if (listening) {
        throw new PorticoError(
          'INVALID_ARGUMENT',
          'publish before listen: the connection that wakes a worker comes at once',
        );
      }
      const publication = createPublication(protocol, serving as never, limits);
      if (!consent && asks(publication))
        throw new PorticoError(
          'INVALID_ARGUMENT',
          `a rule of ${protocol.name} asks the person: give createHost a consent`,
        );
      const majors = publications.get(protocol.name) ?? [];
      if (majors.some(({ line }) => line === publication.line))
        throw new PorticoError(
          'INVALID_ARGUMENT',
          `${protocol.name} ${publication.line} is published already`,
        );
      publications.set(protocol.name, [...majors, publication]);
      return servedOf(publication) as Served<typeof protocol>;
    },
    listen() {
      if (listening) throw new PorticoError('INVALID_ARGUMENT', 'this host listens already');
      if (publications.size === 0)
        throw new PorticoError('INVALID_ARGUMENT', 'nothing is published: publish first');
      const platform = options.platform ?? browserHostPlatform();
      const undo: (() => void)[] = [];
      const leave = (): void => {
        listening = false;
        for (const each of undo.splice(0)) each();
      };
      try {
        listening = true;
        undo.push(platform.claim?.(consent !== undefined) ?? (() => {}));
        start(platform);
        // Both, though no rule may be about our own contexts: they are told no, instead of finding nobody.
        for (const event of ['external', 'internal'] as const)
          undo.push(platform.listen(event, (port) => doorkeeper.accept(port, event, platform)));
      } catch (error) {
        leave();
        throw error;
      }
      return () => {
        // Called again, it must not stop what listens since.
        if (undo.length === 0) return;
        leave();
        doorkeeper.endAll(new PorticoError('DISCONNECTED', 'the host stopped listening'));
      };
    },
    async explain(principal, evidence) {
      const explained = every().map(async (publication) => {
        const { name, version } = publication.protocol;
        const verdicts = await judge(authorities, publication, { principal, evidence, gathered: 'proof' });
        return [...verdicts].map(([capability, verdict]) => {
          const { verdict: said, rule, reason, by } = verdict as Verdict;
          return { protocol: name, version, capability, verdict: said, rule, reason, by };
        });
      });
      return (await Promise.all(explained)).flat();
    },
    get sessions() {
      return doorkeeper.sessions;
    },
  };
  internals.set(host, {
    account,
    accept(port, event, platform) {
      start(platform);
      doorkeeper.accept(port, event, platform);
    },
  });
  consent?.attach(host);
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

const asks = ({ servings }: Publication): boolean =>
  [...servings.values()].some(({ admit }) => admit.some(({ verdict }) => verdict === 'ask'));

/** What a person may narrow a capability to: the host's author says. */
const choicesOf = async (
  publications: readonly Publication[],
  { protocol: name, line, capability }: Subject,
  principal: Principal,
): Promise<readonly Choice[]> => {
  const found = publications.find((each) => each.protocol.name === name && each.line === line);
  return (await found?.servings.get(capability)?.choices?.(principal)) ?? [];
};

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
