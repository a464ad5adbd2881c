import type { ConnectEvent, HostPlatform, RuntimePort } from '../../src/platform/platform.js';
import { randomId } from '../../src/platform/system.js';
import { manualClock } from './manual-clock.js';
import { FRIEND } from './raw-peer.js';

/** A browser in which a host listens, and tests bring the ports. */
export interface ListeningPlatform extends HostPlatform {
  dispatch(event: ConnectEvent, port: RuntimePort): void;
}

export const listeningPlatform = (): ListeningPlatform => {
  const listeners = new Map<ConnectEvent, (port: RuntimePort) => void>();
  return {
    ...manualClock(),
    own: FRIEND.own,
    randomId,
    connect() {
      throw new Error('this side does not connect');
    },
    listen(event, listener) {
      listeners.set(event, listener);
      return () => listeners.delete(event);
    },
    lastError: () => undefined,
    dispatch: (event, port) => listeners.get(event)?.(port),
  };
};
