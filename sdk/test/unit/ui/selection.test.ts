import { expect, test } from 'vitest';
import {
  answersOf,
  carryOver,
  initialSelection,
  obstacleOf,
  toggleCapability,
  toggleChoice,
} from '../../../src/ui/consent/selection.js';
import type { Prompt } from '../../../src/ui/source.js';
import { PROMPTS } from './support/samples.js';

const ticked = (prompt: Prompt) => [...initialSelection(prompt).ticked];

test('what is needed is ticked, what is wanted is not, and no scope is chosen', () => {
  expect(ticked(PROMPTS.full)).toEqual(['read', 'control']);
  expect(ticked(PROMPTS.optional)).toEqual([]);
  expect([...(initialSelection(PROMPTS.full).chosen.get('control') ?? [])]).toEqual([]);
});

test('a single choice is chosen, and with no choice at all nothing can be allowed', () => {
  const [read, control] = PROMPTS.full.capabilities;
  const single = {
    ...PROMPTS.full,
    capabilities: [{ ...control, name: 'control', choices: ['This window'] }],
  } as Prompt;
  expect(answersOf(initialSelection(single), single, 'once')).toEqual([
    { capability: 'control', verdict: 'once', choices: [0] },
  ]);
  const none = { ...PROMPTS.full, capabilities: [{ ...read, choices: [] }] } as Prompt;
  expect(ticked(none)).toEqual([]);
  expect(obstacleOf(initialSelection(none), none)).toEqual({ kind: 'nothing-ticked' });
});

test('nothing ticked and nothing chosen stand in the way', () => {
  expect(obstacleOf(initialSelection(PROMPTS.first), PROMPTS.first)).toBeUndefined();
  expect(obstacleOf(initialSelection(PROMPTS.optional), PROMPTS.optional)).toEqual({
    kind: 'nothing-ticked',
  });
  const selection = initialSelection(PROMPTS.full);
  expect(obstacleOf(selection, PROMPTS.full)).toEqual({
    kind: 'nothing-chosen',
    title: 'Open, switch to and close tabs',
  });
  expect(obstacleOf(toggleChoice(selection, 'control', 1), PROMPTS.full)).toBeUndefined();
  expect(obstacleOf(toggleCapability(selection, 'control'), PROMPTS.full)).toBeUndefined();
  const untoggled = toggleChoice(toggleChoice(selection, 'control', 1), 'control', 1);
  expect(obstacleOf(untoggled, PROMPTS.full)).toMatchObject({ kind: 'nothing-chosen' });
});

test('the answer names everything that was shown: places in order, and what is not ticked is denied', () => {
  let selection = initialSelection(PROMPTS.full);
  for (const place of [2, 0]) selection = toggleChoice(selection, 'control', place);
  selection = toggleCapability(selection, 'read');
  expect(answersOf(selection, PROMPTS.full, 'always')).toEqual([
    { capability: 'read', verdict: 'deny' },
    { capability: 'control', verdict: 'always', choices: [0, 2] },
    { capability: 'titles', verdict: 'deny' },
  ]);
  expect(answersOf(selection, PROMPTS.full, 'deny').map(({ verdict }) => verdict)).toEqual([
    'deny',
    'deny',
    'deny',
  ]);
});

test('a capability called like a key of every object is one like the others', () => {
  const selection = toggleChoice(initialSelection(PROMPTS.hostile), '__proto__', 3);
  expect(answersOf(selection, PROMPTS.hostile, 'once')).toEqual([
    { capability: 'read', verdict: 'once' },
    { capability: '__proto__', verdict: 'once', choices: [3] },
  ]);
  expect(({} as { choices?: unknown }).choices).toBeUndefined();
});

test('what was ticked stays ticked when the prompt grows, and what is new is as at first', () => {
  const before = PROMPTS.first;
  const [read, titles] = before.capabilities;
  const after = {
    ...before,
    capabilities: [read, titles, { name: 'more', title: 'More', needed: true, grew: false }],
  } as Prompt;
  const selection = toggleCapability(toggleCapability(initialSelection(before), 'read'), 'titles');
  expect([...carryOver(selection, before, after).ticked].sort()).toEqual(['more', 'titles']);
});

test('a choice is dropped when its place stands for something else now', () => {
  const before = PROMPTS.full;
  const selection = toggleChoice(initialSelection(before), 'control', 0);
  const after = {
    ...before,
    capabilities: before.capabilities.map((each) =>
      each.name === 'control'
        ? { ...each, choices: ['Window 2: Inbox (3)', 'Window 1: Morning news'] }
        : each,
    ),
  } as Prompt;
  expect([...(carryOver(selection, before, after).chosen.get('control') ?? [])]).toEqual([]);
  expect([...(carryOver(selection, before, before).chosen.get('control') ?? [])]).toEqual([0]);
});

test('what was wanted and ticked is no longer ticked when its words have changed', () => {
  const before = PROMPTS.first;
  const selection = toggleCapability(initialSelection(before), 'titles');
  const after = {
    ...before,
    capabilities: before.capabilities.map((each) => ({ ...each, title: `${each.title}, and more` })),
  } as Prompt;
  expect([...carryOver(selection, before, after).ticked]).toEqual(['read']);
});
