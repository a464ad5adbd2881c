import { describe, describeThrown } from './describe.js';
import type { Caller } from './receiving.js';
import { madeOf, type Post } from './values.js';

/** How a port ended: what `runtime.lastError` said then, and what `port.error` was. */
export interface Ending {
  readonly lastError: string | undefined;
  /** Chromium's ports have no such property. */
  readonly portError: string | undefined;
}

/** What has happened on a port. */
export interface Diary {
  /** What an echo said of its caller when the port came in. */
  greeting: Caller | undefined;
  /** Each message in words, as `describe` tells it; of an echo, what it was that it had got. */
  readonly received: string[];
  /** One for each `onDisconnect`. */
  readonly endings: Ending[];
  /** Milliseconds from its opening to its end. */
  endedAfter: number | undefined;
}

interface Kept {
  readonly port: chrome.runtime.Port;
  readonly diary: Diary;
}

const ports = new Map<string, Kept>();

const keptAs = (key: string): Kept => {
  const kept = ports.get(key);
  if (!kept) throw new Error(`no port ${key} here`);
  return kept;
};

const endingOf = (port: chrome.runtime.Port): Ending => {
  const { error } = port as { error?: { message: string } | null };
  return {
    lastError: chrome.runtime.lastError?.message,
    portError: error === undefined || error === null ? (error === null ? 'null' : undefined) : error.message,
  };
};

/** Keeps a port and writes down what happens on it. */
export const keep = (key: string, port: chrome.runtime.Port): Diary => {
  const diary: Diary = { greeting: undefined, received: [], endings: [], endedAfter: undefined };
  const began = Date.now();
  ports.set(key, { port, diary });
  port.onMessage.addListener((message: { hello?: string; seen?: string } | null | undefined) => {
    if (message?.hello) diary.greeting = JSON.parse(message.hello) as Caller;
    else diary.received.push(message?.seen ?? describe(message));
  });
  port.onDisconnect.addListener((ended) => {
    diary.endings.push(endingOf(ended));
    diary.endedAfter = Date.now() - began;
  });
  return diary;
};

export interface Opening {
  readonly key: string;
  /** An id; none for the own extension. */
  readonly to?: string | undefined;
  /** The content scripts in a tab instead. */
  readonly tabId?: number | undefined;
  readonly name?: string | undefined;
  readonly includeTlsChannelId?: boolean | undefined;
  /** Posted in the same turn. */
  readonly posts?: readonly Post[] | undefined;
  /** Hangs up in the same turn. */
  readonly hangUp?: boolean | undefined;
}

/** What `connect` gave, before anything else could happen. */
export interface Opened {
  readonly threw?: string;
  readonly name?: string;
  readonly sender?: string;
  readonly keys?: readonly string[];
}

const portFor = ({ to, tabId, name, includeTlsChannelId }: Opening): chrome.runtime.Port => {
  const options = {
    ...(name === undefined ? {} : { name }),
    ...(includeTlsChannelId ? { includeTlsChannelId } : {}),
  };
  if (tabId !== undefined) return chrome.tabs.connect(tabId, options);
  return to === undefined ? chrome.runtime.connect(options) : chrome.runtime.connect(to, options);
};

export const connect = (opening: Opening): Opened => {
  let port: chrome.runtime.Port;
  try {
    port = portFor(opening);
  } catch (error) {
    return { threw: describeThrown(error) };
  }
  keep(opening.key, port);
  for (const post of opening.posts ?? []) port.postMessage(madeOf(post));
  if (opening.hangUp) port.disconnect();
  return { name: port.name, sender: describe(port.sender) };
};

/** Posts all in one turn; gives what the last threw. */
export const post = ({ key, posts }: { key: string; posts: readonly Post[] }): string | undefined => {
  const { port } = keptAs(key);
  let threw: string | undefined;
  for (const each of posts) {
    threw = undefined;
    try {
      port.postMessage(madeOf(each));
    } catch (error) {
      threw = describeThrown(error);
    }
  }
  return threw;
};

/** Hangs up; gives what that threw. */
export const disconnect = ({ key }: { key: string }): string | undefined => {
  try {
    keptAs(key).port.disconnect();
    return undefined;
  } catch (error) {
    return describeThrown(error);
  }
};

export const diary = ({ key }: { key: string }): Diary => keptAs(key).diary;

/** Whether a port of that name has come in. */
export const hasPort = ({ key }: { key: string }): boolean => ports.has(key);

/** Opens a port that fails, and looks at `lastError` in the listener and in the turn after. */
export const watchLastError = ({ to }: { to: string }): Promise<(string | undefined)[]> =>
  new Promise((resolve) => {
    chrome.runtime.connect(to).onDisconnect.addListener(() => {
      const during = chrome.runtime.lastError?.message;
      setTimeout(() => resolve([during, chrome.runtime.lastError?.message]));
    });
  });

/** Posts a number at every so many milliseconds. */
export const keepPosting = ({ key, every }: { key: string; every: number }): void => {
  let n = 0;
  setInterval(() => keptAs(key).port.postMessage(++n), every);
};
