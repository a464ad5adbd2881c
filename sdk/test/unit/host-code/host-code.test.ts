import { bytes, defineProtocol, event, gated, method } from 'portico';
import { describe, expect, test } from 'vitest';
import { hostCode } from '../../../src/build/host-code/index.js';
import { outputEncoder, paramsDecoder } from '../../../src/call/member-codecs.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits/limits.js';
import { Conversion, FAIL } from '../../../src/protocol/conversion.js';
import { generatedFor, linkedPlanOf } from '../../../src/protocol/plan.js';
import type { AnyProtocol, Method } from '../../../src/protocol/protocol.js';
import { dataOf, importCode } from '../../support/host-code.js';

const note = {
  type: 'object',
  required: ['id', 'state'],
  properties: {
    id: { type: 'integer' },
    state: { enum: ['open', 'shut'] },
    title: gated('titles', { type: 'string', maxLength: 5 }),
    picture: bytes(),
  },
};
const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  errors: { full: { type: 'object', properties: { size: { type: 'integer' } } } },
  capabilities: {
    read: {
      title: 'Call require("x"), eval(x) or new Function',
      members: {
        list: method({
          params: { type: 'object', properties: { most: { type: 'integer' } } },
          result: { type: 'array', items: note } as object,
          errors: ['full'],
        }),
        name: method({ result: { type: 'string', maxLength: 3 } }),
        either: method({
          result: { anyOf: [{ type: 'string', pattern: '^a' }, { type: 'string' }] } as object,
        }),
        tree: method({
          params: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } } as object,
        }),
        changed: event(note as object),
      },
    },
    titles: { title: 'Titles' },
  },
});
const compile = async (protocol: AnyProtocol = notes, name = 'notes'): Promise<AnyProtocol> =>
  (await importCode(hostCode(new Map([[name, protocol]]), dataOf)))[name] as AnyProtocol;
const memberOf = (protocol: AnyProtocol, name: string): Method =>
  protocol.capabilities['read']?.members?.[name] as Method;
const run = (
  codec: ReturnType<typeof paramsDecoder>,
  value: unknown,
  limits: Limits = DEFAULT_LIMITS,
): unknown => {
  const conversion = new Conversion(limits);
  const copy = conversion.convert(codec, value);
  return copy === FAIL ? conversion.failure : copy;
};

describe('the module', () => {
  test('carries the data as it was given, linked plans among it', async () => {
    const linked = (part: unknown): unknown =>
      typeof part !== 'object' || part === null || Array.isArray(part)
        ? part
        : (linkedPlanOf(part) ??
          Object.fromEntries(Object.entries(part).map(([key, value]) => [key, linked(value)])));
    expect(await compile(defineProtocol({ ...notes }) as AnyProtocol)).toEqual(linked(notes));
  });

  test('needs nothing but kinds, and generates no code', () => {
    const code = hostCode(new Map([['notes', notes]]), dataOf);
    const [generated = ''] = code.split('export const notes');
    expect(generated).toContain('validate0');
    expect(code.match(/^\s*import\b.*/gm)).toEqual([
      expect.stringMatching(/^import \{.*\} from 'portico\/kinds';$/),
    ]);
    for (const forbidden of ['require(', 'import(', 'eval(', 'new Function', 'Function('])
      expect(generated).not.toContain(forbidden);
  });

  test('exports several protocols, under any name', async () => {
    const code = hostCode(
      new Map<string, AnyProtocol>([
        ['generated', notes],
        ['size', notes],
        ['exports', notes],
      ]),
      dataOf,
    );
    expect(Object.keys(await importCode(code)).sort()).toEqual(['exports', 'generated', 'size']);
  });
});

describe('members', () => {
  test('have code where alternatives can be told apart, and none elsewhere', async () => {
    const made = await compile();
    expect(generatedFor(memberOf(made, 'list').params).read).toBeDefined();
    expect(generatedFor(memberOf(made, 'name').result).write).toBeDefined();
    expect(generatedFor(memberOf(made, 'either').result)).toEqual({});
    expect(linkedPlanOf(memberOf(made, 'name').result as object)).toEqual(
      linkedPlanOf(memberOf(notes, 'name').result as object),
    );
  });

  test('read parameters by it', async () => {
    const decode = paramsDecoder(memberOf(await compile(), 'list').params);
    expect(run(decode, { most: 5, other: undefined })).toEqual({ most: 5 });
  });

  test('refuse in the words of the interpreter', async () => {
    const decode = paramsDecoder(memberOf(await compile(), 'list').params);
    expect(run(decode, { most: 'x' })).toEqual({ path: '/most', expected: 'an integer' });
    expect(run(decode, { dryRun: true })).toEqual({ path: '', expected: 'no property "dryRun"' });
  });

  test('refuse what is too deep without overflowing the stack', async () => {
    const decode = paramsDecoder(memberOf(await compile(), 'tree').params);
    let deep: object = {};
    for (let i = 0; i < 100_000; i++) deep = { kids: [deep] };
    expect(run(decode, deep)).toMatchObject({ limit: 'depth' });
  });

  test('refuse one value named a million times within the limit of a message', async () => {
    const decode = paramsDecoder(memberOf(await compile(), 'tree').params);
    let wide: object = { kids: [] };
    for (let i = 0; i < 20; i++) wide = { kids: new Array(50).fill(wide) };
    expect(run(decode, wide)).toMatchObject({ limit: 'messageSteps' });
  });

  const BASE64 = { nativeBytes: false, tables: true };
  const NATIVE = { nativeBytes: true, tables: true };

  test('send lists as columns, gates shut and bytes in their form', async () => {
    const { result } = memberOf(await compile(), 'list');
    const rows = [1, 2, 3, 4].map((id) => ({
      id,
      state: 'open',
      title: 'told',
      secret: 1,
      picture: new Uint8Array([id]),
    }));
    expect(run(outputEncoder(result, new Set(), BASE64), rows)).toEqual({
      n: 4,
      k: ['id', 'state', 'picture'],
      c: [
        [1, 2, 3, 4],
        ['open', 'open', 'open', 'open'],
        ['AQ==', 'Ag==', 'Aw==', 'BA=='],
      ],
    });
    expect(run(outputEncoder(result, new Set(['titles']), NATIVE), rows.slice(0, 1))).toEqual([
      { id: 1, state: 'open', title: 'told', picture: new Uint8Array([1]) },
    ]);
    expect(run(outputEncoder(result, new Set(), { ...BASE64, tables: false }), rows)).toEqual(
      rows.map(({ id, state, picture: [byte] }) => ({
        id,
        state,
        picture: btoa(String.fromCharCode(byte as number)),
      })),
    );
    rows[2] = { ...rows[2], title: 'too long' } as never;
    expect(run(outputEncoder(result, new Set(['titles']), NATIVE), rows)).toEqual({
      path: '/2/title',
      expected: 'maxLength 5',
    });
  });
});
