import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answered,
  asker,
  of,
  prompted,
  request,
  session,
  settle,
  stage,
} from '../../support/consent-platform.js';
import { anyValue, nearly } from '../../support/hostile-values.js';
import { PRINCIPALS } from '../../support/principals.js';

const WHO = `extension ${PRINCIPALS.extension.id}`;
const KEYS = ['portico.grants', 'portico.audit', 'portico.traffic', 'portico.prompts'];

const subject = { protocol: 'org.example.purse', line: '1', capability: 'read' };
const principal = { kind: 'extension', id: PRINCIPALS.extension.id, origin: PRINCIPALS.extension.origin };
const grant = { subject, revision: 1, since: 0 };
const entry = { principal, since: 0, seen: 0, checked: 0, grants: [grant], once: [], denials: [] };
const GOOD = { format: 1, principals: [entry] };

const withEntry = (more: object) => ({ format: 1, principals: [{ ...entry, ...more }] });
const withGrant = (more: object) => withEntry({ grants: [{ ...grant, ...more }] });

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a list', []],
  ['a text', 'x'],
  ['a number', 1],
  ['nothing in it', {}],
  ['a format of later', { ...GOOD, format: 2 }],
  ['no format', { principals: [] }],
  ['principals by key', { format: 1, principals: { [WHO]: entry } }],
  ['something beside', { ...GOOD, extra: 1 }],
  ['a prototype', JSON.parse('{"format":1,"principals":[],"__proto__":{"a":1}}')],
  ['a prototype within', JSON.parse(`{"format":1,"principals":[{"__proto__":${JSON.stringify(entry)}}]}`)],
  ['a list of nothing', { format: 1, principals: [null] }],
  ['a caller twice', { format: 1, principals: [entry, entry] }],
  ['too many callers', { format: 1, principals: Array.from({ length: 1001 }, () => entry) }],
  ['an extension without an id', withEntry({ principal: { kind: 'extension', origin: 'x' } })],
  ['a page with an id', withEntry({ principal: { ...principal, kind: 'page' } })],
  ['a script that is nobody’s', withEntry({ principal: { ...principal, kind: 'content-script' } })],
  ['another kind', withEntry({ principal: { ...principal, kind: 'constructor' } })],
  ['an endless id', withEntry({ principal: { ...principal, id: 'a'.repeat(10_000) } })],
  ['a time that is text', withEntry({ since: '0' })],
  ['a time before time', withEntry({ since: -1 })],
  ['a time after time', withEntry({ seen: 1e300 })],
  ['blocked: false', withEntry({ blocked: false })],
  ['a key of another kind', withEntry({ proven: { thumbprint: 'K', algorithm: 'none' } })],
  ['too many grants', withEntry({ grants: Array.from({ length: 65 }, () => grant) })],
  ['a grant twice', withEntry({ grants: [grant, grant] })],
  ['a grant that ends before it begins', withGrant({ since: 5, until: 4 })],
  ['a revision that is text', withGrant({ revision: '9' })],
  ['a subject with a space', withGrant({ subject: { ...subject, line: '1 read' } })],
  ['a scope that is no list', withGrant({ scope: { length: 1 } })],
  ['a scope with a prototype', withGrant({ scope: [{ label: 'a', value: JSON.parse('{"__proto__":1}') }] })],
  ['too large a scope', withGrant({ scope: Array.from({ length: 65 }, () => ({ label: 'a', value: 1 })) })],
  ['once without an end', withEntry({ once: [grant] })],
  [
    'a denial that ends before it begins',
    withEntry({ denials: [{ subject, since: 2, until: 1, denied: 1, closed: 0 }] }),
  ],
  [
    'a denial half counted',
    withEntry({ denials: [{ subject, since: 0, until: 1, denied: 0.5, closed: 0 }] }),
  ],
];

