import type { CapabilityClient } from 'portico/client';
import type { tabs } from 'portico-tabs/protocol';

type Badge = Pick<typeof chrome.action, 'setBadgeText' | 'setBadgeBackgroundColor'>;

const LIVE = '#4338ca';
const STALE = '#71717a';

/**
 * Keeps the number of tabs on the toolbar button, as long as the host is there. When the host goes to sleep the
 * number turns grey, and stays until the next wake: calling the host again at once would never let it sleep.
 * Gives the function to call at each wake.
 */
export const keepCount = (read: CapabilityClient<typeof tabs, 'read'>, badge: Badge) => {
  let following = false;

  const follow = async (): Promise<void> => {
    const changes = read.changed();
    try {
      const ids = new Set((await read.list()).map(({ id }) => id));
      const show = () => badge.setBadgeText({ text: `${ids.size}` });
      await Promise.all([show(), badge.setBadgeBackgroundColor({ color: LIVE })]);
      for await (const { id, tab } of changes) {
        if (tab) ids.add(id);
        else ids.delete(id);
        await show();
      }
    } finally {
      await changes.return?.();
    }
  };

  return async (): Promise<void> => {
    if (following) return;
    following = true;
    let error: { code?: string } | undefined;
    do {
      error = await follow().catch((reason) => reason);
      // Missed events are no loss of the host: counting afresh makes up for them.
    } while (error?.code === 'EVENTS_MISSED');
    following = false;
    await badge.setBadgeBackgroundColor({ color: STALE });
  };
};
