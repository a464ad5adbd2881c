import { commands } from './commands.js';
import { describeThrown } from './describe.js';

/** The contexts that take orders. */
export type Place = 'background' | 'page' | 'popup' | 'frame' | 'content' | 'web';

export interface Order {
  readonly to: Place;
  readonly command: string;
  readonly args?: unknown;
}

/** How an order came out, as JSON so that it crosses every border as it is. */
export interface Outcome {
  readonly value?: unknown;
  readonly threw?: string;
}

type Table = Readonly<Record<string, (args: never) => unknown>>;

const obey = async ({ command, args }: Order): Promise<string> => {
  const table: Table = commands;
  let outcome: Outcome;
  try {
    const run = table[command];
    if (!run) throw new Error(`no command ${command} here`);
    outcome = { value: await run(args as never) };
  } catch (error) {
    outcome = { threw: describeThrown(error) };
  }
  return JSON.stringify(outcome);
};

/** Makes this context take orders: those that a test gives to it directly, and those that a page passes on. */
export const obeyAs = (own: Place): void => {
  const runtime = (globalThis as { chrome?: typeof chrome }).chrome?.runtime;
  // Web pages have none, and framed pages of Firefox one that hears nothing.
  runtime?.onMessage?.addListener((order: Order, _sender, reply) => {
    if (order.to !== own) return undefined;
    obey(order).then(reply);
    return true;
  });
  const give = (order: Order, tabId?: number): Promise<string> => {
    if (order.to === own) return obey(order);
    if (tabId === undefined) return chrome.runtime.sendMessage(order);
    return chrome.tabs.sendMessage(tabId, order, { frameId: 0 });
  };
  Object.assign(globalThis, { give });
};
