import { defineProtocol, event, method } from 'portico';
import { allow, anyExtension, createHost } from 'portico/host';
import { extension, loopback } from 'portico/testing';
import { expect, test } from 'vitest';
import { thrownBy } from '../../support/refusals.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  capabilities: {
    read: {
      title: 'Read',
      members: { count: method({ result: { type: 'integer' } }), added: event({ type: 'integer' }) },
    },
  },
});

const hostWith = (eventQueue: number) => {
  const host = createHost({ limits: { eventQueue } });
  const served = host.publish(notes, {
    read: { admit: [allow(anyExtension())], provide: () => ({ count: () => 1 }) },
  });
  return { served, to: loopback(host, { as: extension('a') }) };
};

test('[W8.3] a reader that keeps up hears every event of a host that gives less credit than it asks for', async () => {
  const { served, to } = hostWith(100);
  const { read } = to.connect(notes, { needs: ['read'] });
  const added = read.added();
  await read.count();
  for (let number = 0; number < 400; number++) {
    served.read.added.emit(number);
    expect(await added.next()).toEqual({ done: false, value: number });
  }
});

test('a protocol that nobody has defined or compiled is refused when it is used, not when it is answered', () => {
  const { to } = hostWith(100);
  const { members } = notes.capabilities.read;
  const raw = {
    ...notes,
    capabilities: {
      read: {
        title: 'Read',
        members: { ...members, count: { ...members.count, result: { type: 'integer' } } },
      },
    },
  } as typeof notes;
  expect(thrownBy(() => to.connect(raw, { needs: ['read'] }))).toMatchObject({ code: 'INVALID_DEFINITION' });
});
