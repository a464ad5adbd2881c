import { expected, type RuntimeKind } from '../support/case.js';

export const NOBODY = 'Could not establish connection. Receiving end does not exist.';

/** How a port ends that the browser could not connect. */
export const failed = (runtime: RuntimeKind) =>
  expected(runtime, {
    chromium: { lastError: NOBODY, portError: undefined },
    firefox: { lastError: undefined, portError: NOBODY },
  });

/** How one ends that the other side has closed, or that has lost it. */
export const closed = (runtime: RuntimeKind) =>
  expected(runtime, {
    chromium: { lastError: undefined, portError: undefined },
    firefox: { lastError: undefined, portError: 'null' },
  });

/** How one ends in Chromium whose two sides copy messages in different ways. */
export const mismatched = {
  lastError: 'Could not establish connection. Receiving end uses different message serialization format.',
};
