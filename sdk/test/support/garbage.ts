import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RuntimePort } from '../../src/platform/platform.js';
import { settled } from './raw-peer.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects what nobody holds. In a task of its own: what was looked at through a weak reference lives until its end. */
export const collectGarbage = async (): Promise<void> => {
  await settled();
  for (let turn = 0; turn < 4; turn++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** Bytes of heap in use once what nobody holds is gone. */
export const bytesHeld = async (): Promise<number> => {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
};

/** Looks after objects without holding them. */
export interface Watch {
  /** The host's end of a port, watched along with every message that arrives there. */
  port(port: RuntimePort): RuntimePort;
  /** How many were watched, and how many of those somebody holds still. */
  counts(): Promise<{ readonly watched: number; readonly held: number }>;
}

export const watch = (): Watch => {
  const all: WeakRef<object>[] = [];
  return {
    port(port) {
      const end: RuntimePort = {
        name: port.name,
        sender: port.sender,
        postMessage: (message) => port.postMessage(message),
        disconnect: () => port.disconnect(),
        onMessage: {
          addListener(listener) {
            port.onMessage.addListener((message) => {
              all.push(new WeakRef(message as object));
              listener(message);
            });
          },
        },
        onDisconnect: { addListener: (listener) => port.onDisconnect.addListener(() => listener(end)) },
      };
      all.push(new WeakRef(end));
      return end;
    },
    async counts() {
      await collectGarbage();
      return { watched: all.length, held: all.filter((each) => each.deref() !== undefined).length };
    },
  };
};
