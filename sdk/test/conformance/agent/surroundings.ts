import { describeThrown } from './describe.js';

/** What a context has around it. */

/** How this context could know whether it is the background. */
const lookAround = (): string => {
  if (typeof document === 'undefined') return 'no document';
  // Web pages may have no `chrome` at all.
  const get = (globalThis as { chrome?: typeof chrome }).chrome?.extension?.getBackgroundPage;
  if (!get) return 'nobody says';
  return get() === window ? 'the background' : 'not the background';
};
const atFirst = lookAround();

/** The same, in the first turn and now. */
export const backgroundOrNot = (): [atFirst: string, now: string] => [atFirst, lookAround()];

/** Whether this context serves private windows, and what the manifest says of them. */
export const incognitoHere = (): [here: boolean, manifest: string | undefined] => [
  chrome.extension.inIncognitoContext,
  chrome.runtime.getManifest().incognito,
];

/** The id of the tab that shows an address. */
export const tabOf = async ({ url }: { url: string }): Promise<number | undefined> =>
  (await chrome.tabs.query({})).find((tab) => tab.url === url)?.id;

export const openPopup = (): Promise<void> => chrome.action.openPopup();

/** What this context says of code made from text. */
export const makeCode = async (): Promise<string[]> => {
  // In a task of its own: what a debugger has evaluated may do what extensions may not.
  await new Promise((resolve) => setTimeout(resolve));
  const makers = [
    // biome-ignore lint/security/noGlobalEval: what extensions must not do is what is tried here
    () => globalThis.eval('1'),
    () => new Function('return 1')(),
  ];
  return makers.map((make) => {
    try {
      return `made ${make()}`;
    } catch (error) {
      return (error as Error).name;
    }
  });
};

/** Imports a module that the extension has. */
export const importModule = async (): Promise<string> => {
  const file = './imported.js';
  try {
    return ((await import(/* @vite-ignore */ file)) as { said: string }).said;
  } catch (error) {
    return describeThrown(error);
  }
};

/** Which of the names in `chrome` are there: `storage.local`, `alarms`. */
export const apisAmong = ({ names }: { names: readonly string[] }): string[] => {
  const find = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((found, name) => (found as Record<string, unknown> | undefined)?.[name], chrome);
  return names.filter((name) => find(name) !== undefined);
};

/** Whether this context has a `chrome.runtime.connect`, and a `browser`. */
export const waysOut = (): [connect: boolean, browser: boolean] => {
  const { chrome, browser } = globalThis as { chrome?: typeof globalThis.chrome; browser?: unknown };
  return [typeof chrome?.runtime?.connect === 'function', browser !== undefined];
};

/** Takes pictures of what is shown, all at once, and says how each came out. */
export const capture = async ({ times }: { times: number }): Promise<string[]> => {
  // In a task of its own: Chromium does not count what a person has asked for, and takes what a debugger evaluates
  // for that.
  await new Promise((resolve) => setTimeout(resolve));
  const take = async (): Promise<string> => {
    try {
      return (await chrome.tabs.captureVisibleTab()).slice(0, 'data:image/'.length);
    } catch (error) {
      return describeThrown(error);
    }
  };
  return Promise.all(Array.from({ length: times }, take));
};

/** Asks a frame of the extension by a message: whether it hears, and answers. */
export const frameHears = async (): Promise<boolean> => {
  try {
    return Boolean(await chrome.runtime.sendMessage({ to: 'frame', command: 'waysOut' }));
  } catch {
    return false;
  }
};

let shown: boolean | undefined;

/** Notes whether the document comes back out of the cache. */
export const watchPageshow = (): void => {
  shown = undefined;
  addEventListener('pageshow', ({ persisted }) => {
    shown = persisted;
  });
};

export const wasPersisted = (): boolean | undefined => shown;

/** Plain http from an extension. */
export const fetchStatus = async ({ url }: { url: string }): Promise<string> => {
  try {
    return `${(await fetch(url)).status}`;
  } catch (error) {
    return (error as Error).name;
  }
};
