import {
  allow,
  anyExtension,
  createHost,
  type Implementation,
  type Provider,
  type Serving,
  type Session,
} from 'portico/host';
import { inject } from 'portico/tsyringe';
import { describe, expectTypeOf, test } from 'vitest';
import { type Notes, notes } from './notes.protocol.js';

const admit = [allow(anyExtension())] as const;
const host = createHost();
type Note = { id: number; kind: 'text' | 'list'; title?: string | undefined };

const read: Implementation<Notes, 'read'> = {
  list: () => [],
  get: (_params, call) => {
    throw call.fail('locked', null);
  },
  count: () => 5,
  ping: () => {},
};
const write: Implementation<Notes, 'write'> = { add: async () => ({ id: 1 }), empty: async () => {} };
const serving: Serving<Notes> = {
  read: { admit, provide: () => read },
  write: { admit, provide: () => write },
  titles: { admit },
  news: { admit },
};

describe('publish', () => {
  test('takes a rule for each capability, and a provider where there are methods', () => {
    host.publish(notes, serving);
  });

  test('refuses a missing capability', () => {
    const { news, ...others } = serving;
    // @ts-expect-error nobody said whom to admit to `news`
    host.publish(notes, others);
    host.publish(notes, { ...others, news });
  });

  test('refuses a missing rule, and an empty list of rules', () => {
    // @ts-expect-error no rule
    host.publish(notes, { ...serving, news: {} });
    // @ts-expect-error no rule
    host.publish(notes, { ...serving, read: { provide: () => read } });
    // @ts-expect-error an empty list
    host.publish(notes, { ...serving, news: { admit: [] } });
    // @ts-expect-error a rule outside of a list
    host.publish(notes, { ...serving, news: { admit: allow(anyExtension()) } });
    // @ts-expect-error a matcher is no rule
    host.publish(notes, { ...serving, news: { admit: [anyExtension()] } });
  });

  test('refuses a missing provider, and a missing method', () => {
    // @ts-expect-error no provider
    host.publish(notes, { ...serving, read: { admit } });
    const { count, ...others } = read;
    // @ts-expect-error no `count`
    host.publish(notes, { ...serving, read: { admit, provide: () => others } });
    host.publish(notes, { ...serving, read: { admit, provide: () => ({ ...others, count }) } });
  });

  test('refuses an unknown capability', () => {
    // @ts-expect-error no such capability
    host.publish(notes, { ...serving, admin: { admit } });
  });

  test('refuses methods of a wrong type', () => {
    const reading = (provide: Provider<Notes, 'read'>): Provider<Notes, 'read'> => provide;
    reading(() => read);
    // @ts-expect-error a result of another type
    reading(() => ({ ...read, count: () => 'five' }));
    // @ts-expect-error parameters of another type
    reading(() => ({ ...read, list: (_folder: string) => [] }));
    // @ts-expect-error a result with a field of another type
    reading(() => ({ ...read, list: () => [{ id: '1', kind: 'text' }] }));
    // @ts-expect-error a result with a field missing
    reading(() => ({ ...read, list: async () => [{ id: 1 }] }));
    // @ts-expect-error a provider is a function
    reading(read);
    // @ts-expect-error a provider answers at once
    reading(async () => read);
  });
});

