import { defineProtocol, event, gated, isError, method, PorticoError } from 'portico';
import { allow, anyExtension, createHost, extensions, refuse } from 'portico/host';
import { extension, loopback, page } from 'portico/testing';
import { Type } from 'typebox';
import { expect, test } from 'vitest';

const Tab = Type.Object({ id: Type.Integer(), title: gated('titles', Type.String()) });
const tabs = defineProtocol({
  name: 'org.example.tabs',
  version: '1.2.0',
  hosts: { chromium: 'a'.repeat(32) },
  errors: { tabGone: Type.Object({ id: Type.Integer() }) },
  capabilities: {
    read: {
      title: 'See your tabs',
      members: {
        list: method({
          params: Type.Object({ windowId: Type.Optional(Type.Integer()) }),
          result: Type.Array(Tab),
          idempotent: true,
        }),
        get: method({ params: Type.Object({ id: Type.Integer() }), result: Tab, errors: ['tabGone'] }),
        ping: method(),
        changed: event(Tab),
      },
    },
    titles: { title: 'See titles' },
    control: {
      title: 'Control',
      members: { close: method({ params: Type.Object({ id: Type.Integer() }) }) },
    },
  },
});

const FRIEND = 'c'.repeat(32);
const make = () => {
  const log: unknown[] = [];
  const host = createHost({ log: (e) => log.push(e) });
  const served = host.publish(tabs, {
    read: {
      admit: [refuse(extensions({ chromium: ['d'.repeat(32)] })), allow(anyExtension())],
      provide: () => ({
        list: async ({ windowId }) => [{ id: windowId ?? 1, title: 'a', secret: 1 }],
        get: ({ id }, call) => {
          throw call.fail('tabGone', { id });
        },
        ping: () => {},
      }),
    },
    titles: { admit: [allow(extensions({ chromium: [FRIEND] }))] },
    control: { admit: [allow(extensions({ chromium: [FRIEND] }))], provide: () => ({ close: () => {} }) },
  });
  return { host, served, log };
};

test('a friend lists with titles', async () => {
  const { host, served, log } = make();
  const { read, has, session } = loopback(host, { as: extension(FRIEND) }).connect(tabs, {
    needs: ['read'],
    wants: ['titles', 'control'],
  });
  expect(await read.list({ windowId: 3 })).toEqual([{ id: 3, title: 'a' }]);
  expect(await read.ping()).toBeUndefined();
  const error = await read.get({ id: 4 }).catch((e) => e);
  expect(isError(tabs, error, 'tabGone') && error.data.id).toBe(4);
  expect(await has('control')).not.toBe(false);
  const seen: unknown[] = [];
  const sub = read.changed();
  await read.ping();
  served.read.changed.emit({ id: 1, title: 'x' });
  served.read.changed.emit({ id: 2, title: 'y' });
  seen.push((await sub.next()).value, (await sub.next()).value);
  expect(seen).toEqual([
    { id: 1, title: 'x' },
    { id: 2, title: 'y' },
  ]);
  session.close();
  await new Promise((r) => setTimeout(r, 10));
  expect(host.sessions).toBe(0);
  expect(log.length).toBe(2);
});

test('a stranger learns nothing', async () => {
  const { host } = make();
  const { read } = loopback(host, { as: page('https://evil.example') }).connect(tabs, { needs: ['read'] });
  const e = await read.list().catch((e) => e);
  expect(PorticoError.is(e) && e.code).toBe('REFUSED');
});

test('throughput', async () => {
  const { host } = make();
  const { read } = loopback(host, { as: extension(FRIEND) }).connect(tabs, {
    needs: ['read'],
    wants: ['titles'],
  });
  await read.list();
  for (let r = 0; r < 5; r++) {
    const t = performance.now();
    await Promise.all(Array.from({ length: 5000 }, (_, i) => read.list({ windowId: i })));
    console.log('us per call', ((performance.now() - t) / 5000) * 1000);
  }
});
