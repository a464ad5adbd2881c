/** The extension API by the name this browser has for it: older Chromium knows only `chrome`. */
export const browser: typeof chrome = (globalThis as { browser?: typeof chrome }).browser ?? chrome;
