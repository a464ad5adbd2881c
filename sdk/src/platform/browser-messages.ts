/** The part of the extension API that the screens touch. Pages of tests have none of it. */
interface MessagesApi {
  readonly runtime?: { readonly id?: string; getManifest?(): { readonly name?: string } };
  readonly i18n?: { getMessage(key: string): string };
}

const api = (): MessagesApi | undefined => {
  const { browser, chrome } = globalThis as { browser?: MessagesApi; chrome?: MessagesApi };
  // A page may define `browser` for itself, so only one with an id counts.
  return browser?.runtime?.id ? browser : chrome?.runtime?.id ? chrome : undefined;
};

/** A text of the extension's `_locales` in the person's language; none where it has none, or there is no extension. */
export const browserMessage = (key: string): string | undefined =>
  // Both browsers answer '' for a key that is not there.
  api()?.i18n?.getMessage(key) || undefined;

/** What this extension calls itself, in the person's language where it is translated. */
export const extensionName = (): string | undefined => api()?.runtime?.getManifest?.().name || undefined;
