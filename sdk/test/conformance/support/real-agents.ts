import type { Frame, Page } from 'puppeteer-core';
import { untilTaken } from '../../browser/support/until-taken.js';
import type { Outcome, Place } from '../agent/orders.js';
import type { Agent } from './runtime.js';

/** Has orders given by the fixture's own code in a document, to itself or to another context of the extension. */
export const agentIn = (document: Page | Frame, to: Place, findTab?: () => Promise<number>): Agent => ({
  async run(command, ...args) {
    const order = { to, command, args: args[0] };
    const { value, threw } = JSON.parse(await untilTaken(document, order, await findTab?.())) as Outcome;
    if (threw !== undefined) throw new Error(`${to} ${command}: ${threw}`);
    return value as never;
  },
});
