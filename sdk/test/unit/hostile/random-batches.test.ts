import fc from 'fast-check';
import type { Serialization } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { clonedOddities, messagesAround, oddities, seed } from '../../support/random-batches.js';
import { type RawFrame, type RawPeer, rawClient, settled } from '../../support/raw-peer.js';
import { bystander, codeIn } from '../../support/sessions.js';
import { hello, type TabsHost, tabsHost } from '../../support/tabs.js';

const CONVERSATIONS = 20;
const RUNS = 250;

/** A batch that a client might well send, with ids that rise from one batch to the next. */
const valid = (batch: number): fc.Arbitrary<unknown> => {
  const id = fc.nat(9).map((offset) => batch * 100 + offset * 10 + 1);
  const options = fc.constantFrom<unknown>(0, {}, { d: 0 }, { d: 5 }, { d: 60_000, trace: 1 });
  const tabId = fc.record({ id: fc.integer() });
  const call = (member: string, params: fc.Arbitrary<unknown>): fc.Arbitrary<RawFrame> =>
    fc
      .tuple(id, options, fc.array(params, { minLength: 1, maxLength: 5 }))
      .map(([first, chosen, values]) => [KIND.CALL, first, member, chosen, ...values]);
  const frame: fc.Arbitrary<RawFrame> = fc.oneof(
    call('read.list', fc.record({ windowId: fc.integer() }, { requiredKeys: [] })),
    call('read.get', tabId),
    call('read.ping', fc.constantFrom<unknown>(null, {})),
    call('control.close', fc.record({ id: fc.integer(), dryRun: fc.boolean() }, { requiredKeys: ['id'] })),
    call('control.echo', fc.record({ value: fc.jsonValue({ maxDepth: 2 }) })),
    call('control.wait', fc.constant({})),
    call('control.store', fc.record({ data: fc.base64String({ maxLength: 16 }) })),
    call('admin.reset', fc.constant(null)),
    id.map((which) => [KIND.CANCEL, which]),
    fc.tuple(id, fc.nat(5)).map(([which, credit]) => [KIND.SUBSCRIBE, which, 'read.changed', credit]),
    fc.tuple(id, fc.nat(5)).map(([which, credit]) => [KIND.CREDIT, which, credit]),
    id.map((which) => [KIND.UNSUBSCRIBE, which]),
    fc.constant([64, 'later']),
  );
  return fc
    .array(frame, { maxLength: 4 })
    .map((frames) => frames.sort((a, b) => Number(a[1]) - Number(b[1])));
};

/** A hello, and then batches of which every second one is not what it should be. */
const conversation = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
  fc.tuple(
    fc.oneof(
      { weight: 19, arbitrary: fc.constant([hello()]) },
      { weight: 1, arbitrary: messagesAround(fc.constant([hello()]), odd) },
    ),
    valid(0),
    messagesAround(valid(1), odd),
    valid(2),
    messagesAround(valid(3), odd),
  );

/** The ids that were answered, one for each answer. */
const answered = (frames: readonly RawFrame[]): number[] =>
  frames.flatMap((frame) =>
    frame[0] === KIND.RESULT
      ? frame.slice(2).map((_, i) => Number(frame[1]) + i)
      : frame[0] === KIND.ERROR
        ? [Number(frame[1])]
        : [],
  );

const framesIn = (messages: readonly unknown[]): RawFrame[] =>
  messages.flatMap((message) => (Array.isArray(message) ? message.filter(Array.isArray) : []));

/** The calls in messages that broke no rule, and those among them that were cancelled. */
const asked = (
  messages: readonly unknown[],
): { readonly calls: number[]; readonly cancelled: Set<number> } => {
  const frames = framesIn(messages);
  const calls = frames
    .filter(([kind]) => kind === KIND.CALL)
    .flatMap((frame) => frame.slice(4).map((_, i) => Number(frame[1]) + i));
  return {
    calls,
    cancelled: new Set(frames.filter(([kind]) => kind === KIND.CANCEL).map(([, id]) => Number(id))),
  };
};

const isTabId = (value: unknown): boolean => Number.isInteger((value as { id?: unknown } | null)?.id);
const onlyKeys = (value: unknown, keys: readonly string[]): boolean =>
  Object.keys(value ?? {}).every((key) => keys.includes(key));

