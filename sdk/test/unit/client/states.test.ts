import type { ConnectionState } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { realClient, welcomed } from '../../support/sessions.js';
import { welcome } from '../../support/tabs.js';
import { collectUncaught } from '../../support/uncaught.js';

type Client = ReturnType<typeof realClient>;

const history = ({ session }: Pick<Client, 'session'>): string[] => {
  const heard: string[] = [];
  session.onChange((state, error) => heard.push(error ? `${state} ${error.code}` : state));
  return heard;
};

describe('the state', () => {
  test('goes from connecting to open, dormant, and round again', async () => {
    const it = realClient();
    const heard = history(it);
    expect(it.session.state).toBe('connecting');
    it.raw.host.send(welcome());
    await it.session.ready();
    expect(it.session.state).toBe('open');
    it.raw.host.close();
    await settled();
    expect(it.session.state).toBe('dormant');
    const again = it.session.ready();
    expect(it.session.state).toBe('connecting');
    it.raw.host.send(welcome());
    await again;
    it.session.close();
    await settled();
    expect(heard).toEqual(['open', 'dormant DISCONNECTED', 'connecting', 'open', 'closed CLOSED']);
  });

  test('is told with the refusal that caused it', async () => {
    const it = realClient();
    const heard = history(it);
    it.raw.host.send([KIND.REFUSE, { code: 'CAPABILITY_REFUSED', message: 'no' }]);
    await settled();
    expect(heard).toEqual(['dormant CAPABILITY_REFUSED']);
  });

  test('is heard in order by every listener, though one acts on it', async () => {
    const it = realClient();
    it.session.onChange((state) => {
      if (state === 'open') it.session.close();
    });
    const heard = history(it);
    it.raw.host.send(welcome());
    await settled();
    expect(heard).toEqual(['open', 'closed CLOSED']);
  });

  test('is heard until a listener is taken away', async () => {
    const it = realClient();
    const heard: ConnectionState[] = [];
    const stop = it.session.onChange((state) => heard.push(state));
    it.raw.host.send(welcome());
    await settled();
    stop();
    it.session.close();
    await settled();
    expect(heard).toEqual(['open']);
  });

  test('is the new one when it is heard, and when a promise settles', async () => {
    const it = await welcomed();
    const seen: ConnectionState[] = [];
    it.session.onChange(() => seen.push(it.session.state));
    const lost = it.control.wait({}).catch(() => seen.push(it.session.state));
    await settled();
    it.raw.host.close();
    await lost;
    await settled();
    expect(seen).toEqual(['dormant', 'dormant']);
  });
});

describe('what was settled', () => {
  test('is known while the connection is open', async () => {
    const it = realClient();
    expect(it.session.info).toBeUndefined();
    it.raw.host.send(
      welcome({ granted: ['read', 'control'], refused: ['titles'], reasons: ['CAPABILITY_REFUSED'] }),
    );
    const info = await it.session.ready();
    expect(info).toEqual({
      id: 's',
      instance: 'i',
      version: '1.2.0',
      granted: ['read', 'control'],
      refused: { titles: 'CAPABILITY_REFUSED' },
      pending: [],
    });
    expect(it.session.info).toBe(info);
    expect(await it.session.ready()).toBe(info);
    it.raw.host.close();
    await settled();
    expect(it.session.info).toBeUndefined();
  });

  test('tells `has` which of the wanted capabilities there are', async () => {
    const it = realClient({ connect: { needs: ['read'], wants: ['control', 'titles'] } });
    it.raw.host.send(
      welcome({ granted: ['read', 'titles'], refused: ['control'], reasons: ['CAPABILITY_REFUSED'] }),
    );
    expect(await it.has('control')).toBe(false);
    expect(await it.has('titles')).toEqual({});
    expect(Object.keys((await it.has('read')) || {})).toEqual(['list', 'get', 'ping', 'changed', 'moved']);
    expect(await it.has('admin' as never)).toBe(false);
    expect(await it.has('constructor' as never)).toBe(false);
  });

  test('is asked of the host again by `has` after a lost session', async () => {
    const it = realClient({ connect: { needs: ['read'], wants: ['control'] } });
    it.raw.host.send(welcome({ granted: ['read'] }));
    expect(await it.has('control')).toBe(false);
    it.raw.host.close();
    await settled();
    const asked = it.has('control');
    it.raw.host.send(welcome({ granted: ['read', 'control'] }));
    expect(await asked).not.toBe(false);
  });
});

describe('a listener that throws', () => {
  const failures = collectUncaught();

  test('is seen, and keeps nobody else from hearing', async () => {
    const it = realClient();
    const mine = new Error('mine');
    it.session.onChange(() => {
      throw mine;
    });
    const heard = history(it);
    const listed = it.read.list();
    it.raw.host.send(welcome(), [KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
    await settled();
    expect(heard).toEqual(['open']);
    expect(failures).toEqual([mine]);
  });
});

test('a client is a plain object: awaiting it does nothing, and nothing undeclared is there', async () => {
  const it = await welcomed();
  const { raw: _, ...connection } = it;
  expect(Object.keys(connection).sort()).toEqual(['control', 'has', 'read', 'session']);
  expect(await connection).toBe(connection);
  expect(await it.read).toBe(it.read);
  expect((it.read as unknown as Record<string, unknown>)['nope']).toBeUndefined();
});
