import { PorticoError } from 'portico';
import { expect, test, vi } from 'vitest';
import { KIND } from '../support/kinds.js';
import { settled } from '../support/raw-peer.js';
import { codeOf, welcomed } from '../support/sessions.js';

// As the plugin writes it for basic clients. This file has a process of its own.
vi.mock('../../src/limits/edition.js', () => ({ BASIC: true, BROWSER: undefined }));

test('[W9.11] a basic client says that it reads no tables, asks for what it needs alone, and proves nothing', async () => {
  const { raw } = await welcomed({ connect: { wants: ['titles'], token: 'x' } });
  const [[, hello]] = raw.host.of(KIND.HELLO) as unknown as [[number, Record<string, unknown>]];
  expect(hello).toMatchObject({ rows: 1, wants: [] });
  expect(Object.keys(hello)).not.toContain('token');
});

test('it calls, each time in a frame of its own, and listens', async () => {
  const { raw, read, control } = await welcomed();
  const changes = read.changed();
  const answers = [read.get({ id: 1 }), read.get({ id: 2 }), control.close({ id: 3 })];
  await settled();
  expect(raw.host.of(KIND.CALL).map(([, id, path]) => [id, path])).toEqual([
    [2, 'read.get'],
    [3, 'read.get'],
    [4, 'control.close'],
  ]);
  raw.host.send(
    [KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }],
    [KIND.RESULT, 2, { id: 1 }, { id: 2 }],
    [KIND.ERROR, 4, { code: 'INTERNAL' }],
  );
  expect(await Promise.all(answers.slice(0, 2))).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await codeOf(answers[2] as Promise<unknown>)).toBe('INTERNAL');
  expect([(await changes.next()).value, (await changes.next()).value]).toEqual([{ id: 1 }, { id: 2 }]);
  raw.host.send([KIND.EVENT, 1, 5, { id: 3 }]);
  expect(await codeOf(changes.next())).toBe('EVENTS_MISSED');
});

test('it takes no tables', async () => {
  const { raw, read } = await welcomed();
  const answer = codeOf(read.list());
  await settled();
  raw.host.send([KIND.RESULT, 1, { n: 1, k: ['id'], c: [[1]] }]);
  expect(await answer).toBe('INVALID_RESULT');
});

test('what it lacks is refused where it is asked for, or is not there', async () => {
  const { raw, ...connection } = await welcomed();
  const { read } = connection;
  const { signal } = new AbortController();
  expect(await codeOf(read.get({ id: 1 }, { signal }))).toBe('INVALID_ARGUMENT');
  for (const options of [{ signal }, { onGap: () => {} }])
    expect(() => read.changed(options)).toThrow(PorticoError);
  expect(Object.keys(connection)).not.toContain('has');
  await settled();
  expect([raw.host.of(KIND.CALL), raw.host.of(KIND.SUBSCRIBE)]).toEqual([[], []]);
});
