import { defineProtocol, method } from 'portico';
import { allow, createHost, extensions, type Host, type Rule, refuse } from 'portico/host';
import type { ContextScope } from 'portico/testing';
import { anyExtension, where } from '../../../src/host/admission/matchers.js';
import { tabs } from '../../support/tabs.js';
import type { Role } from './generate.js';
import { LIMITS } from './limits.js';

/** The title of every tab: only those may see it who were granted `titles`. */
export const TITLE = 'Portico';

export const secret = defineProtocol({
  name: 'org.example.secret',
  version: '1.0.0',
  capabilities: { all: { title: 'What nobody else may know of', members: { ping: method() } } },
});

/** Extensions by what they are to the host. The honest ones are no roles of the fuzz. */
export type Ids = Readonly<Record<Role | 'member' | 'visitor', string>>;

/** A handler that ran. */
export interface Run {
  readonly session: string;
  readonly grants: ReadonlySet<string>;
  readonly path: string;
  readonly params: unknown;
}

/** A call of `control.wait`, which settles when it is released. */
export interface Waiting {
  readonly session: string;
  readonly signal: AbortSignal;
}

/** The host, and all that can be seen of it from inside. */
export interface FuzzHost {
  readonly host: Host;
  emit(event: 'changed' | 'moved', id: number, index: number): void;
  /** The handlers that ran since it was last asked. */
  takeRuns(): Run[];
  readonly waiting: readonly Waiting[];
  /** Settles what waits. */
  release(): void;
  /** Lets the rules about the slow one come to an end. */
  decide(): void;
  readonly subscribers: number;
  /** What its author would be told of failed handlers. */
  readonly failures: readonly string[];
}

const byId = (...ids: readonly string[]) => {
  const firefox = ids.filter((id) => id.includes('@'));
  const chromium = ids.filter((id) => !id.includes('@'));
  return extensions({ chromium, firefox });
};

export const startHost = ({ platform }: ContextScope, ids: Ids): FuzzHost => {
  let runs: Run[] = [];
  let waiting: (Waiting & { settle(): void })[] = [];
  let deciding: ((match: boolean) => void)[] = [];
  const failures: string[] = [];
  const host = createHost({
    quotas: { strikes: Number.POSITIVE_INFINITY },
    platform,
    limits: LIMITS,
    log({ event, message }) {
      if (event === 'handler-failed') failures.push(message);
    },
  });
  // Never matches, and takes its time over it.
  const slowly = refuse(
    where(['extension'], (principal) =>
      'id' in principal && principal.id === ids.slow
        ? new Promise<boolean>((resolve) => deciding.push(resolve))
        : false,
    ),
  );
  const to = (...roles: readonly (keyof Ids)[]): readonly [Rule, ...Rule[]] => [
    slowly,
    allow(byId(...roles.map((role) => ids[role]))),
  ];
  const noting =
    (session: { id: string; grants: ReadonlySet<string> }) => (path: string, params: unknown) => {
      runs.push({ session: session.id, grants: session.grants, path, params });
    };
  const served = host.publish(tabs, {
    read: {
      admit: to('friend', 'guest', 'slow', 'member', 'visitor'),
      provide: (session) => {
        const note = noting(session);
        return {
          list: async (params) => {
            note('read.list', params);
            return [{ id: params.windowId ?? 1, title: TITLE, address: 'https://example.org/' }];
          },
          get: (params) => {
            note('read.get', params);
            return { id: params.id, title: TITLE };
          },
          ping: (params) => note('read.ping', params),
        };
      },
    },
    titles: { admit: to('friend', 'slow', 'member') },
    control: {
      admit: to('friend', 'slow', 'member'),
      provide: (session) => {
        const note = noting(session);
        return {
          close: (params) => note('control.close', params),
          echo: (params) => {
            note('control.echo', params);
            return params;
          },
          wait: (params, { signal }) => {
            note('control.wait', params);
            return new Promise<void>((settle) => waiting.push({ session: session.id, signal, settle }));
          },
          store: (params) => {
            note('control.store', params);
            return params.data;
          },
          label: (params) => note('control.label', params),
          archive: (params) => note('control.archive', params),
        };
      },
    },
    admin: {
      admit: [slowly, refuse(anyExtension())],
      provide: (session) => ({ reset: (params: unknown) => noting(session)('admin.reset', params) }),
    },
  });
  host.publish(secret, {
    all: { admit: [slowly, allow(byId(ids.member))], provide: () => ({ ping: () => {} }) },
  });
  host.listen();
  return {
    host,
    emit: (event, id, index) =>
      event === 'changed'
        ? served.read.changed.emit({ id, title: TITLE })
        : served.read.moved.emit({ id, index }),
    takeRuns() {
      const taken = runs;
      runs = [];
      return taken;
    },
    get waiting() {
      return waiting;
    },
    release() {
      const released = waiting;
      waiting = [];
      for (const { settle } of released) settle();
    },
    decide() {
      const decided = deciding;
      deciding = [];
      for (const settle of decided) settle(false);
    },
    get subscribers() {
      return (
        served.read.changed.subscribers + served.read.moved.subscribers + served.control.noted.subscribers
      );
    },
    failures,
  };
};
