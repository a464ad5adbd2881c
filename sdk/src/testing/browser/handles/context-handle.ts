import type { Context } from '../contexts/context.js';
import { evaluateIn } from '../contexts/run-scripts.js';
import { bringErrorHome, bringHome } from '../realm/realm.js';
import { createLane } from '../scheduler/scheduler.js';

/** A document, a content script or a background that a test can look into. */
export interface ContextHandle {
  /** As the trace calls it. */
  readonly name: string;
  readonly url: string;
  /** Whether it is there and runs: not if it was closed, or its page was put away. */
  readonly isAlive: boolean;
  /**
   * Runs a function in the context, and the browser until what it returns has settled. The function is taken by
   * its source: it sees the context's globals and the arguments, and nothing of the test. Arguments and result
   * are cloned. Not for backgrounds that are plain functions.
   * @throws what the function throws, with the properties that can be cloned; an Error when the context is gone
   */
  evaluate<A extends unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
}

/** `find` gives the context as it is now, which may be a new one each time. */
export const contextHandle = (find: () => Context): ContextHandle => ({
  get name() {
    return find().name;
  },
  get url() {
    return find().facts.url;
  },
  get isAlive() {
    return find().state === 'alive';
  },
  evaluate: (run, ...args) => evaluate(find(), run, args),
});

/** @see ContextHandle.evaluate */
export const evaluate = <A extends unknown[], R>(
  context: Context,
  run: (...args: A) => R,
  args: A,
): Promise<Awaited<R>> => {
  const { driver, scheduler } = context.world;
  const result = new Promise<unknown>((resolve, reject) => {
    const gone = (): void => reject(new Error(`${context.name} is gone`));
    const forget = context.onEnd(gone);
    scheduler.post(createLane(context.name), 'evaluate', () => {
      if (context.state !== 'alive') gone();
      else
        evaluateIn(context, `${run}`, args)
          .then(bringHome)
          .then(resolve, (error) => reject(bringErrorHome(error)))
          .finally(forget);
    });
  });
  return driver.run(result) as Promise<Awaited<R>>;
};
