import type { LocalCode } from '../errors/codes.js';
import { BASIC, BROWSER } from '../limits/edition.js';
import type { Platform, RuntimePort } from '../platform/platform.js';
import type { Transport, TransportListener } from './transport.js';

/** A runtime port as a transport. Attaches the listeners at once: nothing is buffered for late ones. */
export const portTransport = (
  port: RuntimePort,
  platform: Pick<Platform, 'lastError' | 'restored'>,
  listener: TransportListener,
): Transport => {
  let open = true;
  /** Says whether it was open until now. */
  const end = (): boolean => {
    const wasOpen = open;
    open = false;
    if (!BASIC) platform.restored?.delete(restored);
    return wasOpen;
  };
  const closed = (text?: string): void => {
    if (end()) listener.closed(codeOf(text), text);
  };
  const restored = (): void => {
    port.disconnect();
    closed();
  };
  if (!BASIC) platform.restored?.add(restored);
  port.onMessage.addListener((message) => {
    if (open) listener.batch(message);
  });
  // Read even when nobody is told: Chrome complains in the console about an error that nobody read.
  port.onDisconnect.addListener(() => closed(platform.lastError(port)));
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
      if (end()) port.disconnect();
    },
  };
};

/** Texts as seen in Chromium 156 and Firefox ESR 153, and in WebKit's source. */
const codeOf = (text = ''): LocalCode =>
  BROWSER !== 'firefox' && /serialization format/i.test(text)
    ? 'SERIALIZATION_MISMATCH'
    : !BROWSER && /not supported/i.test(text)
      ? 'UNSUPPORTED_BROWSER'
      : /not establish|not exist/i.test(text)
        ? 'UNREACHABLE'
        : 'DISCONNECTED';
