import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Outcome, playToClient, playToHost, type Use, unfolded } from '../../support/conversation.js';
import { KIND } from '../../support/kinds.js';
import { tabs } from '../../support/tabs.js';

interface Entry {
  readonly title: string;
  readonly clauses: readonly string[];
  readonly to: 'host' | 'client';
  readonly messages: readonly unknown[];
  readonly answers?: readonly (readonly unknown[])[];
  readonly uses?: readonly Use[];
  readonly outcomes?: readonly Outcome[];
  readonly closed: boolean;
}

const corpus = new URL('../../corpus/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, corpus), 'utf8'));
const entriesIn = (folder: string) =>
  readdirSync(new URL(folder, corpus))
    .map((file) => [file, read(`${folder}/${file}`) as Entry] as const)
    .map(([file, entry]) => [`${file}: ${entry.title}`, entry] as const);

const accepted = entriesIn('accept');
const rejected = entriesIn('reject');

/** Holds a conversation against its file. */
const play = async ({
  to,
  messages,
  answers = [],
  uses = [],
  outcomes = [],
  closed,
}: Entry): Promise<void> => {
  if (to === 'host') {
    const got = await playToHost(messages);
    const expected = unfolded(answers);
    // Of each frame as much as the file says; a welcome's session is another one each time.
    const cut = got.answers.map((frame, i) =>
      frame
        .slice(0, expected[i]?.length)
        .map((value, n) =>
          frame[0] === KIND.WELCOME && value !== undefined && expected[i]?.[n] === null ? null : value,
        ),
    );
    expect(cut).toMatchObject(expected);
    expect([cut.length, got.closed]).toEqual([expected.length, closed]);
    return;
  }
  const got = await playToClient(uses, messages);
  expect(got.outcomes).toEqual(outcomes);
  expect(got.closed).toBe(closed);
};

describe('the corpus', () => {
  test('speaks the protocol of these tests', () => {
    expect(read('protocol.json')).toEqual(JSON.parse(JSON.stringify(tabs)));
  });

  test('cites clauses that exist', () => {
    const document = readFileSync(new URL('../../../docs/wire.md', corpus), 'utf8');
    const clauses = new Set([...document.matchAll(/^\*\*(W\d+\.\d+)\*\*/gm)].map(([, clause]) => clause));
    const cited = [...accepted, ...rejected].flatMap(([, entry]) => entry.clauses);
    expect(cited.filter((clause) => !clauses.has(clause))).toEqual([]);
    expect(cited.length).toBeGreaterThan(100);
  });

  test.each(accepted)('accepts %s', async (_title, entry) => {
    expect(entry.closed).toBe(false);
    await play(entry);
  });

  test.each(rejected)('rejects %s', async (_title, entry) => {
    const told = [...(entry.answers ?? []), ...(entry.outcomes ?? [])];
    expect(JSON.stringify(told)).toContain('"code"');
    await play(entry);
  });
});
