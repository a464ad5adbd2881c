import 'portico/tsyringe';
import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, createHost, type LogEntry, type Principal, type Session } from 'portico/host';
import { extension } from 'portico/testing';
import { GRANTS, PRINCIPAL, inject as provideBy, SESSION } from 'portico/tsyringe';
import {
  container,
  type DependencyContainer,
  type InjectionToken,
  inject,
  injectable,
  Lifecycle,
  scoped,
  singleton,
} from 'tsyringe';
import { Type } from 'typebox';
import { beforeEach, describe, expect, test } from 'vitest';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf } from '../../support/sessions.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  capabilities: {
    read: {
      title: 'Read',
      members: {
        whoAmI: method({ result: Type.Array(Type.String()) }),
        count: method({ result: Type.Integer() }),
      },
    },
    write: { title: 'Write', members: { count: method({ result: Type.Integer() }) } },
  },
});

const events: string[] = [];

/** One for each session: what its capabilities share. */
@scoped(Lifecycle.ContainerScoped)
class Notebook {
  pages = 0;
  constructor(@inject(SESSION) private readonly session: Session) {
    events.push(`notebook of ${session.id} made`);
  }
  dispose(): void {
    events.push(`notebook of ${this.session.id} disposed`);
  }
}

/** One for the whole extension. */
@singleton()
class Library {
  visits = 0;
}

@injectable()
class Reader {
  constructor(
    @inject(SESSION) private readonly session: Session,
    @inject(PRINCIPAL) private readonly principal: Principal,
    @inject(GRANTS) private readonly grants: ReadonlySet<string>,
    @inject(Notebook) private readonly notebook: Notebook,
    @inject(Library) private readonly library: Library,
  ) {}
  whoAmI(): string[] {
    const id = this.principal.kind === 'extension' ? this.principal.id : '';
    return [this.session.id, id, ...this.grants];
  }
  count(): number {
    this.library.visits++;
    return ++this.notebook.pages;
  }
  dispose(): void {
    events.push(`reader of ${this.session.id} disposed`);
  }
}

@injectable()
class Writer {
  constructor(@inject(Notebook) private readonly notebook: Notebook) {}
  count(): number {
    return ++this.notebook.pages;
  }
}

const serve = (parent: DependencyContainer = container, writers: DependencyContainer = parent) => {
  const log: LogEntry[] = [];
  const host = createHost({ log: (entry) => log.push(entry) });
  const admit = [allow(anyExtension())] as const;
  host.publish(notes, {
    read: { admit, provide: provideBy(Reader, parent) },
    write: { admit, provide: provideBy(Writer, writers) },
  });
  const client = (id = 'c'.repeat(32)) => {
    const link = linked(host, { as: extension(id) });
    const connection = connect(notes, {
      needs: ['read', 'write'],
      host: 'a'.repeat(32),
      platform: link.platform,
    });
    return { link, ...connection };
  };
  return { host, log, client };
};

beforeEach(() => {
  events.length = 0;
  container.clearInstances();
});

describe('inject', () => {
  test('gives a class its session, its principal and its grants by token', async () => {
    const it = serve().client();
    expect(await it.read.whoAmI()).toEqual([it.session.info?.id, 'c'.repeat(32), 'read', 'write']);
  });

  test('makes nothing before the first call', async () => {
    const it = serve().client();
    await it.session.ready();
    expect(events).toEqual([]);
  });

  test('shares what is scoped among the capabilities of a session', async () => {
    const it = serve().client();
    expect([await it.read.count(), await it.write.count(), await it.read.count()]).toEqual([1, 2, 3]);
    expect(events).toEqual([`notebook of ${it.session.info?.id} made`]);
  });

  test('keeps sessions apart, those of one principal too', async () => {
    const { client } = serve();
    const [one, other, third] = [client(), client(), client('b'.repeat(32))];
    await Promise.all([one.read.count(), one.read.count(), other.read.count()]);
    expect([await one.write.count(), await other.write.count(), await third.write.count()]).toEqual([
      3, 2, 1,
    ]);
    const ids = [one, other, third].map(({ session }) => session.info?.id);
    expect(new Set(ids).size).toBe(3);
    expect(await Promise.all([one, other].map(async ({ read }) => (await read.whoAmI())[0]))).toEqual(
      ids.slice(0, 2),
    );
  });

  test('leaves singletons to the parent', async () => {
    const { client } = serve();
    for (const it of [client(), client()]) await it.read.count();
    expect(container.resolve(Library).visits).toBe(2);
  });

  test('registers nothing in the parent', async () => {
    await serve().client().read.whoAmI();
    for (const token of [SESSION, PRINCIPAL, GRANTS] as InjectionToken[])
      expect(container.isRegistered(token)).toBe(false);
  });

  test('disposes what was made for a session when it ends, and nothing else', async () => {
    const { client } = serve();
    const [one, other] = [client(), client()];
    await Promise.all([one.read.count(), other.read.count()]);
    const [ended, open] = [one, other].map(({ session }) => session.info?.id);
    events.length = 0;
    one.link.cut();
    await settled();
    expect(events.sort()).toEqual([`notebook of ${ended} disposed`, `reader of ${ended} disposed`]);
    expect(await other.read.count()).toBe(2);
    expect(events.join()).not.toContain(open as string);
  });

  test('makes everything anew for the next session of a client', async () => {
    const it = serve().client();
    await it.read.count();
    it.link.cut();
    await settled();
    expect(await it.read.count()).toBe(1);
  });

  test('takes classes from the parent that it is given, each its own', async () => {
    const [mine, theirs] = [container.createChildContainer(), container.createChildContainer()];
    theirs.register(Notebook, { useValue: { pages: 40 } as Notebook });
    const it = serve(mine, theirs).client();
    expect([await it.read.count(), await it.write.count()]).toEqual([1, 41]);
  });

  test('that can not make its class is the host’s failure', async () => {
    const broken = container.createChildContainer();
    broken.register(Notebook, {
      useFactory: () => {
        throw new Error('secret');
      },
    });
    const { client, log } = serve(broken);
    expect(await codeOf(client().read.count())).toBe('INTERNAL');
    expect(log.find(({ event }) => event === 'handler-failed')?.error).toBeInstanceOf(Error);
  });
});
