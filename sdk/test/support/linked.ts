import type { Host } from 'portico/host';
import type { Caller } from 'portico/testing';
import { internalsOf } from '../../src/host/create-host.js';
import type { HostPlatform, RuntimePort } from '../../src/platform/platform.js';
import { randomId } from '../../src/platform/system.js';
import { memoryPorts } from '../../src/testing/memory-port.js';
import { type ManualClock, manualClock } from './manual-clock.js';
import { FRIEND } from './raw-peer.js';

/** A real host and what its clients connect through, on one clock that stands still. */
export interface Linked {
  readonly platform: HostPlatform;
  readonly clock: ManualClock;
  /** How often a client has connected. */
  readonly connected: number;
  /** Ends every port without a word, as when the browser stops the host's background: both ends are told. */
  cut(): void;
  /** Which host answers from now on: another one is another start of the background. */
  host: Host;
}

export interface LinkedOptions {
  readonly as?: Caller;
  readonly clock?: ManualClock;
}

export const linked = (first: Host, options: LinkedOptions = {}): Linked => {
  const { as = FRIEND, clock = manualClock() } = options;
  let ports: RuntimePort[] = [];
  let connected = 0;
  const link: Linked = {
    clock,
    host: first,
    get connected() {
      return connected;
    },
    platform: {
      ...clock,
      own: as.own,
      randomId,
      connect(_target, info) {
        const pair = memoryPorts(
          info.name,
          as.sender,
          as.own.browser === 'firefox' ? 'structured-clone' : 'json',
        );
        connected++;
        ports.push(pair.client, pair.host);
        internalsOf(link.host).accept(pair.host, as.event, link.platform);
        return pair.client;
      },
      listen: () => () => {},
      lastError: () => undefined,
    },
    cut() {
      const all = ports;
      ports = [];
      for (const port of all) (port as unknown as { drop(): void }).drop();
    },
  };
  return link;
};
