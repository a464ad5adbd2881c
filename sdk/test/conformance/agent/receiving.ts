import { describe } from './describe.js';
import { keep } from './ports.js';
import { putInDatabase } from './state.js';

type Event = 'onConnect' | 'onConnectExternal';

/** This run of this script: another after each start. */
export const instance: string = crypto.randomUUID();

/** What a listener was told of a caller. */
export interface Caller {
  readonly event: Event;
  readonly instance: string;
  readonly sender: chrome.runtime.MessageSender | undefined;
  /** Whether the listener's port has a `sender`, and what else it is told of it. */
  readonly portKeys: readonly string[];
}

const callers = new Map<string, Caller>();

/** Port names begin with what the listener is to do: `quiet:7`. Whatever else they begin with greets and echoes. */
const MANNERS: Readonly<Record<string, (port: chrome.runtime.Port, greet: () => void) => void>> = {
  /** Says nothing unasked. */
  quiet: (port) => echo(port),
  /** Hangs up in its listener. */
  hangup: (port) => port.disconnect(),
  /** Listens to messages only a while after the port has come in. */
  late: (port, greet) =>
    void setTimeout(() => {
      echo(port);
      greet();
    }, 300),
  /** Says nothing unasked, and sets a timer for longer than backgrounds may idle. */
  timer: (port) => {
    echo(port);
    setTimeout(() => putInDatabase({ value: 'the timer has fired' }), 33_000);
  },
  /** Posts, and never gets anything. */
  talkative: (port) => void setInterval(() => port.postMessage('still here'), 5000),
};

const echo = (port: chrome.runtime.Port): void => {
  port.onMessage.addListener((message: { echo?: unknown; bye?: unknown } | null) => {
    if (typeof message !== 'object' || message === null) return;
    if ('echo' in message) port.postMessage({ seen: describe(message.echo) });
    if ('bye' in message) port.disconnect();
  });
};

const receive = (event: Event, port: chrome.runtime.Port): void => {
  const { name, sender } = port;
  const caller: Caller = { event, instance, sender, portKeys: Object.keys(port) };
  callers.set(name, caller);
  keep(`in ${name}`, port);
  const greet = (): void => port.postMessage({ hello: JSON.stringify(caller) });
  const manner = MANNERS[name.split(':')[0] ?? ''];
  if (manner) {
    manner(port, greet);
    return;
  }
  echo(port);
  greet();
};

/** Makes this context listen. */
export const listen = ({ event }: { event: Event }): void => {
  chrome.runtime[event].addListener((port) => receive(event, port));
};

/** What this context was told of the caller on a port of that name. */
export const callerOn = ({ name }: { name: string }): Caller | undefined => callers.get(name);

export const instanceHere = (): string => instance;
