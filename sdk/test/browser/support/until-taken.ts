import { eventually } from './eventually.js';

/** What a fixture's context is told to do; which contexts and commands there are is the fixture's own matter. */
interface AnyOrder {
  readonly to: string;
  readonly command: string;
  readonly args?: unknown;
}

/** A page or a frame, in whatever browser. */
export interface Evaluating {
  evaluate(
    run: (order: AnyOrder, tabId: number | null) => Promise<string | null>,
    order: AnyOrder,
    tabId: number | null,
  ): Promise<string | null>;
}

type Give = (order: AnyOrder, tabId?: number) => Promise<string | undefined>;

/** Contexts take a moment until they listen: an order that nobody took is given again. */
export const untilTaken = (
  document: Evaluating,
  order: AnyOrder,
  tabId: number | undefined,
): Promise<string> =>
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