describe('what is stored is read strictly', () => {
  test('as it was written', async () => {
    const on = stage();
    on.store.write('portico.grants', GOOD);
    const { consent } = on.boot();
    await consent.loading;
    expect(await consent.storage()).toEqual({ state: 'ok' });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });

  test.each(HOSTILE)(
    '%s is corrupt: nothing is granted, nobody is asked, and it stays as it is',
    async (_what, value) => {
      const on = stage();
      on.store.write('portico.grants', value);
      const before = on.store.values.get('portico.grants');
      const { consent } = on.boot();
      await consent.loading;
      expect(consent.recall(asker(), of('read'), 1)).toMatchObject({ verdict: 'refuse' });
      await consent.ask(request(asker(), 'read'));
      consent.admitted(session(), asker(), [of('read')]);
      consent.rememberKey(PRINCIPALS.extension, { thumbprint: 'K', algorithm: 'ES256' });
      expect(consent.keyOf(PRINCIPALS.extension)).toBe('unreadable');
      await expect(consent.block(WHO)).rejects.toMatchObject({ code: 'INTERNAL' });
      on.clock.advance(3_600_000);
      await settle();
      expect(on.windows.opened).toBe(0);
      expect(await consent.storage()).toEqual({ state: 'corrupt' });
      expect(on.store.values.get('portico.grants')).toBe(before);
      expect(on.log.filter(({ event }) => event === 'storage')).toHaveLength(1);
      expect(Object.prototype).not.toHaveProperty('a');
    },
  );

  test.each(KEYS)('whatever stands in %s: what is read, is read; what is not, stays', async (key) => {
    const filled = stage();
    const first = filled.boot();
    await answered(first, asker(undefined, { name: 'Board' }), {
      read: 'always',
      spend: 'deny',
      accounts: 'once',
    });
    first.consent.traffic(PRINCIPALS.extension, 3, 4);
    void first.consent.ask(request(asker(PRINCIPALS.other), 'read'));
    await settle();
    filled.clock.advance(60_000);
    await settle();
    first.stop();
    const good = filled.store.read(key);
    expect(good).toBeDefined();
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly(fc.constant(good)), anyValue), async (value) => {
        if (value === undefined) return;
        const on = stage();
        const store = { ...on.store, get: async (name: string) => (name === key ? value : undefined) };
        const { consent } = on.boot({ platform: { store } });
        await consent.loading;
        await settle();
        const { state } = await consent.storage();
        expect(['ok', 'corrupt']).toContain(state);
        if (state === 'corrupt') expect(on.store.calls).not.toContain(`set ${key}`);
        if (key === 'portico.grants' && state === 'corrupt')
          expect(consent.recall(asker(), of('read'), 1).verdict).toBe('refuse');
        for (const { grants } of await consent.list()) expect(Array.isArray(grants)).toBe(true);
        await consent.audit();
        await consent.usage();
      }),
      { numRuns: 150 },
    );
  });

  test('what comes in where a part besides the grants is corrupt: people decide on, and it is said', async () => {
    const on = stage();
    on.store.write('portico.grants', GOOD);
    on.store.write('portico.audit', 'x');
    on.store.write('portico.traffic', null);
    on.store.write('portico.prompts', { format: 1 });
    const it = on.boot();
    await it.consent.loading;
    expect(await it.consent.storage()).toEqual({ state: 'corrupt' });
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    await answered(it, asker(), { spend: 'always' });
    expect(on.store.read('portico.audit')).toBe('x');
    await it.consent.reset();
    expect(await it.consent.storage()).toEqual({ state: 'ok' });
    expect(it.consent.recall(asker(), of('spend'), 1)).toEqual({ verdict: 'allow' });
    await settle();
    expect(on.store.read('portico.audit')).toMatchObject({ format: 1 });
  });

  test('reset throws away what can not be read, and nothing else', async () => {
    const on = stage();
    on.store.write('portico.grants', { nonsense: true });
    const it = on.boot();
    await it.consent.loading;
    await it.consent.reset();
    expect(it.changed).toEqual(['*']);
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    await answered(it, asker(), { read: 'always' });
    await it.consent.reset();
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    it.stop();
    const { consent } = on.boot();
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });
});

test('a prompt that was open can not be answered while what was decided can not be read', async () => {
  const on = stage();
  const first = on.boot();
  const id = await prompted(first, asker(), 'read');
  await settle();
  first.stop();
  on.store.write('portico.grants', 'nonsense');
  const { consent, screens } = on.boot();
  await expect(screens.prompts.get({ id })).rejects.toMatchObject({ declared: 'promptGone' });
  await consent.reset();
  const answers = [{ capability: 'read', verdict: 'always' as const }];
  await screens.prompts.answer({ id, answers });
  expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
});

