import type { Session } from 'portico/host';
import { describe, expect, test } from 'vitest';
import { notesHost } from '../../support/notes-host.js';
import { codeOf, failureOf } from '../../support/sessions.js';

describe('a provider', () => {
  test('runs at the first call of its capability, once for each session', async () => {
    const made: string[] = [];
    const it = notesHost({
      read: ({ id }) => {
        made.push(`read ${id}`);
        return { nothing: () => {} };
      },
      write: ({ id }) => {
        made.push(`write ${id}`);
        return { put: () => {} };
      },
    });
    await it.session.ready();
    expect(made).toEqual([]);
    await Promise.all([it.read.nothing(), it.read.nothing()]);
    await it.read.nothing();
    const first = it.session.info?.id;
    expect(made).toEqual([`read ${first}`]);
    await it.write.put();
    expect(made).toEqual([`read ${first}`, `write ${first}`]);
    const other = it.client();
    await other.read.nothing();
    expect(made.slice(2)).toEqual([`read ${other.session.info?.id}`]);
    expect(other.session.info?.id).not.toBe(first);
  });

  test('is told whose session it is', async () => {
    let session: Session | undefined;
    const it = notesHost({
      read: (given) => {
        session = given;
        return { nothing: () => {} };
      },
    });
    await it.read.nothing();
    expect(session).toMatchObject({
      id: it.session.info?.id,
      version: '1.0.0',
      principal: { kind: 'extension', id: 'c'.repeat(32), browser: 'chromium' },
      grants: new Set(['read', 'write', 'titles']),
    });
    expect(session?.signal.aborted).toBe(false);
  });

  test('that throws answers every call with INTERNAL, runs once, and is reported', async () => {
    let runs = 0;
    const error = new Error('secret');
    const it = notesHost({
      read: () => {
        runs++;
        throw error;
      },
      write: { put: () => {} },
    });
    for (let i = 0; i < 3; i++) {
      const failure = await failureOf(it.read.nothing());
      expect(failure).toMatchObject({ code: 'INTERNAL', origin: 'remote', data: undefined });
      expect(failure.message).not.toContain('secret');
    }
    expect(runs).toBe(1);
    expect(it.failures().map((entry) => entry.error)).toEqual([error, error, error]);
    await it.write.put();
  });

  test('may be an instance of a class: methods keep their `this`', async () => {
    class Reader {
      #calls = 0;
      nothing(): void {
        this.#calls++;
      }
      get({ id }: { id: number }): { id: number } {
        return { id: id + this.#calls };
      }
    }
    const it = notesHost({ read: () => new Reader() });
    await it.read.nothing();
    expect(await it.read.get({ id: 1 })).toEqual({ id: 2 });
  });

  test('without the method that is called is the host’s failure', async () => {
    const it = notesHost({ read: {} });
    expect(await codeOf(it.read.nothing())).toBe('INTERNAL');
    expect(it.failures()).toHaveLength(1);
  });
});
