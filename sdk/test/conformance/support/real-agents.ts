import type { Frame, Page } from 'puppeteer-core';
import { eventually } from '../../browser/support/eventually.js';
import type { Order, Outcome, Place } from '../agent/orders.js';
import type { Agent } from './runtime.js';

type Give = (order: Order, tabId?: number) => Promise<string | undefined>;

/** Has orders given by the fixture's own code in a document, to itself or to another context of the extension. */
export const agentIn = (document: Page | Frame, to: Place, findTab?: () => Promise<number>): Agent => ({
  async run(command, ...args) {
    const order = { to, command, args: args[0] };
    const { value, threw } = JSON.parse(await untilTaken(document, order, await findTab?.())) as Outcome;
    if (threw !== undefined) throw new Error(`${to} ${command}: ${threw}`);
    return value as never;
  },
});

/** Contexts take a moment until they listen: an order that nobody took is given again. */
const untilTaken = (document: Page | Frame, order: Order, tabId: number | undefined): Promise<string> =>
  eventually(async () => {
    try {
      const answer = await document.evaluate(
        async (order, tabId) => {
          const { give } = globalThis as unknown as { give?: Give };
          return (await give?.(order, tabId ?? undefined)) ?? null;
        },
        order,
        tabId ?? null,
      );
      return answer ?? undefined;
    } catch (error) {
      if (/Receiving end does not exist|message port closed/i.test(String(error))) return undefined;
      throw error;
    }
  }, `${order.to} takes the order ${order.command}`);
