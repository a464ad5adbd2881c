import { defineProtocol } from 'portico';
import { describe, expect, test } from 'vitest';
import type { Choice } from '../../../src/host/consent/questions.js';
import { Departure } from '../../../src/session/departure.js';
import {
  ACCOUNTS,
  answered,
  asker,
  booted,
  nth,
  of,
  prompted,
  purse,
  request,
  settle,
} from '../../support/consent-platform.js';
import { until } from '../../support/patience.js';
import { PRINCIPALS } from '../../support/principals.js';

/** Whether a promise has settled by now. */
const isOver = async (promise: Promise<unknown>): Promise<boolean> => {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  await settle();
  return over;
};

describe('asking', () => {
  test('opens the page in a window, says what is asked, and closes it when answered', async () => {
    const { it, consent, windows } = await booted({ consent: { page: 'ask.html' } });
    const asking = consent.ask(request(asker(undefined, { name: 'Bo\u202eard' }), 'read', 'accounts'));
    expect(consent.pending(PRINCIPALS.extension)).toEqual({
      protocol: purse.name,
      capabilities: ['read', 'accounts'],
      expiresIn: 300_000,
    });
    await settle();
    const [prompt] = await it.screens.prompts.list();
    expect([...windows.open_.values()]).toEqual([`ask.html?prompt=${prompt?.id}`]);
    expect(prompt).toEqual({
      id: prompt?.id,
      kind: 'grant',
      caller: {
        key: `extension ${PRINCIPALS.extension.id}`,
        kind: 'extension',
        id: PRINCIPALS.extension.id,
        origin: PRINCIPALS.extension.origin,
        claimedName: 'Board',
      },
      protocol: purse.name,
      expires: 300_000,
      keyChanged: false,
      capabilities: [
        {
          name: 'read',
          title: 'See your purse',
          description: 'How much is in it',
          needed: true,
          grew: false,
        },
        {
          name: 'accounts',
          title: 'Use accounts',
          needed: true,
          grew: false,
          choices: ['Savings', 'Pocket money'],
        },
      ],
      held: [],
    });
    expect(await isOver(asking)).toBe(false);
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'accounts', verdict: 'always', choices: [1, 1] }],
    });
    await asking;
    expect(windows.open_.size).toBe(0);
    expect(consent.pending(PRINCIPALS.extension)).toBeUndefined();
    expect(consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'allow', scope: ['b'] });
    // Not named: denied.
    expect(consent.recall(asker(), of('read'), 1).verdict).toBe('refuse');
  });

  test('for more than was granted asks for the difference alone', async () => {
    const { it } = await booted();
    await answered(it, asker(), { read: 'always' });
    const id = await prompted(it, asker(), 'read', 'spend');
    const prompt = await it.screens.prompts.get({ id });
    expect(prompt.capabilities.map(({ name }) => name)).toEqual(['spend']);
    expect(prompt.held).toEqual(['See your purse']);
  });

  test('a thousand times is one prompt', async () => {
    const { it, consent, windows } = await booted();
    const asked = Array.from({ length: 1000 }, () => consent.ask(request(asker(), 'read')));
    await settle();
    expect(windows.opened).toBe(1);
    const [prompt] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'read', verdict: 'always' }],
    });
    await Promise.all(asked);
    expect(windows.opened).toBe(1);
  });

  test('a thousand callers get as many windows as there may be; the others hear when to return', async () => {
    const { it, consent, windows, clock } = await booted({ limits: { prompts: 3 } });
    clock.advance(1000);
    const outcomes = Array.from({ length: 1000 }, (_, n) => consent.ask(request(asker(nth(n)), 'read')));
    const refused = await Promise.all(
      outcomes.slice(3).map((each) => each.catch((error: { code: string; data: unknown }) => error)),
    );
    expect(windows.opened).toBe(3);
    for (const each of refused)
      expect(each).toMatchObject({ code: 'LIMIT_EXCEEDED', data: { limit: 'prompts', retryAfter: 300_000 } });
    await it.screens.prompts.list();
    windows.shut(1);
    await outcomes[0];
    void consent.ask(request(asker(nth(2000)), 'read'));
    await settle();
    expect(windows.opened).toBe(4);
  });

  test('for more while it is open puts that on the same prompt, and tells its page', async () => {
    const { it, consent, windows } = await booted();
    const id = await prompted(it, asker(), 'read');
    const told: string[][] = [];
    const events = it.screens.prompts.changed();
    void (async () => {
      for await (const ids of events) told.push(ids);
    })();
    await it.screens.prompts.get({ id });
    const more = consent.ask(request(asker(), 'read', 'accounts'));
    await until(() => expect(told.length).toBeGreaterThan(0));
    expect(told.at(-1)).toEqual([id]);
    expect(consent.pending(PRINCIPALS.extension)?.capabilities).toEqual(['read', 'accounts']);
    const { capabilities } = await it.screens.prompts.get({ id });
    expect(capabilities.map(({ name, choices }) => [name, choices?.length])).toEqual([
      ['read', undefined],
      ['accounts', 2],
    ]);
    expect(windows.opened).toBe(1);
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    await more;
    expect(consent.recall(asker(), of('accounts'), 1).verdict).toBe('refuse');
  });

  test('what was added after the page had looked is not denied by an answer that does not name it', async () => {
    const { it, consent, windows } = await booted();
    const id = await prompted(it, asker(), 'read');
    await it.screens.prompts.get({ id });
    const more = consent.ask(request(asker(), 'spend'));
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    await settle();
    expect(await isOver(more)).toBe(false);
    expect(windows.opened).toBe(2);
    expect(consent.pending(PRINCIPALS.extension)?.capabilities).toEqual(['spend']);
  });

  test('callers do not share: neither prompts nor answers', async () => {
    const { it, consent, windows } = await booted();
    await prompted(it, asker(), 'read');
    await prompted(it, asker(PRINCIPALS.other), 'read');
    expect(windows.opened).toBe(2);
    const [first] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: first?.id ?? '',
      answers: [{ capability: 'read', verdict: 'always' }],
    });
    expect(consent.recall(asker(), of('read'), 1).verdict).toBe('allow');
    expect(consent.recall(asker(PRINCIPALS.other), of('read'), 1).verdict).toBe('ask');
  });

  test('[A11] an extension has one prompt at a time, however many origins its content scripts are in', async () => {
    const { it, consent, windows, clock } = await booted();
    const script = (n: number) => asker({ ...PRINCIPALS.script, origin: `https://${n}.example` });
    const all = Array.from({ length: 100 }, (_, n) => consent.ask(request(script(n), 'read')));
    await settle();
    expect(windows.opened).toBe(1);
    const [first] = await it.screens.prompts.list();
    expect(first?.caller.origin).toBe('https://0.example');
    // Only its own is pending: the others' turn has not come.
    expect(consent.pending(script(0).principal)).toBeDefined();
    expect(consent.pending(script(1).principal)).toBeUndefined();
    await it.screens.prompts.answer({
      id: first?.id ?? '',
      answers: [{ capability: 'read', verdict: 'always' }],
    });
    await all[0];
    await settle();
    expect(windows.opened).toBe(2);
    expect((await it.screens.prompts.list())[0]?.caller.origin).toBe('https://1.example');
    // Another extension has room all the while.
    void consent.ask(request(asker(PRINCIPALS.other), 'read'));
    await settle();
    expect(windows.opened).toBe(3);
    // A no holds for all of it: nobody else who waited asks.
    windows.shut(2);
    await Promise.all(all);
    expect(windows.opened).toBe(3);
    expect(consent.recall(script(7), of('spend'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
    clock.advance(60_000);
    expect(consent.recall(script(7), of('spend'), 1)).toEqual({ verdict: 'ask' });
  });

  test('a prompt that nobody waits for any more makes room, and that is no denial', async () => {
    const { it, consent, windows } = await booted({ limits: { prompts: 3 } });
    const lasting = [new Departure(), new Departure(), new Departure()] as const;
    const asked = lasting.map((each, n) => ({ ...request(asker(nth(n)), 'read'), lasting: each }));
    for (const each of asked) void consent.ask(each);
    await settle();
    const full = { code: 'LIMIT_EXCEEDED', data: { limit: 'prompts' } };
    await expect(consent.ask(request(asker(), 'read'))).rejects.toMatchObject(full);
    lasting[1].tell();
    void consent.ask(request(asker(), 'read'));
    await settle();
    expect([...windows.open_.keys()]).toEqual([1, 3, 4]);
    expect(consent.recall(asker(nth(1)), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect((await consent.audit()).map(({ decision }) => decision)).not.toContain('denied');
    expect((await it.screens.prompts.list()).map(({ caller }) => caller.id)).toContain(
      PRINCIPALS.extension.id,
    );
    await expect(consent.ask(request(asker(nth(9)), 'read'))).rejects.toMatchObject(full);
  });

  test('who asked and went leaves a prompt whose answer is remembered', async () => {
    const { it, consent } = await booted();
    const gone = new Departure();
    void consent.ask({ ...request(asker(), 'read'), lasting: gone });
    gone.tell();
    await settle();
    const [prompt] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'read', verdict: 'always' }],
    });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });

  test('another protocol, or another key, waits for its turn', async () => {
    const other = defineProtocol({ ...purse, name: 'org.example.other' });
    const { it, consent, windows } = await booted({ protocols: [purse, other] });
    const id = await prompted(it, asker(), 'read');
    const second = consent.ask({ ...request(asker(), 'read'), protocol: other });
    const third = consent.ask(
      request(asker(undefined, { key: { thumbprint: 'K', algorithm: 'ES256' } }), 'spend'),
    );
    await settle();
    expect(windows.opened).toBe(1);
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    await settle();
    expect(windows.opened).toBe(2);
    expect(consent.pending(PRINCIPALS.extension)?.protocol).toBe(other.name);
    const [next] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: next?.id ?? '',
      answers: [{ capability: 'read', verdict: 'always' }],
    });
    await second;
    await settle();
    expect(windows.opened).toBe(3);
    await it.screens.prompts.list();
    windows.shut(3);
    await third;
    expect(consent.recall(asker(), { ...of('read'), protocol: other.name }, 1).verdict).toBe('allow');
  });

  test('again brings the window to the front, at most once a second', async () => {
    const { it, consent, windows, clock } = await booted();
    await prompted(it, asker(), 'read');
    for (let n = 0; n < 10; n++) void consent.ask(request(asker(), 'read'));
    expect(windows.focused).toEqual([1]);
    clock.advance(1000);
    void consent.ask(request(asker(), 'read'));
    expect(windows.focused).toEqual([1, 1]);
  });

  test.each([
    ['a capability that is not on it', [{ capability: 'spend', verdict: 'always' as const }]],
    ['one of the prototype', [{ capability: '__proto__', verdict: 'always' as const }]],
    ['a choice out of range', [{ capability: 'accounts', verdict: 'always' as const, choices: [2] }]],
    ['choices where there are none', [{ capability: 'read', verdict: 'always' as const, choices: [0] }]],
    [
      'a capability twice',
      [
        { capability: 'read', verdict: 'deny' as const },
        { capability: 'read', verdict: 'always' as const },
      ],
    ],
  ])('an answer that names %s counts for nothing', async (_what, answers) => {
    const { it, consent } = await booted();
    const id = await prompted(it, asker(), 'read', 'accounts');
    await expect(it.screens.prompts.answer({ id, answers })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(consent.pending(PRINCIPALS.extension)).toBeDefined();
    expect(consent.recall(asker(), of('read'), 1).verdict).toBe('ask');
  });

  test('nothing chosen is nothing allowed', async () => {
    const { it, consent } = await booted();
    const id = await prompted(it, asker(), 'accounts');
    await it.screens.prompts.answer({
      id,
      answers: [{ capability: 'accounts', verdict: 'always', choices: [] }],
    });
    expect(consent.recall(asker(), of('accounts'), 1).verdict).toBe('refuse');
  });

  test('an answer waits for choices that are on their way', async () => {
    let give = (_: readonly Choice[]): void => {};
    const { it, consent } = await booted({
      choices: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    void consent.ask(request(asker(), 'accounts'));
    await settle();
    const listed = it.screens.prompts.list();
    await settle();
    give(ACCOUNTS);
    const [prompt] = await listed;
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'accounts', verdict: 'always', choices: [0] }],
    });
    expect(consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'allow', scope: ['a'] });
  });
});

