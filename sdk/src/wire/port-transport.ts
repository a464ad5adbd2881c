import type { LocalCode } from '../errors/codes.js';
import { INVALIDATED } from '../platform/left-behind.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import type { Transport, TransportListener } from './transport.js';

/** A runtime port as a transport. Attaches the listeners at once: nothing is buffered for late ones. */
export const portTransport = (
  port: RuntimePort,
  platform: Pick<Platform, 'lastError' | 'unheard'>,
  listener: TransportListener,
): Transport => {
  let open = true;
  /** Says whether it was open until now. */
  const end = (): boolean => {
    const wasOpen = open;
    open = false;
    platform.unheard?.delete(unheard);
    return wasOpen;
  };
  const closed = (): void => {
    // Read even when nobody is told: Chrome complains in the console about an error that nobody read.
    const text = platform.lastError(port);
    if (end()) listener.closed(codeOf(text), text);
  };
  const hangUp = (): void => {
    try {
      port.disconnect();
    } catch {
      // A content script that was left behind can't even do that.
    }
  };
  const unheard = (): void => {
    hangUp();
    closed();
  };
  platform.unheard?.add(unheard);
  port.onMessage.addListener((message) => {
    if (open) listener.batch(message);
  });
  port.onDisconnect.addListener(closed);
  return {
    send(batch) {
      if (!open) return;
      try {
        port.postMessage(batch);
      } catch (error) {
        // A bad value or a dead port? Ports have been seen to die without onDisconnect, and the texts
        // change between browser versions; but a live port always takes an empty batch.
        try {
          port.postMessage([]);
        } catch {
          closed();
          return;
        }
        throw error;
      }
    },
    close() {
      if (end()) hangUp();
    },
  };
};

/** Texts as seen in Chromium 156 and Firefox ESR 153, and in WebKit's source. */
const codeOf = (text = ''): LocalCode =>
  /serialization format/i.test(text)
    ? 'SERIALIZATION_MISMATCH'
    : text === INVALIDATED
      ? 'CONTEXT_INVALIDATED'
      : /not supported/i.test(text)
        ? 'UNSUPPORTED_BROWSER'
        : /not establish|not exist/i.test(text)
          ? 'UNREACHABLE'
          : 'DISCONNECTED';
