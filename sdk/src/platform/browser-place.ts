/** The part of the extension API that tells a page where it is. Pages of tests have none of it. */
interface PlaceApi {
  readonly runtime?: { readonly id?: string };
  readonly windows?: { getCurrent(): Promise<{ readonly id?: number }> };
  readonly tabs?: { getCurrent(): Promise<{ readonly id?: number } | undefined> };
}

/** The number of the window that this page is in; of its tab where the browser has no windows. */
export const ownPlace = async (): Promise<number | undefined> => {
  const { browser, chrome } = globalThis as { browser?: PlaceApi; chrome?: PlaceApi };
  const api = browser?.runtime?.id ? browser : chrome;
  try {
    return (await (api?.windows ?? api?.tabs)?.getCurrent())?.id;
  } catch {
    return undefined;
  }
};
