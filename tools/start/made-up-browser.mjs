/** A 1×1 PNG: a picture of a page that nobody drew. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The part of the browser's API that Portico Tabs uses, over made-up tabs. */
export function madeUpBrowser() {
  /** @param {number} id @param {string} title */
  const tab = (id, title) => ({
    id,
    windowId: 1,
    index: id - 1,
    active: false,
    pinned: false,
    audible: false,
    discarded: false,
    title,
    url: `http://127.0.0.1/${id}`,
  });
  const list = [tab(1, 'A first page'), { ...tab(2, 'A second page'), active: true }];
  return {
    /** @param {string} title the id of the new tab */
    open(title) {
      list.push(tab(list.length + 1, title));
      return list.length;
    },
    api: {
      tabs: {
        query: async () => list,
        get: async (/** @type {number} */ id) => list.find((each) => each.id === id),
        captureVisibleTab: async () => PICTURE,
      },
      windows: {
        getAll: async () => [{ id: 1, focused: true, incognito: false, type: 'normal' }],
        getLastFocused: async () => ({ id: 1, focused: true, incognito: false, type: 'normal' }),
      },
      permissions: { contains: async () => true },
    },
  };
}
