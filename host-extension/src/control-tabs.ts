import type { Implementation } from 'portico/host';
import type { BrowserTabs } from './browser-tabs.js';
import type { tabs } from './tabs.protocol.js';

const SCHEMES = new Set(['http:', 'https:']);

/** Answers `control`. */
export const createController = (
  api: Pick<BrowserTabs, 'tabs' | 'windows'>,
): Implementation<typeof tabs, 'control'> => {
  /** Whether a tab is there: asked after a failure, since browsers only say so in words of their own. */
  const exists = (tabId: number): Promise<boolean> =>
    api.tabs.get(tabId).then(
      () => true,
      () => false,
    );

  return {
    async open({ url, active = true }, call) {
      if (!URL.canParse(url)) throw call.fail('badAddress', { reason: 'no-address' });
      const { protocol, href } = new URL(url);
      // Everything else can run code in other pages, or show the browser's own.
      if (!SCHEMES.has(protocol) && href !== 'about:blank') {
        throw call.fail('badAddress', { reason: 'scheme-not-allowed' });
      }
      const { id } = await api.tabs.create({ url: href, active });
      return { tabId: id as number };
    },
    async activate({ tabId }, call) {
      try {
        const tab = await api.tabs.update(tabId, { active: true });
        if (tab) await api.windows.update(tab.windowId, { focused: true });
      } catch (error) {
        throw (await exists(tabId)) ? error : call.fail('tabGone', { tabId });
      }
    },
    async close({ tabId }, call) {
      try {
        await api.tabs.remove(tabId);
      } catch (error) {
        throw (await exists(tabId)) ? error : call.fail('tabGone', { tabId });
      }
    },
  };
};
