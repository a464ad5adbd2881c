/** Windows, and other extensions: what a background is told of them, and can ask. */

const seen: string[] = [];

/** Notes what happens to windows and to other extensions. To be called in the first turn. */
export const watch = (): void => {
  const { windows, management } = chrome;
  windows.onRemoved.addListener((id) => void seen.push(`window ${id} removed`));
  const idOf = (what: string | { readonly id: string }): string =>
    typeof what === 'string' ? `${what} by its id` : what.id;
  management.onDisabled.addListener(({ id }) => void seen.push(`${id} disabled`));
  management.onUninstalled.addListener((what) => void seen.push(`${idOf(what)} uninstalled`));
};

/** What this background was told since it started. */
export const seenHere = (): readonly string[] => seen;

/** Opens a page of this extension in a small window of its own. */
export const openWindow = async ({ page }: { page: string }) => {
  const url = chrome.runtime.getURL(page);
  const window = await chrome.windows.create({ url, type: 'popup', width: 400, height: 500, focused: true });
  return { id: window?.id, type: window?.type };
};

/** The addresses of a window's tabs, as far as this extension is told of them. */
export const addressesIn = async ({ id }: { id: number }): Promise<(string | undefined)[]> =>
  ((await chrome.windows.get(id, { populate: true })).tabs ?? []).map(({ url }) => url);

export const closeWindow = ({ id }: { id: number }): Promise<void> => chrome.windows.remove(id);

/** Closes the tabs in a window, one by one. */
export const closeTabsIn = async ({ id }: { id: number }): Promise<void> => {
  for (const tab of await chrome.tabs.query({ windowId: id })) await chrome.tabs.remove(tab.id ?? -1);
};

/** Puts a window elsewhere; gives where it is then, and how high. */
export const placeWindow = async ({ id, top }: { id: number; top: number }) => {
  await chrome.windows.update(id, { top });
  const { top: now, height } = await chrome.windows.get(id);
  return { top: now, height };
};

/** Moves the tab of a window to another one; gives its number before, and after. */
export const moveTabAway = async ({ id }: { id: number }) => {
  const [tab] = await chrome.tabs.query({ windowId: id });
  const other = await chrome.windows.create({ type: 'normal' });
  if (tab?.id === undefined || other?.id === undefined) throw new Error('nothing to move');
  const moved = await chrome.tabs.move(tab.id, { windowId: other.id, index: -1 });
  const after = [moved].flat()[0]?.id;
  await chrome.windows.remove(other.id);
  return { before: tab.id, after };
};

/** Magnifies what a window shows; what went wrong, if anything. */
export const zoomIn = async ({ id }: { id: number }): Promise<string | undefined> => {
  const [tab] = await chrome.tabs.query({ windowId: id });
  try {
    await chrome.tabs.setZoom(tab?.id, 2);
    await chrome.tabs.setZoom(tab?.id, 0);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

/** Opens a page of any address in a window of its own; gives the address that it has then, where it may be seen. */
export const openAddress = async ({ url }: { url: string }): Promise<number | undefined> =>
  (await chrome.windows.create({ url, type: 'popup' }))?.id;

let changes: string[] = [];

/** Whether this document has the focus, and what it was told of that since it was asked before. */
export const focusHere = (): { has: boolean; told: string[] } => {
  const told = changes;
  changes = [];
  return { has: document.hasFocus(), told };
};

/** Notes when this document gets or loses the focus. */
export const watchFocus = (): void => {
  for (const type of ['focus', 'blur']) addEventListener(type, () => void changes.push(type));
};

/** Has a command done by the popup.html that is open in a window; nothing while there is none. */
export const inPopup = async ({ command }: { command: string }): Promise<unknown> => {
  try {
    const answer: unknown = await chrome.runtime.sendMessage({ to: 'popup', command });
    return typeof answer === 'string' ? (JSON.parse(answer) as { value?: unknown }).value : undefined;
  } catch {
    return undefined;
  }
};

/** What `management` tells of an extension. */
export const installedAs = async ({ id }: { id: string }) => {
  const { name, enabled, permissions, hostPermissions } = await chrome.management.get(id);
  return { name, enabled, permissions, hostPermissions };
};
