import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defineProtocol, method } from 'portico';
import { allow, anyExtension, createHost, type Host } from 'portico/host';
import { Type } from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits/limits.js';
import { Conversion, FAIL } from '../../../src/protocol/conversion.js';
import { codecOf } from '../../../src/protocol/kinds/kind.js';
import { link } from '../../../src/protocol/link.js';
import { fromTable } from '../../../src/protocol/table-codec.js';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import {
  admitted,
  bystander,
  codeIn,
  codeOf,
  exchange,
  handlersRun,
  welcomed,
} from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

const clone = { serialization: 'structured-clone' } as const;

/** Levels upon levels; made without recursion, since the tests' own stack is no deeper. */
const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
};

const cyclic = (): unknown => {
  const value: { self?: unknown; list: unknown[] } = { list: [] };
  value.self = value;
  value.list.push(value);
  return value;
};

describe('a value that is itself an attack', () => {
  test.each([
    ['with many lists in lists', () => nested(500, (inner) => [inner]), 'LIMIT_EXCEEDED'],
    ['with many objects in objects', () => nested(500, (inner) => ({ inner })), 'LIMIT_EXCEEDED'],
    ['just beyond the depth', () => nested(65, (inner) => [inner]), 'LIMIT_EXCEEDED'],
    ['of many characters', () => 'x'.repeat(33_554_433), 'LIMIT_EXCEEDED'],
    ['that holds itself', cyclic, 'LIMIT_EXCEEDED'],
    ['with an endless list of nothing', () => new Array(4_294_967_295), 'LIMIT_EXCEEDED'],
    ['with a long list of nothing', () => new Array(1_000_000), 'INVALID_PARAMS'],
    ['with a large number', () => 2n ** 4096n, 'INVALID_PARAMS'],
  ])('[W9.9] %s is refused, and costs nobody else', async (_what, value, code) => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server, clone);
    const answers = await exchange(peer, [KIND.CALL, 1, 'control.echo', 0, { value: value() }]);
    expect([answers.map(codeIn), handlersRun(server), peer.closed]).toEqual([[code], [], false]);
    await unharmed();
  });

  test('[W9.9] a result like that costs a client its call', async () => {
    for (const value of [nested(500, (inner) => [inner]), cyclic(), new Array(4_294_967_295)]) {
      const { raw, control, session } = await welcomed(clone);
      const outcome = codeOf(control.echo({ value: 1 }));
      await settled();
      raw.host.send([KIND.RESULT, 1, { value }]);
      expect([await outcome, session.state]).toEqual(['INVALID_RESULT', 'open']);
    }
  });

  test('a value within all bounds passes', async () => {
    const server = tabsHost();
    const peer = await admitted(server, clone);
    const value = nested(60, (inner) => [inner]);
    expect(await exchange(peer, [KIND.CALL, 1, 'control.echo', 0, { value }])).toEqual([
      [KIND.RESULT, 1, { value }],
    ]);
  });
});

const Leaf = Type.Object({ text: Type.String() });
const trees = defineProtocol({
  name: 'org.example.trees',
  version: '1.2.0',
  capabilities: {
    read: {
      title: 'Read',
      members: {
        count: method({
          params: {
            type: 'object',
            required: ['root'],
            properties: { root: { $ref: 'Tree' } },
            $defs: {
              Tree: {
                type: 'object',
                properties: { left: { $ref: 'Tree' }, right: { $ref: 'Tree' } },
              },
            },
          },
        }),
        choose: method({
          params: {
            type: 'object',
            required: ['root'],
            properties: { root: { $ref: 'Choice' } },
            $defs: {
              Choice: {
                anyOf: [
                  {
                    type: 'object',
                    required: ['a'],
                    properties: { next: { $ref: 'Choice' }, a: { type: 'string' } },
                  },
                  {
                    type: 'object',
                    required: ['b'],
                    properties: { next: { $ref: 'Choice' }, b: { type: 'string' } },
                  },
                ],
              },
            },
          },
        }),
        rows: method({ params: Type.Object({ rows: Type.Array(Type.Array(Leaf)) }) }),
      },
    },
  },
});

const treesHost = (limits: Partial<Limits> = {}): { readonly host: Host; readonly ran: string[] } => {
  const host = createHost({ limits });
  const ran: string[] = [];
  const note = (name: string) => () => {
    ran.push(name);
  };
  host.publish(trees, {
    read: {
      admit: [allow(anyExtension())],
      provide: () => ({ count: note('count'), choose: note('choose'), rows: note('rows') }) as never,
    },
  });
  return { host, ran };
};