/** What handlers were given fits their parameters, whatever was sent. */
const expectFittingParams = ({ ran }: TabsHost): void => {
  const fits: Readonly<Record<string, (params: unknown) => boolean>> = {
    'read.list': (params) => onlyKeys(params, ['windowId']),
    'read.get': (params) => isTabId(params) && onlyKeys(params, ['id']),
    'read.ping': (params) => onlyKeys(params, []),
    'control.close': (params) => isTabId(params) && onlyKeys(params, ['id', 'dryRun']),
    'control.echo': (params) => onlyKeys(params, ['value']) && Object.hasOwn(params as object, 'value'),
    'control.wait': (params) => onlyKeys(params, ['for']),
    'control.store': (params) => (params as { data?: unknown }).data instanceof Uint8Array,
    'control.label': (params) => typeof (params as { toString?: unknown }).toString === 'string',
    'control.archive': isTabId,
  };
  expect(ran.filter(([path, params]) => !fits[path]?.(params))).toEqual([]);
};

const ENDS = /^(PROTOCOL_VIOLATION|LIMIT_EXCEEDED|NO_COMMON_VERSION|CAPABILITY_REFUSED)$/;

interface Talk {
  readonly peer: RawPeer;
  readonly sent: unknown[];
}

const begin = ({ host }: TabsHost, serialization: Serialization, messages: readonly unknown[]): Talk => {
  const peer = rawClient(host, { serialization });
  const sent = messages.filter((message) => {
    try {
      peer.post(message);
      return true;
    } catch {
      // What the browser does not carry never arrives: a BigInt among JSON.
      return false;
    }
  });
  return { peer, sent };
};

/** Each call is answered once, as long as no rule was broken; and else the offender is told, once. Gives how many were. */
const expectAnswered = ({ peer, sent }: Talk): number => {
  const ids = answered(peer.frames);
  expect(new Set(ids).size).toBe(ids.length);
  const [last] = peer.frames.slice(-1);
  const ends = peer.frames.filter(([kind]) => kind === KIND.REFUSE || kind === KIND.GOODBYE);
  expect([ends.length, ends.length === 0 || ends[0] === last]).toEqual([peer.closed ? 1 : 0, true]);
  if (peer.closed) expect(codeIn(last)).toMatch(ENDS);
  const saidGoodbye = framesIn(sent).some(([kind]) => kind === KIND.GOODBYE);
  if (!peer.closed && !saidGoodbye) {
    const { calls, cancelled } = asked(sent);
    const kept = (id: number): boolean => !cancelled.has(id);
    expect(ids.filter(kept).sort()).toEqual(calls.filter(kept).sort());
  }
  return ids.length;
};

describe.each([
  ['json', oddities],
  ['structured-clone', clonedOddities],
] as const)(`messages without sense, by %s (PORTICO_SEED=${seed})`, (serialization, odd) => {
  test('harm nobody but their sender, and every call is answered once', async () => {
    // Nobody is kept out: what each batch does is the question.
    const server = tabsHost({ quotas: { strikes: Number.POSITIVE_INFINITY } });
    const unharmed = await bystander(server);
    const seen = { messages: 0, answers: 0, ended: 0, survived: 0 };
    const talks = fc.array(conversation(odd), { minLength: CONVERSATIONS, maxLength: CONVERSATIONS });
    await fc.assert(
      fc.asyncProperty(talks, async (conversations) => {
        const open = conversations.map((messages) => begin(server, serialization, messages));
        await settled();
        server.release();
        await settled();
        for (const talk of open) {
          seen.messages += talk.sent.length;
          seen.answers += expectAnswered(talk);
          seen[talk.peer.closed ? 'ended' : 'survived']++;
          if (!talk.peer.closed) talk.peer.close();
        }
        expectPrototypesUntouched();
        await settled();
        expect(server.host.sessions).toBe(1);
        await unharmed();
      }),
      { numRuns: RUNS, seed },
    );
    expectFittingParams(server);
    // Lest the test be about nothing but the first violation.
    expect(seen.messages).toBeGreaterThan(20_000);
    for (const count of [seen.answers, seen.ended, seen.survived]) expect(count).toBeGreaterThan(100);
  });
});
