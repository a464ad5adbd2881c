/**
 * Source text that runs in Firefox's privileged scope, not in Node.
 * `tools/browser/firefox-chrome-scope.mjs` calls it there.
 */

/** Fixes the UUID that an extension gets at its next installation; uninstalling forgets it. */
export const PIN_UUID = `(id, uuid) => {
  const name = 'extensions.webextensions.uuids';
  const uuids = JSON.parse(Services.prefs.getStringPref(name, '{}'));
  Services.prefs.setStringPref(name, JSON.stringify({ ...uuids, [id]: uuid }));
}`;

export const GET_UUID = `(id) => WebExtensionPolicy.getByID(id)?.mozExtensionHostname ?? null`;

export const SET_ENABLED = `async (id, enabled) => {
  const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
  const addon = await AddonManager.getAddonByID(id);
  if (!addon) throw new Error(id + ' is not installed');
  await (enabled ? addon.enable() : addon.disable());
}`;

/** `running`, `suspending`, `stopped`, `starting`, or null without an extension or a background. */
export const BACKGROUND_STATE = `(id) => WebExtensionPolicy.getByID(id)?.extension?.backgroundState ?? null`;

export const TERMINATE_BACKGROUND = `async (id) => {
  const { extension } = WebExtensionPolicy.getByID(id) ?? {};
  if (!extension) throw new Error(id + ' is not installed and enabled');
  await extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true });
}`;

/**
 * Sends what extensions write to their consoles, and their uncaught errors. Consoles live in the content
 * processes, so a script goes into each of these and reports to the parent.
 */
export const LISTEN_TO_CONSOLES = `(send) => {
  const inContent = () => {
    const text = (value) => {
      if (typeof value === 'string') return value;
      try {
        if (typeof value?.message === 'string' && typeof value.name === 'string') return value.name + ': ' + value.message;
        return JSON.stringify(value) ?? String(value);
      } catch (error) {
        return String(value);
      }
    };
    const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const principal = Cc['@mozilla.org/systemprincipal;1'].createInstance(Ci.nsIPrincipal);
    storage.addLogEventListener((subject) => {
      const event = subject.wrappedJSObject;
      // What a content script writes goes to the console of the page: only the script's address tells whose it is.
      const address = /^moz-extension:\\/\\/([^/]+)/.exec(event.filename);
      const extension = event.addonId || (address && WebExtensionPolicy.getByHostname(address[1])?.id);
      if (!extension) return;
      Services.cpmm.sendAsyncMessage('portico:console', {
        extension,
        level: event.level,
        text: Array.from(event.arguments, text).join(' '),
        source: event.filename,
        line: event.lineNumber,
      });
    }, principal);
  };
  Services.ppmm.addMessageListener('portico:console', (message) => send(message.data));
  Services.ppmm.loadProcessScript('data:,' + encodeURIComponent('(' + inContent + ')()'), true);
  Services.console.registerListener({
    observe(message) {
      if (!(message instanceof Ci.nsIScriptError) || !message.sourceName.startsWith('moz-extension://')) return;
      const extension = WebExtensionPolicy.getByHostname(new URL(message.sourceName).hostname)?.id;
      if (!extension) return;
      const level = message.flags & Ci.nsIScriptError.warningFlag ? 'warn' : 'error';
      send({ extension, level, text: message.errorMessage, source: message.sourceName, line: message.lineNumber });
    },
  });
}`;
