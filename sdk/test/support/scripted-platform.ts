import type { ConnectInfo, Own, RuntimePort, TabPlatform, Target } from '../../src/platform/platform.js';
import { memoryPorts } from '../../src/testing/memory-port.js';
import { type ManualClock, manualClock } from './manual-clock.js';
import { FRIEND, type RawPeer, rawPeer } from './raw-peer.js';

/** One time that a client has connected. */
export interface Attempt {
  /** The extension it wanted; or the tab. */
  readonly target: Target | { readonly tabId: number };
  readonly info: ConnectInfo | { readonly frameId?: number; readonly documentId?: string };
  /** The other end of its port. */
  readonly peer: RawPeer;
  /** Ends the port as the browser would, with what it says. */
  fail(text?: string): void;
}

/** A platform whose other side a test plays by hand. */
export interface ScriptedPlatform {
  readonly platform: TabPlatform;
  readonly clock: ManualClock;
  readonly attempts: readonly Attempt[];
  /** The latest. */
  readonly attempt: Attempt;
}

export interface ScriptedPlatformOptions {
  readonly own?: Own;
  /** Called inside `connect`; what it throws, the browser throws. */
  readonly onConnect?: (attempt: Attempt, count: number) => void;
}

/** What Chromium and Firefox say of a host that is absent, disabled, or not listening. */
export const ABSENT = 'Could not establish connection. Receiving end does not exist.';

export const scriptedPlatform = (options: ScriptedPlatformOptions = {}): ScriptedPlatform => {
  const { own = FRIEND.own, onConnect } = options;
  const clock = manualClock();
  const attempts: Attempt[] = [];
  let says: string | undefined;
  const dial = (target: Attempt['target'], info: { readonly name: string }): RuntimePort => {
    const { client, host } = memoryPorts(info.name, FRIEND.sender, 'json');
    const attempt: Attempt = {
      target,
      info,
      peer: rawPeer(host),
      fail(text) {
        says = text;
        (client as unknown as { drop(): void }).drop();
        says = undefined;
      },
    };
    attempts.push(attempt);
    onConnect?.(attempt, attempts.length);
    return client;
  };
  const platform: TabPlatform = {
    ...clock,
    own,
    connect: dial,
    connectTab: (tabId, info) => dial({ tabId }, info),
    lastError: () => says,
  };
  return {
    platform,
    clock,
    attempts,
    get attempt() {
      const last = attempts.at(-1);
      if (!last) throw new Error('the client has not connected');
      return last;
    },
  };
};
