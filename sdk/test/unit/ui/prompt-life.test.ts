import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  followPrompt,
  type PromptLife,
  type PromptState,
  type Reply,
} from '../../../src/ui/consent/prompt-life.js';
import { fakePrompts } from './support/fake-sources.js';
import { PROMPTS } from './support/samples.js';

let told: PromptState[] = [];
let life: PromptLife | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
});
afterEach(() => {
  life?.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const follow = async (fake: ReturnType<typeof fakePrompts>, id: string | undefined = 'p1') => {
  life = followPrompt(fake.source, id, (state) => told.push(state));
  await vi.advanceTimersByTimeAsync(0);
  return life;
};
const gets = ({ calls }: ReturnType<typeof fakePrompts>) =>
  calls.filter(([member]) => member === 'get').length;
const yes: Reply = { kind: 'grant', allows: true, answers: [{ capability: 'read', verdict: 'always' }] };

test('reads the prompt, and again every 20 s: Chromium would stop the background after 30', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const { state } = await follow(fake);
  expect(state).toMatchObject({ phase: 'open', prompt: { id: 'p1' }, sending: false });
  for (const count of [2, 3, 4]) {
    await vi.advanceTimersByTimeAsync(20_000);
    expect(gets(fake)).toBe(count);
  }
});

test('without an id it takes the prompt that is open for longest; without any it is over', async () => {
  const fake = fakePrompts(PROMPTS.confirm);
  life = followPrompt(fake.source, undefined, (state) => told.push(state));
  await vi.advanceTimersByTimeAsync(0);
  expect(life.state).toMatchObject({ phase: 'open', prompt: { kind: 'confirm' } });
  life.stop();
  life = followPrompt(fakePrompts(undefined).source, undefined, () => {});
  await vi.advanceTimersByTimeAsync(0);
  expect(life.state).toEqual({ phase: 'over', outcome: 'gone' });
});

test('an answer leaves once, and ends it', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  await Promise.all([running.reply(yes), running.reply({ ...yes, allows: false } as Reply)]);
  expect(fake.calls.filter(([member]) => member === 'answer')).toEqual([
    ['answer', { id: 'p1', answers: [{ capability: 'read', verdict: 'always' }] }],
  ]);
  expect(running.state).toEqual({ phase: 'over', outcome: 'allowed' });
  await running.reply(yes);
  expect(fake.calls.filter(([member]) => member === 'answer')).toHaveLength(1);
});

test('a no to a confirmation is sent as a no', async () => {
  const fake = fakePrompts(PROMPTS.confirm);
  const running = await follow(fake);
  await running.reply({ kind: 'confirm', yes: false });
  expect(fake.calls).toContainEqual(['confirm', { id: 'p1', yes: false }]);
  expect(running.state).toEqual({ phase: 'over', outcome: 'denied' });
});

test('a prompt that was answered elsewhere is over as soon as the background says so', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  fake.changed.emit(['p1', 'p2']);
  await vi.advanceTimersByTimeAsync(0);
  expect(running.state.phase).toBe('open');
  fake.changed.emit(['p2']);
  await vi.advanceTimersByTimeAsync(0);
  expect(running.state).toEqual({ phase: 'over', outcome: 'gone' });
  expect(fake.changed.subscribers).toBe(0);
});

test('its own answer under way is not taken for one from elsewhere', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  let release = (): void => {};
  fake.hold = new Promise((resolve) => {
    release = resolve;
  });
  const replied = running.reply(yes);
  fake.changed.emit([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(running.state).toMatchObject({ phase: 'open', sending: true });
  release();
  await replied;
  expect(running.state).toEqual({ phase: 'over', outcome: 'allowed' });
});

test('an answer that got lost is looked for: gone means that it arrived', async () => {
  const fake = fakePrompts(PROMPTS.first);
  fake.losesAnswers = true;
  const running = await follow(fake);
  await running.reply(yes);
  expect(running.state).toEqual({ phase: 'over', outcome: 'gone' });
});

test('an answer that did not arrive is asked for again, and never repeated by itself', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  const { source } = fake;
  const { answer } = source;
  const failing = vi.fn(async () => {
    throw new Error('lost');
  });
  Object.assign(source, { answer: failing });
  await running.reply(yes);
  expect(running.state).toMatchObject({ phase: 'open', sending: false, trouble: 'unanswered' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(failing).toHaveBeenCalledTimes(1);
  expect(running.state).toMatchObject({ phase: 'open', trouble: 'unanswered' });
  Object.assign(source, { answer });
  await running.reply(yes);
  expect(running.state).toEqual({ phase: 'over', outcome: 'allowed' });
});

test('a background that does not answer is tried again, less and less often, and its prompt stays on the screen', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  fake.fails = 'UNREACHABLE';
  await vi.advanceTimersByTimeAsync(20_000);
  expect(running.state).toMatchObject({ phase: 'open', trouble: 'unreachable' });
  const before = gets(fake);
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);
  expect(gets(fake)).toBe(before + 3);
  fake.fails = undefined;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(running.state).not.toHaveProperty('trouble');
});

test('whoever may not ask is told so, and does not ask again and again', async () => {
  const fake = fakePrompts(PROMPTS.first);
  fake.fails = 'REFUSED';
  const running = await follow(fake);
  expect(running.state).toEqual({ phase: 'loading', trouble: 'refused' });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(gets(fake)).toBe(1);
});

test('a page that is closed says and does nothing more', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const running = await follow(fake);
  const { length } = told;
  running.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  await running.refresh();
  expect(told).toHaveLength(length);
  expect(gets(fake)).toBe(1);
});

test('[A11] what is known of the hand is told before the question is read, with each look, and when it changes', async () => {
  const fake = fakePrompts(PROMPTS.first);
  const order: string[] = [];
  const { source } = fake;
  const { get, attend } = source;
  Object.assign(source, {
    get: (params: { id: string }) => {
      order.push('get');
      return get(params);
    },
    attend: (params: { id: string; state: 'here' }) => {
      order.push('attend');
      return attend(params);
    },
  });
  const presence = { state: 'here' as 'here' | 'leaving', place: Promise.resolve(7) };
  life = followPrompt(source, 'p1', () => {}, presence);
  await vi.advanceTimersByTimeAsync(0);
  expect(order).toEqual(['attend', 'get']);
  presence.state = 'leaving';
  life.attend();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(fake.attended).toEqual([
    { id: 'p1', state: 'here', place: 7 },
    { id: 'p1', state: 'leaving', place: 7 },
    { id: 'p1', state: 'leaving', place: 7 },
  ]);
  life.stop();
  life.attend();
  expect(fake.attended).toHaveLength(3);
});
