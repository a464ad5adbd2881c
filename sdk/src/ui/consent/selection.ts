import type { Answers, Prompt } from '../source.js';

type Capability = Prompt['capabilities'][number];

/** What a person has ticked. */
export interface Selection {
  readonly ticked: ReadonlySet<string>;
  /** By capability: places in its `choices`. */
  readonly chosen: ReadonlyMap<string, ReadonlySet<number>>;
}

/** What keeps the selection from being allowed. */
export type Obstacle =
  | { readonly kind: 'nothing-ticked' }
  | { readonly kind: 'nothing-chosen'; readonly title: string };

/** Whether a capability can be allowed at all: one with a scope needs values to choose from. */
export const isChoosable = ({ choices }: Capability): boolean => choices?.length !== 0;

/**
 * How a prompt stands when it is first seen: what the client can't do without is ticked, all else is not, and no
 * scope is chosen for anybody. A single choice is no choice.
 */
export const initialSelection = ({ capabilities }: Prompt): Selection => ({
  ticked: new Set(capabilities.filter((each) => each.needed && isChoosable(each)).map(({ name }) => name)),
  chosen: new Map(capabilities.map(({ name, choices }) => [name, new Set(choices?.length === 1 ? [0] : [])])),
});

/**
 * Keeps what a person ticked when the prompt changes underneath. A capability whose words or choices changed is
 * another one: places in the old list may stand for something else in the new.
 */
export const carryOver = (selection: Selection, before: Prompt, after: Prompt): Selection => {
  const initial = initialSelection(after);
  const ticked = new Set(initial.ticked);
  const chosen = new Map(initial.chosen);
  for (const capability of after.capabilities) {
    const { name } = capability;
    const old = before.capabilities.find((each) => each.name === name);
    if (!old || JSON.stringify(old) !== JSON.stringify(capability)) continue;
    if (selection.ticked.has(name)) ticked.add(name);
    else ticked.delete(name);
    chosen.set(name, selection.chosen.get(name) ?? new Set());
  }
  return { ticked, chosen };
};

const toggled = <T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> => {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
};

export const toggleCapability = ({ ticked, chosen }: Selection, name: string): Selection => ({
  ticked: toggled(ticked, name),
  chosen,
});

export const toggleChoice = ({ ticked, chosen }: Selection, name: string, place: number): Selection => ({
  ticked,
  chosen: new Map(chosen).set(name, toggled(chosen.get(name) ?? new Set(), place)),
});

export const obstacleOf = ({ ticked, chosen }: Selection, { capabilities }: Prompt): Obstacle | undefined => {
  const wanted = capabilities.filter(({ name }) => ticked.has(name));
  if (wanted.length === 0) return { kind: 'nothing-ticked' };
  const open = wanted.find(({ name, choices }) => choices && !chosen.get(name)?.size);
  return open && { kind: 'nothing-chosen', title: open.title };
};

/** The answer for everything that the person was shown, and for nothing else. */
export const answersOf = (
  { ticked, chosen }: Selection,
  { capabilities }: Prompt,
  verdict: 'always' | 'once' | 'deny',
): Answers =>
  capabilities.map(({ name, choices }) => {
    if (verdict === 'deny' || !ticked.has(name)) return { capability: name, verdict: 'deny' };
    if (!choices) return { capability: name, verdict };
    return { capability: name, verdict, choices: [...(chosen.get(name) ?? [])].sort((a, b) => a - b) };
  });
