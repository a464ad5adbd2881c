import type { ErrorCode } from '../../../../src/errors/codes.js';
import { PorticoError } from '../../../../src/errors/portico-error.js';
import type { ConnectionsSource, Prompt, PromptSource } from '../../../../src/ui/source.js';
import type { Overview } from './samples.js';

type Call = readonly [member: string, params?: unknown];

type Item<T> = { readonly value: T } | { readonly error: Error | undefined };

/** An event whose emitting is up to the test. `end` ends every subscription, with an error if one is given. */
const fakeEvent = <T>() => {
  const readers = new Set<(item: Item<T>) => void>();
  const tell = (item: Item<T>): void => {
    for (const read of [...readers]) read(item);
  };
  return {
    get subscribers() {
      return readers.size;
    },
    emit: (value: T) => tell({ value }),
    end: (error?: Error) => tell({ error }),
    async *subscribe({ signal }: { signal?: AbortSignal | undefined } = {}): AsyncGenerator<T, void> {
      const queue: Item<T>[] = [];
      let wake = (): void => {};
      const read = (item: Item<T>): void => {
        queue.push(item);
        wake();
      };
      readers.add(read);
      signal?.addEventListener('abort', () => read({ error: undefined }));
      try {
        for (;;) {
          const item = queue.shift();
          if (!item) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          } else if ('value' in item) yield item.value;
          else if (item.error) throw item.error;
          else return;
        }
      } finally {
        readers.delete(read);
      }
    },
  };
};

const gone = (): PorticoError =>
  new PorticoError('DECLARED', 'gone', { declared: 'promptGone', data: {} }, 'remote');

/** The prompts of a host, as far as the screen can tell. */
export const fakePrompts = (first: Prompt | undefined) => {
  const changed = fakeEvent<string[]>();
  const calls: Call[] = [];
  const attended: unknown[] = [];
  const fake = {
    prompt: first,
    /** What was told of the person. */
    attended,
    calls,
    changed,
    /** Each call fails with it. */
    fails: undefined as ErrorCode | undefined,
    /** An answer arrives, and then its answer gets lost. */
    losesAnswers: false,
    /** Answers wait for it. */
    hold: undefined as Promise<void> | undefined,
  };
  const take = async (member: string, params: { id: string }): Promise<Prompt> => {
    calls.push([member, params]);
    if (fake.hold && member !== 'get') await fake.hold;
    if (fake.fails) throw new PorticoError(fake.fails, 'as the test wants it', {}, 'remote');
    if (!fake.prompt || fake.prompt.id !== params.id) throw gone();
    const { prompt } = fake;
    if (member !== 'get') fake.prompt = undefined;
    if (member !== 'get' && fake.losesAnswers) throw new PorticoError('OUTCOME_UNKNOWN', 'lost');
    return structuredClone(prompt);
  };
  const source: PromptSource = {
    list: async () => (fake.prompt ? [fake.prompt] : []),
    get: (params) => take('get', params),
    answer: async (params) => void (await take('answer', params)),
    confirm: async (params) => void (await take('confirm', params)),
    async attend(params) {
      attended.push(params);
    },
    changed: (options) => changed.subscribe(options),
  };
  return Object.assign(fake, { source });
};

/** The connections of a host: what it is asked to do it does, and says that something has changed. */
export const fakeConnections = (overview: Overview) => {
  const changed = fakeEvent<Record<never, never>>();
  const calls: Call[] = [];
  const fake = {
    overview: structuredClone(overview),
    calls,
    changed,
    fails: undefined as ErrorCode | undefined,
  };
  const use = <T>(member: string, params: unknown, result: () => T): Promise<T> => {
    calls.push([member, params]);
    if (fake.fails) return Promise.reject(new PorticoError(fake.fails, 'as the test wants it'));
    return Promise.resolve(structuredClone(result()));
  };
  const act = (member: string, params: unknown, change: () => void): Promise<void> =>
    use(member, params, () => {
      change();
      changed.emit({});
    });
  const each = (key: string, change: (connection: Overview['connections'][number]) => object): void => {
    fake.overview.connections = fake.overview.connections.map((connection) =>
      connection.caller.key === key ? { ...connection, ...change(connection) } : connection,
    );
  };
  const source: ConnectionsSource = {
    list: () => use('list', undefined, () => fake.overview.connections),
    audit: () => use('audit', undefined, () => fake.overview.audit),
    traffic: (params) => use('traffic', params, () => fake.overview.traffic),
    storage: () => use('storage', undefined, () => ({ state: fake.overview.storage })),
    revoke: (params) =>
      act('revoke', params, () =>
        each(params.key, ({ grants }) => ({
          grants: params.subject
            ? grants.filter(({ subject }) => subject.capability !== params.subject?.capability)
            : [],
        })),
      ),
    block: (params) => act('block', params, () => each(params.key, () => ({ blockedSince: Date.now() }))),
    unblock: (params) => act('unblock', params, () => each(params.key, () => ({ blockedSince: undefined }))),
    forget: (params) =>
      act('forget', params, () => {
        fake.overview.connections = fake.overview.connections.filter(
          ({ caller }) => caller.key !== params.key,
        );
      }),
    reset: () =>
      act('reset', undefined, () => {
        fake.overview.storage = 'ok';
      }),
    changed: (options) => changed.subscribe(options),
  };
  return Object.assign(fake, { source });
};
