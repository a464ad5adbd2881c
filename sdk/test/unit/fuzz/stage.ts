import { connect } from 'portico/client';
import {
  type ContextScope,
  createBrowser,
  type Extension,
  type ProfileName,
  type SimulatedBrowser,
} from 'portico/testing';
import { tabs } from '../../support/tabs.js';
import { type FuzzHost, type Ids, startHost, TITLE } from './fuzz-host.js';
import type { Role } from './generate.js';
import type { OpenPort } from './talk.js';

const ROLES: readonly Role[] = ['friend', 'guest', 'slow', 'stranger'];

/** A client that keeps to all rules, and expects that all works. */
interface Honest {
  /** The ids of the tabs of which it was told. */
  readonly told: number[];
  /** Makes some calls; gives what was wrong with their answers. */
  use(n: number): Promise<string | undefined>;
  /** Begins a call that takes until the host releases it; gives what was wrong with its end. */
  wait(): Promise<string | undefined>;
}

/** A simulated browser with a host, honest clients and hostile ones. */
export interface Stage {
  readonly browser: SimulatedBrowser;
  readonly host: FuzzHost;
  readonly honest: readonly Honest[];
  /** Makes sure that all backgrounds run. */
  wake(): Promise<void>;
  open(role: Role): OpenPort;
}

export const createStage = async (profile: ProfileName, seed: number): Promise<Stage> => {
  const browser = createBrowser({ profile, seed, traceLength: 0 });
  const scopes = new Map<Role, ContextScope>();
  const install = (name: string, background: (scope: ContextScope) => void): Promise<Extension> =>
    browser.install({
      manifest: {
        name,
        permissions: ['storage'],
        browser_specific_settings: { gecko: { id: `${name}@example.org` } },
      },
      background: (_, scope) => background(scope),
    });
  const hostile = new Map<Role, Extension>();
  for (const role of ROLES) hostile.set(role, await install(role, (scope) => scopes.set(role, scope)));
  const honest = new Map<string, ContextScope>();
  const memberExtension = await install('member', (scope) => honest.set('member', scope));
  const visitorExtension = await install('visitor', (scope) => honest.set('visitor', scope));
  const idOf = (role: Role): string => (hostile.get(role) as Extension).id;
  const ids: Ids = {
    friend: idOf('friend'),
    guest: idOf('guest'),
    slow: idOf('slow'),
    stranger: idOf('stranger'),
    member: memberExtension.id,
    visitor: visitorExtension.id,
  };
  let host: FuzzHost | undefined;
  const hosting = await install('host', (scope) => {
    host = startHost(scope, ids);
  });
  const [member, visitor] = [honest.get('member'), honest.get('visitor')];
  if (!host || !member || !visitor) throw new Error(`the stage did not start\n${browser.story()}`);
  const clients = [memberOf(member, hosting.id), visitorOf(visitor, hosting.id)];
  await browser.settle();
  return {
    browser,
    host,
    honest: clients,
    async wake() {
      for (const each of hostile.values()) await each.worker.start();
    },
    open: (role) => (name) => scopes.get(role)?.chrome.runtime.connect(hosting.id, { name }),
  };
};

/** Reads events as long as there are any; a failure shows in what is missing. */
const listen = (
  events: AsyncIterable<{ readonly id: number; readonly title?: string | undefined }>,
  title: string | undefined,
) => {
  const told: number[] = [];
  (async () => {
    for await (const event of events) told.push(event.title === title ? event.id : Number.NaN);
  })().catch(() => told.push(Number.NaN));
  return told;
};

const same = (got: unknown, expected: unknown): string | undefined =>
  JSON.stringify(got) === JSON.stringify(expected)
    ? undefined
    : `an honest client got ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`;

const told = (error: unknown): string => `an honest client got ${String(error)}`;

/** Admitted to all but `admin`. */
const memberOf = ({ platform }: ContextScope, host: string): Honest => {
  const { read, control } = connect(tabs, { host, needs: ['read', 'control'], wants: ['titles'], platform });
  return {
    told: listen(read.changed(), TITLE),
    async use(n) {
      try {
        const value = { n, text: 'x', list: [n] };
        return (
          same(await control.echo({ value }), { value }) ??
          same(await read.list({ windowId: n }), [{ id: n, title: TITLE }])
        );
      } catch (error) {
        return told(error);
      }
    },
    wait: () => control.wait({}).then(() => undefined, told),
  };
};

/** Admitted to `read` alone. */
const visitorOf = ({ platform }: ContextScope, host: string): Honest => {
  const { read } = connect(tabs, { host, needs: ['read'], platform });
  return {
    told: listen(read.changed(), undefined),
    async use(n) {
      try {
        return same(await read.get({ id: n }), { id: n });
      } catch (error) {
        return told(error);
      }
    },
    wait: () => read.ping().then(() => undefined, told),
  };
};
