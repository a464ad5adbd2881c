import { isError } from 'portico';
import { type CapabilityClient, connect, connectAny } from 'portico/client';
import { allow, anyExtension, createHost, type Implementation, type Served } from 'portico/host';
import { describe, expectTypeOf, test } from 'vitest';
import { oldNotes } from './notes.protocol.js';
import { rich } from './rich.protocol.js';

// The tests of declarations check this file a second time, with the compiled protocol in place of the other.
type Rich = typeof rich;
type Place = { lat: number; lon: number };

const place = { lat: 1, lon: 2 };
const thing = {
  id: 1,
  place,
  shape: { kind: 'circle', radius: 1 },
  tags: ["it's", 5, true],
  box: [1, [place], null],
  counts: { a: 1 },
} as const;

describe('a client', () => {
  const { read, has } = connect(rich, { needs: ['read'], wants: ['write', 'owners', 'empty'] });

  test('calls with parameters of all sorts', async () => {
    void read.list();
    void read.list({ near: place }, { deadline: 5 });
    void read.get({ id: 5, deep: undefined });
    // @ts-expect-error parameters are missing
    void read.get();
    // @ts-expect-error an unknown parameter
    void read.get({ id: 5, dryRun: true });
    // @ts-expect-error a parameter of another type
    void read.list({ near: { lat: '1', lon: 2 } });
    // @ts-expect-error no such member
    void read.all();

    const write = await has('write');
    if (!write) return;
    const raw = new Uint8Array();
    void write.plain({ name: 'a', raw, size: -1, pair: ['a', 1], open: { a: 1 }, many: 5, list: [1, 'a'] });
    void write.wipe();
    // @ts-expect-error it takes none
    void write.wipe({ now: true });
    // @ts-expect-error none of the constants
    void write.plain({ name: 'a', raw, size: 'medium' });
    // @ts-expect-error a place of another type
    void write.plain({ name: 'a', raw, pair: ['a', 2] });
    // @ts-expect-error Base64 is the wire's affair
    void write.plain({ name: 'a', raw: 'AAAA' });
    // @ts-expect-error neither of the patterns
    void write.plain({ name: 'a', raw, patterns: { b: 'y' } });
    expectTypeOf(write.picture({ png: raw })).toEqualTypeOf<Promise<Uint8Array>>();
  });

  test('gets results of all sorts', async () => {
    const found = await read.get({ id: 1 });
    expectTypeOf(found.was).toEqualTypeOf<Place | undefined>();
    expectTypeOf(found.place).toEqualTypeOf<Place | null>();
    expectTypeOf(found['odd name']).toEqualTypeOf<unknown>();
    expectTypeOf(found.tags).toEqualTypeOf<("it's" | 5 | true)[]>();
    expectTypeOf(found.box).toEqualTypeOf<[number, Place[], string | null]>();
    expectTypeOf(found.counts).toEqualTypeOf<Record<string, number>>();
    expectTypeOf(found.owner?.picture).toEqualTypeOf<Uint8Array | undefined>();
    if (found.shape.kind === 'circle') expectTypeOf(found.shape.radius).toEqualTypeOf<number>();
    // @ts-expect-error perhaps without the grant
    found.owner.name;
    // What has a name is an object of any names still, as it is without.
    const open: Record<string, unknown> = found;
    expectTypeOf(open).not.toBeAny();
  });

  test('gets what refers to itself', async () => {
    const tree = await read.tree();
    expectTypeOf(tree.kids[0]?.byName?.['a']?.kids[0]?.value).toEqualTypeOf<number | undefined>();
    const folder = await read.folder();
    expectTypeOf(folder.files[0]?.folder.parent?.name).toEqualTypeOf<string | undefined>();
    // @ts-expect-error of another type, far inside
    tree.kids[0]?.kids[0]?.value.length;
    type Json = Awaited<ReturnType<typeof read.json>>;
    const json: Json = await read.json();
    if (typeof json === 'object' && !Array.isArray(json))
      expectTypeOf(json['a']).toEqualTypeOf<Json | undefined>();
  });

  test('hears events', async () => {
    for await (const { id, to } of read.moved()) {
      expectTypeOf(id).toEqualTypeOf<number>();
      expectTypeOf(to).toEqualTypeOf<Place | undefined>();
    }
    for await (const nothing of read.cleared()) expectTypeOf(nothing).toEqualTypeOf<null>();
  });

  test('has the members of each capability', async () => {
    expectTypeOf(await has('empty')).toEqualTypeOf<CapabilityClient<Rich, 'empty'> | false>();
    expectTypeOf<keyof CapabilityClient<Rich, 'write'>>().toEqualTypeOf<'plain' | 'picture' | 'wipe'>();
    expectTypeOf<keyof CapabilityClient<Rich, 'owners'>>().toEqualTypeOf<never>();
    // @ts-expect-error no such capability
    connect(rich, { needs: ['admin'] });
    const any = await connectAny([rich, oldNotes], { needs: ['read'] });
    if (any.major === 3) void any.read.list();
    // @ts-expect-error of the other major
    else void any.read.list();
  });

  test('knows errors by their names', () => {
    const error: unknown = undefined;
    if (isError(rich, error, 'gone')) expectTypeOf(error.data).toEqualTypeOf<{ id: number }>();
    if (isError(rich, error, 'nothing')) expectTypeOf(error.data).toEqualTypeOf<null>();
    // @ts-expect-error no such error
    isError(rich, error, 'lost');
  });
});

describe('a host', () => {
  const admit = [allow(anyExtension())] as const;
  const served: Served<Rich> = createHost().publish(rich, {
    read: {
      admit,
      provide: () => ({
        list: ({ near }) => (near ? [{ ...thing, tags: [5], box: [1, [near], 'a'] }] : []),
        get: ({ id }, call) => {
          // @ts-expect-error declared by the protocol, not by this method
          call.fail('full', { left: 1 });
          // @ts-expect-error data of another type
          call.fail('gone', { id: 'x' });
          throw call.fail('gone', { id });
        },
        tree: () => ({ value: 1, kids: [{ value: 2, kids: [] }] }),
        json: () => ['a', { b: ['c'] }],
        folder: () => ({ name: 'a', parent: null, files: [] }),
      }),
    },
    write: {
      admit,
      provide: () => ({
        plain: ({ name, raw, size }) => {
          expectTypeOf(name).toEqualTypeOf<string>();
          expectTypeOf(raw).toEqualTypeOf<Uint8Array>();
          expectTypeOf(size).toEqualTypeOf<'small' | 'large' | null | -1 | undefined>();
        },
        picture: async ({ png }) => png,
        wipe: () => {},
      }),
    },
    owners: { admit },
    empty: { admit },
  });

  test('provides results of their types', () => {
    const provider = (read: Partial<Implementation<Rich, 'read'>>): unknown => read;
    // @ts-expect-error a field of another type
    provider({ folder: () => ({ name: 'a', parent: 5, files: [] }) });
    // @ts-expect-error a value of another type, far inside
    provider({ tree: () => ({ value: 1, kids: [{ value: '2', kids: [] }] }) });
    // @ts-expect-error a number is no Json of this protocol
    provider({ json: () => ['a', 5] });
  });

  test('tells events', () => {
    served.read.changed.emit({ ...thing, tags: [], box: [1, [], null] });
    served.read.moved.emit({ id: 1, to: place });
    // @ts-expect-error a payload of another type
    served.read.moved.emit({ to: place });
    // @ts-expect-error methods are called by clients
    served.read.list;
  });
});