const greeted = async (host: Host) => {
  const peer = rawClient(host, { ...clone, name: 'portico:org.example.trees' });
  peer.send(hello({ wants: ['read'] }));
  await settled();
  return peer;
};

describe('a small message that stands for a large one', () => {
  /** A tree in which both branches are the same object, level by level: 2^levels nodes in a few bytes. */
  const shared = (levels: number): unknown => {
    let tree: object = {};
    for (let i = 0; i < levels; i++) tree = { left: tree, right: tree };
    return tree;
  };

  test('[W9.13] [A13] is bounded by the work it makes', async () => {
    const { host, ran } = treesHost();
    const peer = await greeted(host);
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'read.count',
      0,
      ...Array(50).fill({ root: shared(60) }),
    ]);
    expect(answers.map(codeIn)).toEqual(Array(50).fill('LIMIT_EXCEEDED'));
    expect(ran).toEqual([]);
  });

  test('[W9.13] [A13] is bounded by what its shared lists stand for', async () => {
    const { host, ran } = treesHost();
    const peer = await greeted(host);
    const row = Array(5000).fill({ text: 'x' });
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'read.rows',
      0,
      ...Array(20).fill({ rows: Array(5000).fill(row) }),
    ]);
    expect(new Set(answers.map(codeIn))).toEqual(new Set(['LIMIT_EXCEEDED']));
    expect([answers.length, ran]).toEqual([20, []]);
  });

  test('[W9.13] [A13] cannot make the alternatives of a schema be tried without end', async () => {
    const { host, ran } = treesHost();
    const peer = await greeted(host);
    const root = nested(60, (next) => (next === 1 ? {} : { next }));
    const answers = await exchange(peer, [KIND.CALL, 1, 'read.choose', 0, { root }, { root }, { root }]);
    expect(new Set(answers.map(codeIn))).toEqual(new Set(['LIMIT_EXCEEDED']));
    expect(ran).toEqual([]);
    expect(await exchange(peer, [KIND.CALL, 4, 'read.count', 0, { root: shared(3) }])).toHaveLength(1);
    expect(ran).toEqual(['count']);
  });

  test('[W9.13] [W9.11] is no table with endless columns of nothing', () => {
    const rows = link(['a', ['o', [['id', 'i', 0]]]]);
    const codec = codecOf(rows, { strict: false, plain: true, bytes: 'read', table: fromTable });
    const read = (n: number, columns = 1): unknown => {
      const names = Array.from({ length: columns }, (_, i) => `${i}`);
      const conversion = new Conversion(DEFAULT_LIMITS);
      const copy = conversion.convert(codec, { n, k: names, c: Array(columns).fill(new Array(n)) });
      return copy === FAIL ? conversion.failure.limit : copy;
    };
    expect(read(8_000_000)).toBe('messageSteps');
    const looked: unknown[] = [];
    const column = new Proxy(new Array(8_000_000), {
      get: (cells, key) => (key === 'length' ? cells.length : looked.push(key)),
    });
    const endless = { n: column.length, k: ['id'], c: [column] };
    expect([new Conversion(DEFAULT_LIMITS).convert(codec, endless), looked]).toEqual([FAIL, []]);
    // Columns that nobody asked for count, too: each name is looked at.
    expect([read(2, 1_000_000), read(2, 2_000_000)]).toEqual([[{}, {}], 'messageSteps']);
  });

  test('leaves nothing behind in the host, however many ways there are through a schema', async () => {
    const { host, ran } = treesHost();
    const peer = await greeted(host);
    const full = (levels: number): unknown =>
      levels === 0 ? {} : { left: full(levels - 1), right: full(levels - 1) };
    const heap = (): number => {
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      return process.memoryUsage().heapUsed;
    };
    await exchange(peer, [KIND.CALL, 1, 'read.count', 0, { root: full(2) }]);
    const before = heap();
    const answers = await exchange(peer, [KIND.CALL, 2, 'read.count', 0, { root: full(16) }]);
    expect([answers, ran.length]).toEqual([[[KIND.RESULT, 2, null]], 2]);
    expect(heap() - before).toBeLessThan(20e6);
  });
});
