import { type HostApi, hostParts } from '../../../platform/browser-host-parts.js';
import { claimPlace, type HostPlace } from '../../../platform/host-place.js';
import { INVALIDATED, invalidated } from '../../../platform/left-behind.js';
import type { HostPlatform, RuntimePort, TabPlatform } from '../../../platform/platform.js';
import { clockOn } from '../../../platform/system.js';
import type { Context } from './context.js';

interface Source {
  addListener(listener: (port: RuntimePort) => void): void;
  removeListener(listener: (port: RuntimePort) => void): void;
}

interface Api extends Omit<HostApi, 'runtime' | 'tabs'> {
  readonly runtime: HostApi['runtime'] & {
    readonly lastError?: { readonly message?: string };
    readonly onConnect: Source;
    /** Absent in content scripts. */
    readonly onConnectExternal?: Source;
    connect(id: string | undefined, info: object): RuntimePort;
  };
  readonly tabs: NonNullable<HostApi['tabs']> & { connect(tabId: number, info: object): RuntimePort };
}

const kindOf = ({ isBackground, facts }: Context): HostPlace['kind'] =>
  isBackground ? 'background' : facts.kind === 'content-script' ? 'content-script' : 'page';

/** Portico's platform in a context whose script is a function of the test: there are no globals to find it by. */
export const plainPlatform = (context: Context): HostPlatform & TabPlatform => {
  const { world, extension, realm } = context;
  const api = realm.global['chrome'] as Api;
  const random = world.random.fork(`platform ${context.number}`);
  const unheard = new Set<() => void>();
  const listeners = context.scopeListeners.get('pageshow') ?? new Set();
  context.scopeListeners.set(
    'pageshow',
    listeners.add((event) => {
      if ((event as PageTransitionEvent).persisted) for (const run of [...unheard]) run();
    }),
  );
  const now = (): number => world.scheduler.now - context.startedAt;
  const clock = clockOn(
    (run, milliseconds) =>
      context.post(
        context.timers,
        `a deadline in ${milliseconds} ms`,
        () => void context.call(run),
        Math.max(0, milliseconds),
      ),
    { now },
  );
  return Object.assign(hostParts(api), {
    own: { browser: world.profile.family, id: extension?.id ?? '', origin: extension?.origin ?? '' },
    now,
    alarm: (ring) =>
      clock.alarm((time) => {
        let next = Number.POSITIVE_INFINITY;
        context.call(() => {
          next = ring(time);
        });
        return next;
      }),
    connect({ id }, info) {
      if (context.isOrphan) throw invalidated();
      return api.runtime.connect(id, info);
    },
    connectTab: (tabId, info) => api.tabs.connect(tabId, info),
    claim: (remembers) =>
      claimPlace({
        scope: realm.global,
        kind: kindOf(context),
        isShared: remembers && extension?.manifest.incognito === 'split',
      }),
    lastError: (port) =>
      context.isOrphan ? INVALIDATED : (api.runtime.lastError?.message ?? port.error?.message),
    listen(event, listener) {
      const source = event === 'internal' ? api.runtime.onConnect : api.runtime.onConnectExternal;
      source?.addListener(listener);
      return () => source?.removeListener(listener);
    },
    randomId: () => random.hex(32),
    time: () => world.epoch + world.scheduler.now,
    unheard,
  } satisfies Partial<HostPlatform & TabPlatform>);
};