describe('a handler', () => {
  test('gets parameters and gives results of the schemas’ types', () => {
    expectTypeOf<Parameters<typeof read.list>[0]>().toEqualTypeOf<{ folder?: string | undefined }>();
    expectTypeOf<Parameters<typeof read.count>[0]>().toEqualTypeOf<void>();
    expectTypeOf<Parameters<typeof write.add>[0]>().toEqualTypeOf<{
      text: string;
      picture?: Uint8Array | undefined;
    }>();
    expectTypeOf<ReturnType<typeof read.list>>().toEqualTypeOf<Note[] | Promise<Note[]>>();
    expectTypeOf<ReturnType<typeof read.ping>>().toEqualTypeOf<void | Promise<void>>();
    expectTypeOf<ReturnType<typeof write.add>>().toEqualTypeOf<
      { readonly id: number } | Promise<{ readonly id: number }>
    >();
  });

  test('has its parameters typed where it is written in place', () => {
    host.publish(notes, {
      ...serving,
      read: {
        admit,
        provide: (session) => ({
          ...read,
          get: async ({ id }, call) => {
            expectTypeOf(session).toEqualTypeOf<Session>();
            expectTypeOf(id).toEqualTypeOf<number>();
            expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>();
            expectTypeOf(call.remaining).toEqualTypeOf<number>();
            return { id, kind: 'text' };
          },
        }),
      },
    });
  });

  test('fails with errors that its method declares, and their data', () => {
    host.publish(notes, {
      ...serving,
      read: {
        admit,
        provide: () => ({
          ...read,
          get: ({ id }, call) => {
            call.fail('noteGone', { id });
            call.fail('locked', null);
            // @ts-expect-error declared by the protocol, not by this method
            call.fail('full', { left: 1 });
            // @ts-expect-error declared nowhere
            call.fail('nope', {});
            // @ts-expect-error data of another type
            call.fail('noteGone', { id: 'x' });
            // @ts-expect-error data missing
            call.fail('noteGone');
            // @ts-expect-error data of another error
            call.fail('locked', { id });
            throw new Error();
          },
          count: (_params, call) => {
            // @ts-expect-error it declares no errors
            call.fail('noteGone', { id: 1 });
            return 1;
          },
        }),
      },
    });
  });

  test('can be a method of a class, made by a factory or by a container', () => {
    class Writer {
      readonly #ids = 1;
      add({ text }: { text: string }): { id: number } {
        return { id: this.#ids + text.length };
      }
      empty(): void {}
      helper(): void {}
    }
    host.publish(notes, { ...serving, write: { admit, provide: () => new Writer() } });
    host.publish(notes, { ...serving, write: { admit, provide: inject(Writer) } });
    class Reader {
      count(): number {
        return 1;
      }
    }
    // @ts-expect-error it has not all the methods
    host.publish(notes, { ...serving, write: { admit, provide: inject(Reader) } });
  });
});

describe('what publish gives', () => {
  const served = host.publish(notes, serving);

  test('has the events, with their payloads', () => {
    served.read.changed.emit({ id: 1, kind: 'text', title: 'a' });
    served.read.cleared.emit(null);
    expectTypeOf(served.news.changed.subscribers).toEqualTypeOf<number>();
    // @ts-expect-error a payload of another type
    served.read.changed.emit({ id: 1 });
    // @ts-expect-error no payload
    served.read.changed.emit();
    // @ts-expect-error the payload of another event
    served.news.changed.emit(null);
  });

  test('has nothing else', () => {
    expectTypeOf<keyof typeof served.read>().toEqualTypeOf<'changed' | 'cleared'>();
    // @ts-expect-error methods are called by clients
    served.read.list;
    // @ts-expect-error no such capability
    served.admin;
  });
});

describe('rules and matchers', () => {
  test('principals are told apart by kind', () => {
    void host.explain({ kind: 'page', browser: 'chromium', origin: 'https://a.example' });
    // @ts-expect-error an extension has an id
    void host.explain({ kind: 'extension', browser: 'chromium', origin: 'chrome-extension://a' });
    // @ts-expect-error no such kind
    void host.explain({ kind: 'user', browser: 'chromium', origin: 'https://a.example' });
  });

  test('a session tells who is there', () => {
    const look = ({ principal }: Session): void => {
      // @ts-expect-error a page has no id
      principal.id;
      if (principal.kind === 'extension') expectTypeOf(principal.id).toEqualTypeOf<string>();
      if (principal.kind === 'content-script') expectTypeOf(principal.own).toEqualTypeOf<boolean>();
    };
    expectTypeOf(look).toBeFunction();
  });
});
