import { isError, PorticoError } from 'portico';
import {
  type CapabilityClient,
  connect,
  connectAny,
  connectTab,
  type SessionInfo,
  type Subscription,
} from 'portico/client';
import { createHost } from 'portico/host';
import { extension, loopback } from 'portico/testing';
import { describe, expectTypeOf, test } from 'vitest';
import { type Notes, notes, oldNotes } from './notes.protocol.js';

type Note = { id: number; kind: 'text' | 'list'; title?: string | undefined };

describe('a connection', () => {
  const connection = connect(notes, { needs: ['read'], wants: ['write', 'titles'] });
  const { read, has, session } = connection;

  test('has what was asked for, and nothing else', () => {
    expectTypeOf<keyof typeof connection>().toEqualTypeOf<'read' | 'has' | 'session'>();
    // @ts-expect-error only wanted: reach it through `has`
    connection.write;
    // @ts-expect-error not asked for
    connection.news;
    // @ts-expect-error no such capability
    connection.admin;
  });

  test('asks for capabilities of the protocol only', () => {
    // @ts-expect-error no such capability
    connect(notes, { needs: ['admin'] });
    // @ts-expect-error no such capability
    connect(notes, { needs: ['read'], wants: ['admin'] });
    // @ts-expect-error reserved
    connect(notes, { needs: ['constructor'] });
  });

  test('gives wanted capabilities through `has`, if at all', async () => {
    const write = await has('write');
    expectTypeOf(write).toEqualTypeOf<CapabilityClient<Notes, 'write'> | false>();
    // @ts-expect-error perhaps it was not granted
    write.empty();
    if (write) expectTypeOf(write.empty()).toEqualTypeOf<Promise<void>>();
    expectTypeOf(await has('read')).toEqualTypeOf<CapabilityClient<Notes, 'read'> | false>();
    // @ts-expect-error not asked for
    void has('news');
  });

  test('tells what was settled', async () => {
    expectTypeOf(await session.ready()).toEqualTypeOf<SessionInfo<'read' | 'write' | 'titles'>>();
    expectTypeOf(session.info?.granted).toEqualTypeOf<readonly ('read' | 'write' | 'titles')[] | undefined>();
  });

  test('is the same for connectTab and in the loopback', () => {
    expectTypeOf(connectTab(notes, 5, { needs: ['read'], wants: ['write', 'titles'] })).toEqualTypeOf<
      typeof connection
    >();
    const local = loopback(createHost(), { as: extension('a') });
    expectTypeOf(local.connect(notes, { needs: ['read'], wants: ['write', 'titles'] })).toEqualTypeOf<
      typeof connection
    >();
    // @ts-expect-error the tab is the host
    connectTab(notes, 5, { needs: ['read'], host: 'self' });
    // @ts-expect-error no tab
    connectTab(notes, { needs: ['read'] });
  });

  test('methods give results of their schemas’ types', () => {
    expectTypeOf(read.list()).toEqualTypeOf<Promise<Note[]>>();
    expectTypeOf(read.get({ id: 1 })).toEqualTypeOf<Promise<Note>>();
    expectTypeOf(read.count()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(read.ping()).toEqualTypeOf<Promise<void>>();
  });

  test('methods take parameters of their schemas’ types', () => {
    void read.list({});
    void read.list({ folder: 'a' });
    void read.list(undefined, { deadline: 5000 });
    void read.ping(undefined, { signal: AbortSignal.timeout(5), deadline: 100 });
    // @ts-expect-error required parameters are missing
    void read.get();
    // @ts-expect-error a required parameter is missing
    void read.get({});
    // @ts-expect-error a parameter of another type
    void read.get({ id: '1' });
    // @ts-expect-error an unknown parameter
    void read.get({ id: 1, dryRun: true });
    // @ts-expect-error an optional parameter of another type
    void read.list({ folder: 5 });
    // @ts-expect-error it takes none
    void read.ping({ now: true });
    // @ts-expect-error an unknown option
    void read.get({ id: 1 }, { timeout: 5 });
    // @ts-expect-error a deadline of a call is in milliseconds
    void read.get({ id: 1 }, { deadline: '5s' });
  });

  test('members that the protocol does not have are not there', () => {
    // @ts-expect-error no such member
    void read.remove();
    // @ts-expect-error a member of another capability
    void read.add({ text: 'a' });
  });

  test('what is gated may be missing', async () => {
    const [note] = await read.list();
    // @ts-expect-error perhaps without the grant
    note?.title.length;
    expectTypeOf(note?.title).toEqualTypeOf<string | undefined>();
  });

  test('bytes go in as a Uint8Array', async () => {
    const write = await has('write');
    if (!write) return;
    expectTypeOf(write.add({ text: 'a', picture: new Uint8Array() })).toEqualTypeOf<
      Promise<{ readonly id: number }>
    >();
    // @ts-expect-error Base64 is the wire's affair
    void write.add({ text: 'a', picture: 'AAAA' });
  });

  test('events are iterated', async () => {
    const changes = read.changed({ onGap: (missed) => expectTypeOf(missed).toEqualTypeOf<number>() });
    expectTypeOf(changes).toEqualTypeOf<Subscription<Note>>();
    for await (const note of changes) expectTypeOf(note).toEqualTypeOf<Note>();
    for await (const nothing of read.cleared()) expectTypeOf(nothing).toEqualTypeOf<null>();
    // @ts-expect-error events take no parameters
    read.changed({ id: 1 });
    // @ts-expect-error an event is no promise
    read.changed().then;
  });
});

test('without needs there are only `has` and `session`', () => {
  const bare = connect(notes, { wants: ['read'] });
  expectTypeOf<keyof typeof bare>().toEqualTypeOf<'has' | 'session'>();
  // @ts-expect-error only wanted
  bare.read;
});

test('options are checked', () => {
  // @ts-expect-error no such strategy
  connect(notes, { needs: ['read'], whenUnreachable: 'retry' });
  // @ts-expect-error no such limit
  connect(notes, { needs: ['read'], limits: { everything: 5 } });
  connect(notes, {
    needs: ['read'],
    whenUnreachable: 'wait',
    includeTlsChannelId: true,
    limits: { calls: 5 },
  });
});

describe('connectAny', () => {
  test('is narrowed by its major', async () => {
    const any = await connectAny([notes, oldNotes], { needs: ['read'] });
    expectTypeOf(any.major).toEqualTypeOf<1 | 2>();
    // @ts-expect-error which of them is it?
    void any.read.all();
    if (any.major === 2) {
      expectTypeOf(any.read.count()).toEqualTypeOf<Promise<number>>();
      // @ts-expect-error of the other major
      void any.read.all();
    } else {
      expectTypeOf(any.read.all()).toEqualTypeOf<Promise<string[]>>();
      // @ts-expect-error of the other major
      void any.read.count();
    }
  });

  test('gives a capability only of the majors that have it', async () => {
    const any = await connectAny([notes, oldNotes], { needs: ['read'], wants: ['write'] });
    if (any.major === 2) void any.has('write');
    // @ts-expect-error the older one has no `write`
    else void any.has('write');
  });

  test('takes at least one protocol, and capabilities that some of them has', () => {
    // @ts-expect-error none
    void connectAny([], { needs: [] });
    // @ts-expect-error no such capability
    void connectAny([notes, oldNotes], { needs: ['admin'] });
  });
});

describe('errors', () => {
  const error: unknown = undefined;

  test('isError tells the type of the data', () => {
    if (isError(notes, error, 'noteGone')) expectTypeOf(error.data).toEqualTypeOf<{ id: number }>();
    if (isError(notes, error, 'full')) expectTypeOf(error.data).toEqualTypeOf<{ left: number }>();
    if (isError(notes, error, 'locked')) {
      expectTypeOf(error.data).toEqualTypeOf<null>();
      expectTypeOf(error.declared).toEqualTypeOf<'locked'>();
      expectTypeOf(error).toExtend<PorticoError>();
    }
  });

  test('isError takes declared names only', () => {
    // @ts-expect-error no such error
    isError(notes, error, 'nope');
    // @ts-expect-error a code, not a name
    isError(notes, error, 'REFUSED');
    // @ts-expect-error this protocol declares none
    isError(oldNotes, error, 'noteGone');
  });

  test('codes are a closed table', () => {
    if (!PorticoError.is(error)) return;
    if (error.code === 'UNREACHABLE') return;
    // @ts-expect-error no such code
    if (error.code === 'OFFLINE') return;
    expectTypeOf(error.origin).toEqualTypeOf<'local' | 'remote'>();
  });
});