describe('storage that fails', () => {
  test('is refused by, tried again after ten seconds, and then all is judged afresh', async () => {
    const on = stage();
    on.store.write('portico.grants', GOOD);
    on.store.broken.add('get portico.grants');
    const { consent, changed } = on.boot();
    await consent.loading;
    const gets = () => on.store.calls.filter((call) => call === 'get portico.grants').length;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 10_000 });
    for (let n = 0; n < 50; n++) await consent.ask(request(asker(), 'read'));
    expect(gets()).toBe(1);
    expect(on.windows.opened).toBe(0);
    on.clock.advance(10_000);
    await consent.ask(request(asker(), 'read'));
    expect(gets()).toBe(2);
    expect(await consent.storage()).toEqual({ state: 'failed' });
    on.store.broken.clear();
    on.clock.advance(10_000);
    await consent.list();
    expect(gets()).toBe(3);
    expect(changed).toEqual(['*']);
    expect(await consent.storage()).toEqual({ state: 'ok' });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(on.log.filter(({ event }) => event === 'storage')).toHaveLength(1);
  });

  test('what could not be read is not overwritten, even by what comes meanwhile', async () => {
    const on = stage();
    on.store.write('portico.grants', GOOD);
    on.store.broken.add('get portico.grants');
    const { consent } = on.boot();
    await consent.loading;
    consent.admitted(session(PRINCIPALS.other), asker(PRINCIPALS.other), []);
    on.clock.advance(60_000);
    await settle();
    expect(on.store.read('portico.grants')).toEqual(GOOD);
    on.store.broken.clear();
    on.clock.advance(60_000);
    await consent.list();
    await settle();
    const { principals } = on.store.read('portico.grants') as { principals: unknown[] };
    expect(principals).toHaveLength(2);
  });

  test('a revocation that is not written is tried again until it is', async () => {
    const on = stage();
    const it = on.boot();
    await answered(it, asker(), { read: 'always' });
    await settle();
    on.store.broken.add('set portico.grants');
    await it.consent.revoke(WHO);
    await settle();
    expect(it.consent.recall(asker(), of('read'), 1).verdict).toBe('refuse');
    const sets = () => on.store.calls.filter((call) => call === 'set portico.grants').length;
    const before = sets();
    for (const wait of [1000, 2000, 4000]) {
      on.clock.advance(wait - 1);
      await settle();
      const then = sets();
      on.clock.advance(1);
      await settle();
      expect(sets()).toBe(then + 1);
    }
    expect(sets()).toBe(before + 3);
    expect(on.log.filter(({ level, event }) => level === 'error' && event === 'storage')).toHaveLength(1);
    on.store.broken.clear();
    on.clock.advance(8000);
    await settle();
    expect(on.store.read('portico.grants')).toMatchObject({ principals: [{ grants: [] }] });
    it.stop();
    const { consent } = on.boot();
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1).verdict).toBe('refuse');
  });

  test('a grant that is not written holds for this run, and the log says so', async () => {
    const on = stage();
    const it = on.boot();
    await it.consent.loading;
    on.store.broken.add('set portico.grants');
    await answered(it, asker(), { read: 'always' });
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(on.log.some(({ level, event }) => level === 'error' && event === 'storage')).toBe(true);
    it.stop();
    const { consent } = on.boot();
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test('without any, decisions hold for this run, and the log warns', async () => {
    const on = stage();
    const it = on.boot({ platform: { store: undefined } });
    expect(it.consent.loading).toBeUndefined();
    expect(on.log).toMatchObject([{ level: 'warn', event: 'configuration' }]);
    await answered(it, asker(), { read: 'always' });
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(await it.consent.storage()).toEqual({ state: 'ok' });
  });
});

describe('writing', () => {
  test('what changes in one turn is written once', async () => {
    const on = stage();
    const it = on.boot();
    await answered(it, asker(), { read: 'always', spend: 'always' });
    await settle();
    on.store.calls.length = 0;
    it.consent.giveBack(PRINCIPALS.extension, [of('read')]);
    it.consent.giveBack(PRINCIPALS.extension, [of('spend')]);
    it.consent.rememberKey(PRINCIPALS.extension, { thumbprint: 'K', algorithm: 'ES256' });
    await settle();
    expect(on.store.calls.filter((call) => call === 'set portico.grants')).toHaveLength(1);
  });

  test('a slow write never lands upon a newer one', async () => {
    const on = stage();
    const it = on.boot();
    await it.consent.loading;
    const release = on.store.hold();
    await answered(it, asker(), { read: 'always' });
    on.store.calls.length = 0;
    await it.consent.revoke(WHO);
    await settle();
    // Nor does what is written lazily, when its time comes.
    it.consent.admitted(session(), asker(), []);
    on.clock.advance(30_000);
    await settle();
    expect(on.store.calls.filter((call) => call === 'set portico.grants')).toEqual([]);
    release();
    await settle();
    expect(on.store.calls).toContain('set portico.grants');
    expect(on.store.read('portico.grants')).toMatchObject({ principals: [{ grants: [] }] });
  });

  test('who was seen, and what they used, is written half a minute apart', async () => {
    const on = stage();
    const { consent } = on.boot();
    await consent.loading;
    const sets = (key: string) => on.store.calls.filter((call) => call === `set ${key}`).length;
    for (let second = 0; second < 100; second++) {
      consent.admitted(session(), asker(), []);
      consent.traffic(PRINCIPALS.extension, 1, 10);
      on.clock.advance(1000);
      await settle();
    }
    expect(sets('portico.grants')).toBe(4);
    expect(sets('portico.traffic')).toBe(4);
  });
});
