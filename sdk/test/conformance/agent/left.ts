import { describeThrown } from './describe.js';
import { putInDatabase } from './state.js';

/** What a content script that nobody can reach any more writes down, again and again, where its page can read it. */
export interface Notes {
  /** Of this run of the script. */
  readonly script: string;
  readonly looks: number;
  readonly id: string | undefined;
  /** What each threw. */
  readonly connect: string;
  readonly post: string;
  readonly getURL: string;
  /** Only once there is no id. */
  readonly disconnect: string;
  /** How many messages the host's port has brought. */
  readonly heard: number;
  /** Which ports were told of their end. */
  readonly ended: readonly string[];
}

const thrownBy = (run: () => unknown): string => {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return describeThrown(error);
  }
};

const script = crypto.randomUUID();
const ended: string[] = [];
const { runtime } = chrome;
// The host's id stands where a manifest has room for it.
const host = runtime.getManifest().description ?? '';

const open = (name: string, to?: string): chrome.runtime.Port => {
  const port = to === undefined ? runtime.connect({ name }) : runtime.connect(to, { name });
  port.onDisconnect.addListener(() => ended.push(name));
  return port;
};

open('quiet:left to its own');
const toHost = open('quiet:left to the host', host);
let heard = 0;
toHost.onMessage.addListener(() => {
  heard++;
});
const spare = open('quiet:left to be closed', host);

let looks = 0;
setInterval(() => {
  const { id } = runtime as { id: string | undefined };
  const notes: Notes = {
    script,
    looks: ++looks,
    id,
    connect: thrownBy(() => runtime.connect(host, { name: 'quiet:left again' }).disconnect()),
    post: thrownBy(() => toHost.postMessage(1)),
    getURL: thrownBy(() => runtime.getURL('')),
    disconnect: id === undefined ? thrownBy(() => spare.disconnect()) : 'not tried',
    heard,
    ended,
  };
  void putInDatabase({ value: notes });
}, 500);