test('a blocked caller’s prompt goes, and is denied to nobody', async () => {
  const { it, consent, windows } = await booted();
  const asking = consent.ask(request(asker(), 'read'));
  await settle();
  await consent.block(`extension ${PRINCIPALS.extension.id}`);
  await asking;
  expect(windows.open_.size).toBe(0);
  await consent.unblock(`extension ${PRINCIPALS.extension.id}`);
  expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  expect(await it.screens.prompts.list()).toEqual([]);
});

test('[A11] an extension that is blocked does not come back by its content scripts', async () => {
  const { consent, windows, ended } = await booted();
  const script = { ...PRINCIPALS.script, origin: 'https://elsewhere.example' };
  const asking = consent.ask(request(asker(PRINCIPALS.script), 'read'));
  await settle();
  consent.record(PRINCIPALS.extension, 'refused');
  const key = `extension ${PRINCIPALS.extension.id}`;
  await consent.block(key);
  await asking;
  expect(windows.open_.size).toBe(0);
  expect(ended).toEqual([`${key} REFUSED`]);
  expect([PRINCIPALS.script, script, PRINCIPALS.other].map(consent.blocks)).toEqual([true, true, false]);
  await consent.ask(request(asker(script), 'read'));
  expect(windows.opened).toBe(1);
  await consent.unblock(key);
  expect(consent.blocks(script)).toBe(false);
});
