import { afterEach, describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import { bystander, expectViolated, handlersRun } from '../../support/sessions.js';
import { tabsHost, welcomeIn } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

const good = { wire: [1], versions: ['1.2.0'], needs: [], wants: ['read'] };
const without = (key: keyof typeof good): object =>
  Object.fromEntries(Object.entries(good).filter(([each]) => each !== key));
const long = (length: number): string => 'x'.repeat(length);

const bodies: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', JSON.stringify(good)],
  ['a number', 1],
  ['a list', [good]],
  ['an empty object', {}],
  ['a Map', new Map(Object.entries(good))],
  ['a Date', Object.assign(new Date(0), good)],
  ['bytes', new Uint8Array(80)],
  ['its keys in __proto__', JSON.parse(`{"__proto__":${JSON.stringify(good)}}`)],
  ...(['wire', 'versions', 'needs', 'wants'] as const).flatMap((key): (readonly [string, unknown])[] => [
    [`no ${key}`, without(key)],
    [`null for ${key}`, { ...good, [key]: null }],
    [`a text for ${key}`, { ...good, [key]: 'read' }],
    [`an object for ${key}`, { ...good, [key]: { 0: 'read', length: 1 } }],
    [`null within ${key}`, { ...good, [key]: [null] }],
    [`an object within ${key}`, { ...good, [key]: [{ toString: 'read' }] }],
    [`a list within ${key}`, { ...good, [key]: [['read']] }],
    [`a list of holes for ${key}`, { ...good, [key]: new Array(3) }],
    [`an endless list for ${key}`, { ...good, [key]: new Array(4_000_000_000) }],
  ]),
  ['a text among the wire versions', { ...good, wire: ['1'] }],
  ['a fraction among the wire versions', { ...good, wire: [1.5] }],
  ['a negative wire version', { ...good, wire: [1, -1] }],
  ['an infinite wire version', { ...good, wire: [1, Number.POSITIVE_INFINITY] }],
  // Another reading than W4.4 would take the 1 beside it, and go on.
  ['an unsafe wire version', { ...good, wire: [1, 2 ** 53] }],
  ['a wire version beyond all integers that are safe', { ...good, wire: [1e300, 1] }],
  ['too many wire versions', { ...good, wire: new Array(17).fill(1) }],
  ['a number among the versions', { ...good, versions: [1.2] }],
  ['a version too long', { ...good, versions: ['1.2.0', long(33)] }],
  ['too many versions', { ...good, versions: new Array(17).fill('1.2.0') }],
  ['a need too long', { ...good, needs: [long(65)] }],
  ['a wish too long', { ...good, wants: [long(65)] }],
  ['too many needs', { ...good, needs: new Array(257).fill('read') }],
  ['too many wishes', { ...good, wants: new Array(257).fill('read') }],
  ['a name too long', { ...good, name: long(129) }],
  ['a name of too many code units, though not of characters', { ...good, name: '🚪'.repeat(65) }],
  ['a name that is no text', { ...good, name: { first: 'x' } }],
  ['a name that is null', { ...good, name: null }],
  ['a token too long', { ...good, token: long(4097) }],
  ['a token that is no text', { ...good, token: 7 }],
  ['a proof that is negative', { ...good, proof: -1 }],
  ['a proof that is unsafe', { ...good, proof: 2 ** 53 }],
  ['a proof that is no count', { ...good, proof: 'yes' }],
];

describe.each(['at once', 'later'])('a host whose rules decide %s', (when) => {
  test.each(bodies)('[W5.2] closes a port whose hello has %s', async (_what, body) => {
    const server = tabsHost({ slowRules: when === 'later' });
    const later = when === 'at once' ? await bystander(server) : undefined;
    const peer = rawClient(server.host, { serialization: 'structured-clone' });
    peer.send([KIND.HELLO, body], [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    await settled();
    expectViolated(peer, KIND.REFUSE);
    expect([peer.frames.length, handlersRun(server)]).toEqual([1, []]);
    server.decide();
    await settled();
    await (later ?? (await bystander(server)))();
    expect(peer.frames).toHaveLength(1);
  });
});

test('[W5.2] a hello at all its bounds is accepted', async () => {
  const server = tabsHost();
  const peer = rawClient(server.host);
  const wants = Array.from({ length: 256 }, (_, i) => `${i}`.padStart(64, 'x'));
  peer.send([
    KIND.HELLO,
    {
      wire: [...new Array(13).fill(9), 0, 2 ** 53 - 1, 1],
      versions: [...new Array(15).fill(long(32)), '1.2.0'],
      needs: [],
      wants,
      name: long(128),
      token: long(4096),
      proof: 2 ** 53 - 1,
    },
  ]);
  await settled();
  expect(peer.frames.map(([kind]) => kind)).toEqual([KIND.WELCOME]);
  const { granted, refused, reasons } = welcomeIn(peer.frames[0]);
  expect(granted).toEqual([]);
  expect(refused).toEqual(wants);
  expect(reasons).toEqual(new Array(256).fill('UNKNOWN_MEMBER'));
});
