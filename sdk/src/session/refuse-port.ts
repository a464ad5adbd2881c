import type { RuntimePort } from '../platform/platform.js';
import { REFUSE } from '../wire/frames.js';
import type { Refusal } from '../wire/handshake.js';

/** Refuses a port without ever listening to it: what is never listened to costs no heap. */
export const refusePort = (port: RuntimePort, refusal: Refusal): void => {
  try {
    port.postMessage([[REFUSE, refusal]]);
    port.disconnect();
  } catch {
    // The caller is gone already.
  }
};
