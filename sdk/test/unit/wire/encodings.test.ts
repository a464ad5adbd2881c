import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { Conversion } from '../../../src/protocol/conversion.js';
import { codecOf } from '../../../src/protocol/kinds/kind.js';
import { link } from '../../../src/protocol/link.js';
import { fromTable, toTable } from '../../../src/protocol/table-codec.js';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { admitted, codeIn, codeOf, exchange, welcomed } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

const clone = { serialization: 'structured-clone' } as const;

describe('bytes', () => {
  const data = new Uint8Array([1, 2, 255]);

  test.each([
    ['Base64', 'native', 'AQL/', data],
    ['bytes', 'native', data, data],
    ['Base64', 'base64', 'AQL/', 'AQL/'],
    ['bytes', 'base64', data, 'AQL/'],
  ])(
    '[W9.3] a host takes %s in a session of %s, and answers as that says',
    async (_form, mode, sent, answer) => {
      const server = tabsHost();
      const peer = await admitted(server, clone, mode === 'native' ? { probe: new Uint8Array([80]) } : {});
      expect(await exchange(peer, [KIND.CALL, 1, 'control.store', 0, { data: sent }])).toEqual([
        [KIND.RESULT, 1, answer],
      ]);
      expect(server.ran).toEqual([['control.store', { data }]]);
    },
  );

  test.each([
    ['native', 1],
    ['base64', 0],
  ])('[W9.3] a client takes either form in a session of %s', async (_mode, native) => {
    const { raw, control } = await welcomed(clone, { native });
    const answers = [control.store({ data }), control.store({ data })];
    await settled();
    raw.host.send([KIND.RESULT, 1, 'AQL/', data]);
    expect(await Promise.all(answers)).toEqual([data, data]);
  });

  test.each([['A'], ['AQL/*'], ['AQ=='.repeat(2)], [[1, 2]], [{ 0: 1 }], [new ArrayBuffer(2)]])(
    '[W9.3] %j is neither',
    async (sent) => {
      const server = tabsHost();
      const peer = await admitted(server, clone);
      const answers = await exchange(peer, [KIND.CALL, 1, 'control.store', 0, { data: sent }]);
      expect([answers.map(codeIn), server.ran]).toEqual([['INVALID_PARAMS'], []]);
    },
  );

  test('[W9.3] their number is bounded by their schema', async () => {
    const peer = await admitted(tabsHost(), clone);
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'control.store',
      0,
      { data: new Uint8Array(1025) },
      { data: btoa('x'.repeat(1025)) },
    ]);
    expect(answers.map(codeIn)).toEqual(['INVALID_PARAMS', 'INVALID_PARAMS']);
  });
});

describe('tables', () => {
  test('[W9.11] a host sends four objects or more as columns', async () => {
    const answered = async (rows: number, wants: readonly string[]): Promise<unknown> => {
      const peer = await admitted(tabsHost({ rows }), {}, { wants });
      const [answer] = await exchange(peer, [KIND.CALL, 1, 'read.list', 0, {}]);
      return answer?.[2];
    };
    expect(await answered(3, ['read'])).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await answered(4, ['read'])).toEqual({ n: 4, k: ['id'], c: [[1, 2, 3, 4]] });
    expect(await answered(4, ['read', 'titles'])).toEqual({
      n: 4,
      k: ['id', 'title'],
      c: [[1, 2, 3, 4], Array(4).fill('Portico')],
    });
  });

  test('[W9.11] a client reads a list and a table alike', async () => {
    const { raw, read } = await welcomed();
    const answers = [read.list(), read.list(), read.list()];
    await settled();
    raw.host.send([
      KIND.RESULT,
      1,
      [{ id: 7, title: 'a' }, { id: 8 }],
      {
        n: 2,
        k: ['title', 'more', 'id'],
        c: [
          ['a', null],
          [1, 2],
          [7, 8],
        ],
      },
      [],
    ]);
    const [list, table, none] = await Promise.all(answers);
    expect(table).toEqual(list);
    expect([Object.keys(table?.[1] as object), none]).toEqual([['id'], []]);
  });

  test.each([
    ['columns of other lengths', { n: 2, k: ['id'], c: [[1]] }],
    ['fewer columns than names', { n: 1, k: ['id', 'title'], c: [[1]] }],
    ['a missing required column', { n: 1, k: ['title'], c: [['x']] }],
    ['a required cell that is null', { n: 1, k: ['id'], c: [[null]] }],
    ['a cell that does not fit', { n: 1, k: ['id'], c: [['x']] }],
    ['no columns', { n: 1e9, k: [], c: [] }],
    ['a column that is no list', { n: 1, k: ['id'], c: [{ 0: 1, length: 1 }] }],
    ['a length that is no number', { n: '1', k: ['id'], c: [[1]] }],
    ['no names', { n: 1, c: [[1]] }],
  ])('[W9.11] a table with %s is none', async (_what, table) => {
    const { raw, read } = await welcomed();
    const outcome = codeOf(read.list());
    await settled();
    raw.host.send([KIND.RESULT, 1, table]);
    expect(await outcome).toBe('INVALID_RESULT');
  });

  test('[W9.11] a cell that is null is an absent property; lists with properties that are null go as they are', () => {
    const rows = link([
      'a',
      [
        'o',
        [
          ['id', 'i', 1],
          ['note', ['u', ['s', ['e', [null]]]], 0],
        ],
      ],
    ]);
    const mode = { strict: false, bytes: 'base64' } as const;
    const write = codecOf(rows, { ...mode, table: toTable });
    const read = codecOf(rows, { ...mode, table: fromTable });
    const notes = (...all: (string | null | undefined)[]): object[] =>
      all.map((note, id) => (note === undefined ? { id } : { id, note }));
    const sent = (value: unknown): unknown => new Conversion(DEFAULT_LIMITS).convert(write, value);
    expect(sent(notes('a', undefined, 'c', 'd'))).toEqual({
      n: 4,
      k: ['id', 'note'],
      c: [
        [0, 1, 2, 3],
        ['a', null, 'c', 'd'],
      ],
    });
    expect(new Conversion(DEFAULT_LIMITS).convert(read, sent(notes('a', undefined, 'c', 'd')))).toStrictEqual(
      notes('a', undefined, 'c', 'd'),
    );
    for (const plain of [notes('a', null, 'c', 'd'), notes(null, null, null, null)])
      expect(sent(plain)).toStrictEqual(plain);
  });

  test('[W9.11] parameters are never tables', async () => {
    const peer = await admitted(tabsHost());
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'control.echo',
      0,
      { value: { n: 4, k: ['id'], c: [[1, 2, 3, 4]] } },
    ]);
    expect(answers).toEqual([[KIND.RESULT, 1, { value: { n: 4, k: ['id'], c: [[1, 2, 3, 4]] } }]]);
  });
});
