/** Takes the rejections of promises that nobody handles. Says whether the promise was its own. */
export type Claim = (promise: object, reason: unknown) => boolean;

type Listener = (reason: unknown, promise: Promise<unknown>) => void;

const claims = new Set<Claim>();
let others: Listener[] = [];

const route: Listener = (reason, promise) => {
  for (const claim of claims) if (claim(promise, reason)) return;
  if (others.length === 0) throw reason;
  for (const listener of others) listener(reason, promise);
};

/**
 * While a simulated browser runs, promises of its contexts that nobody handles are its own errors, not the
 * process's. Everybody else's go to those who listened before. Gives a function that puts all back.
 */
export const claimRejections = (claim: Claim): (() => void) => {
  if (claims.size === 0) {
    others = process.rawListeners('unhandledRejection') as Listener[];
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', route);
  }
  claims.add(claim);
  return () => {
    if (!claims.delete(claim) || claims.size > 0) return;
    process.off('unhandledRejection', route);
    for (const listener of others) process.on('unhandledRejection', listener);
    others = [];
  };
};
