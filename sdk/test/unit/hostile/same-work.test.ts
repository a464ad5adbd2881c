import fc from 'fast-check';
import { defineProtocol, method } from 'portico';
import { createHost, type Matcher, refuse } from 'portico/host';
import { expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { rawClient, STRANGER } from '../../support/raw-peer.js';
import { hello } from '../../support/tabs.js';

/** Turns of the event loop, counted: whatever takes time in this file takes so many of them. */
const createTurns = () => {
  let now = 0;
  const sleepers: { readonly at: number; wake(): void }[] = [];
  return {
    sleep: (turns: number): Promise<void> =>
      new Promise((wake) => sleepers.push({ at: now + turns, wake: () => wake() })),
    async pass(): Promise<void> {
      now++;
      for (const { at, wake } of sleepers) if (at === now) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};
type Turns = ReturnType<typeof createTurns>;

/** A rule that says no, after so many turns, and needs the hello or not. */
interface SlowRule {
  readonly needs: 'nothing' | 'hello';
  readonly turns: number;
}

const matcherOf = ({ needs, turns }: SlowRule, { sleep }: Turns): Matcher => ({
  kinds: new Set(['extension']),
  text: 'nobody, after a while',
  ...(needs === 'hello' ? { needs } : {}),
  test: async () => {
    await sleep(turns);
    return false;
  },
});

const PUBLISHED = ['org.example.a', 'org.example.b', 'org.example.c'];
const NAMES = [...PUBLISHED, 'org.example.unpublished', '__proto__', ''];
const LONGEST = 12;

/** After how many turns a stranger has its answer. */
const turnsUntilRefused = async (rules: readonly SlowRule[][], name: string): Promise<number> => {
  const turns = createTurns();
  const host = createHost();
  for (const [index, each] of rules.entries()) {
    const protocol = defineProtocol({
      name: PUBLISHED[index] as string,
      version: '1.0.0',
      capabilities: { read: { title: 'Read', members: { ping: method() } } },
    });
    const admit = each.map((rule) => refuse(matcherOf(rule, turns))) as [never];
    host.publish(protocol, { read: { admit, provide: () => ({ ping() {} }) } });
  }
  const peer = rawClient(host, { as: STRANGER, name: `portico:${name}` });
  peer.send(hello());
  const most = rules.flat().length * LONGEST + 20;
  for (let count = 1; count < most; count++) {
    await turns.pass();
    if (peer.messages.length === 0) continue;
    expect(peer.messages).toMatchObject([[[KIND.REFUSE, { code: 'REFUSED' }]]]);
    return count;
  }
  throw new Error(`no answer in ${most} turns`);
};

const someRule: fc.Arbitrary<SlowRule> = fc.record({
  needs: fc.constantFrom('nothing', 'hello'),
  turns: fc.integer({ min: 1, max: LONGEST }),
});
/** Of three protocols. */
const someRules = fc.array(fc.array(someRule, { minLength: 1, maxLength: 3 }), {
  minLength: 3,
  maxLength: 3,
});

test('[A18] [W5.14] however long rules take, with the hello or without: as many turns for every name', async () => {
  await fc.assert(
    fc.asyncProperty(someRules, async (rules) => {
      const turns = new Set<number>();
      for (const name of NAMES) turns.add(await turnsUntilRefused(rules, name));
      expect([...turns]).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('[W5.14] protocols are judged at the same time: a refusal takes as long as the slowest of them', async () => {
  const rule = (turns: number): SlowRule => ({ needs: 'hello', turns });
  const both = await turnsUntilRefused([[rule(10)], [rule(10)], [rule(10)]], 'org.example.a');
  const one = await turnsUntilRefused([[rule(10)], [rule(1)], [rule(1)]], 'org.example.a');
  expect(both).toBe(one);
});
