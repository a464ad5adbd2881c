import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playToClient, playToHost } from '../../support/conversation.js';
import { KIND } from '../../support/kinds.js';
import { codeIn } from '../../support/sessions.js';
import { hello, welcome } from '../../support/tabs.js';

const document = readFileSync(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');
const blocks = [...document.matchAll(/^```json (\w+)\n(.*?)\n```$/gms)].map(
  ([, side = '', text = '']) => [side, text, JSON.parse(text) as (readonly unknown[])[]] as const,
);
const of = (side: string) => blocks.filter(([each]) => each === side);

test('every block of JSON in the document says who sends it', () => {
  expect(document.match(/^```json/gm)).toHaveLength(blocks.length);
  expect(of('client').length + of('host').length).toBe(blocks.length);
});

test('there is an example of every kind that is sent', () => {
  const kinds = new Set(blocks.flatMap(([, , frames]) => frames.map(([kind]) => kind)));
  const {
    HELLO,
    WELCOME,
    REFUSE,
    PENDING,
    CHALLENGE,
    GOODBYE,
    GRANTS,
    REQUEST,
    CALL,
    RESULT,
    ERROR,
    CANCEL,
  } = KIND;
  const { SUBSCRIBE, UNSUBSCRIBE, EVENT, END, CREDIT } = KIND;
  expect([...kinds].sort((a, b) => Number(a) - Number(b))).toEqual([
    HELLO,
    WELCOME,
    REFUSE,
    PENDING,
    CHALLENGE,
    GOODBYE,
    CALL,
    RESULT,
    ERROR,
    CANCEL,
    SUBSCRIBE,
    UNSUBSCRIBE,
    EVENT,
    END,
    CREDIT,
    GRANTS,
    REQUEST,
  ]);
});

describe('examples of the document', () => {
  test.each(of('client'))('a host accepts from a %s %s', async (_side, _text, frames) => {
    const greets = frames[0]?.[0] === KIND.HELLO;
    const { answers, closed } = await playToHost(greets ? [frames] : [[hello()], frames]);
    const calls = frames.filter(([kind]) => kind === KIND.CALL).flatMap((frame) => frame.slice(4));
    const requests = frames.filter(([kind]) => kind === KIND.REQUEST);
    const cancelled = frames.filter(([kind]) => kind === KIND.CANCEL);
    expect(answers.map((frame) => codeIn(frame))).not.toContain('PROTOCOL_VIOLATION');
    expect([answers.length, closed]).toEqual([
      1 + calls.length - cancelled.length + 2 * requests.length,
      false,
    ]);
    expect(answers.filter(([kind]) => kind === KIND.ERROR)).toEqual([]);
  });

  test.each(of('host'))('a client accepts from a %s %s', async (_side, _text, frames) => {
    const [kind] = frames[0] ?? [];
    const answersHello = ([KIND.WELCOME, KIND.REFUSE, KIND.PENDING, KIND.CHALLENGE] as unknown[]).includes(
      kind,
    );
    const table = frames.some(([, , value]) => typeof value === 'object' && value !== null && 'k' in value);
    const { outcomes, closed, goodbye } = await playToClient(
      [['read.list', {}], ['read.get', { id: 7 }], ['read.ping'], ['read.changed']],
      answersHello ? [frames] : [[welcome()], frames],
      kind === KIND.CHALLENGE ? { proof: { prove: async () => ({}) } } : {},
    );
    const over = kind === KIND.REFUSE || kind === KIND.GOODBYE;
    expect([goodbye, closed]).toEqual([undefined, over]);
    expect(outcomes.map(({ code }) => code)).not.toContain('PROTOCOL_VIOLATION');
    expect(outcomes.map(({ code }) => code)).not.toContain('INVALID_RESULT');
    if (table) expect(outcomes[0]).toMatchObject({ value: [{ id: 7 }, { id: 8 }, { id: 9 }, { id: 10 }] });
  });
});
