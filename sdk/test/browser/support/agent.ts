import type { Page } from 'puppeteer-core';
import type { Commands } from '../fixtures/agent/commands.js';
import type { Context, Outcome } from '../fixtures/agent/orders.js';
import type { HostCommands } from '../fixtures/host/background.js';
import { eventually } from './eventually.js';
import { type Evaluating, untilTaken } from './until-taken.js';

type Table = Readonly<Record<string, (args: never) => unknown>>;

/** A context of a fixture that does what it is told. */
export interface Agent<C extends Table = Commands> {
  /** Rejects with `code`, `message`, `origin`, `data` and `declared` of what was thrown there. */
  run<N extends keyof C & string>(command: N, ...args: Parameters<C[N]>): Promise<Awaited<ReturnType<C[N]>>>;
}

/** An extension that the test can reach by one of its pages. */
export interface Extension {
  readonly id: string;
  readonly origin: string;
  readonly page: Agent;
  readonly background: Agent<Commands & HostCommands>;
  readonly popup: Agent;
  /** The id of the tab that shows an address. */
  tabOf(address: string): Promise<number>;
  /** The content script in the tab that shows an address. */
  content(address: string): Agent;
}

/** What a command threw, as it was described by the context. */
class CommandError extends Error {
  constructor(command: string, error: NonNullable<Outcome['error']>) {
    super(`${command}: ${error.message}`);
    Object.assign(this, error);
  }
}

/** Has orders given by the fixture's own code in a page or a frame. */
const agentVia = <C extends Table>(
  page: Evaluating,
  to: Context,
  findTab?: () => Promise<number>,
): Agent<C> => {
  let tabId: number | undefined;
  return {
    async run(command, ...args) {
      tabId ??= await findTab?.();
      const order = { to, command, args: args[0] };
      const { value, error } = JSON.parse(await untilTaken(page, order, tabId)) as Outcome;
      if (error) throw new CommandError(`${to} ${command}`, error);
      return value as never;
    },
  };
};

/** Makes an extension of a page of it. */
export const extensionOn = (page: Evaluating, { id, origin }: { id: string; origin: string }): Extension => {
  const own: Agent = agentVia(page, 'page');
  const tabOf = (url: string): Promise<number> =>
    eventually(async () => (await own.run('tabOf', { url })) ?? undefined, `a tab shows ${url}`);
  return {
    id,
    origin,
    page: own,
    background: agentVia(page, 'background'),
    popup: agentVia(page, 'popup'),
    tabOf,
    content: (address) => agentVia(page, 'content', () => tabOf(address)),
  };
};

/** The extension's frame.html in a web page. Firefox passes no messages between it and the extension's other pages. */
export const agentInFrame = async (page: Page): Promise<Agent> => {
  const frame = await eventually(async () => {
    for (const each of page.frames().slice(1)) {
      // It may be between two documents.
      const ready = await each.evaluate(() => 'give' in globalThis).catch(() => false);
      if (ready) return each;
    }
    return undefined;
  }, 'the frame runs');
  return agentVia(frame, 'frame');
};
