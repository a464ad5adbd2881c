import type { Diary, Ending, Opened, Opening } from '../agent/ports.js';
import type { Caller } from '../agent/receiving.js';
import type { Post, ValueName } from '../agent/values.js';
import { eventually } from './eventually.js';
import type { Agent, Runtime } from './runtime.js';

let opened = 0;

/** A name that no port had before. What stands before the colon tells an echo how to behave. */
export const freshName = (manner = 'greet'): string => `${manner}:${++opened}`;

/** A port that a test has had opened. */
export interface Talk extends Opened {
  readonly portName: string;
  readonly key: string;
  diary(): Promise<Diary>;
  /** What the echo said of its caller. */
  greeting(): Promise<Caller>;
  /** The messages, as soon as there are so many. */
  received(count: number): Promise<readonly string[]>;
  /** How it ended, as soon as it has. */
  ending(): Promise<Ending>;
  /** Posts in one turn; gives what the last threw. */
  post(...posts: (Post | ValueName | number)[]): Promise<string | undefined>;
  /** Has the echo say what came of a value. */
  ask(value: ValueName | number): Promise<string>;
  disconnect(): Promise<string | undefined>;
}

/** The port that an agent knows by this key. */
export const talkAs = (
  runtime: Runtime,
  agent: Agent,
  key: string,
): Omit<Talk, keyof Opened | 'portName'> => {
  const diary = (): Promise<Diary> => agent.run('diary', { key });
  const untilDiary = <T>(look: (diary: Diary) => T | undefined, what: string): Promise<T> =>
    eventually(runtime, async () => look(await diary()), `${what} (port ${key})`);
  const received = (count: number): Promise<readonly string[]> =>
    untilDiary(({ received }) => (received.length >= count ? received : undefined), `${count} messages come`);
  const post: Talk['post'] = (...posts) =>
    agent.run('post', {
      key,
      posts: posts.map((each) => (typeof each === 'object' ? each : { value: each })),
    });
  return {
    key,
    diary,
    greeting: () => untilDiary(({ greeting }) => greeting, 'the echo greets'),
    received,
    ending: () => untilDiary(({ endings }) => endings[0], 'the port ends'),
    post,
    async ask(value) {
      const { length } = (await diary()).received;
      const threw = await post({ value, ask: true });
      return threw ?? (await received(length + 1))[length] ?? '';
    },
    disconnect: () => agent.run('disconnect', { key }),
  };
};

/** Has a port opened. */
export const open = async (
  runtime: Runtime,
  agent: Agent,
  { manner, ...opening }: Omit<Opening, 'key' | 'name'> & { manner?: string },
): Promise<Talk> => {
  const name = freshName(manner);
  const outcome = await agent.run('connect', { key: name, name, ...opening });
  return { portName: name, ...outcome, ...talkAs(runtime, agent, name) };
};
