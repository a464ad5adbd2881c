import { isError } from 'portico';
import { connect } from 'portico/client';
import { browser } from './browser.js';
import { part, setText } from './dom.js';
import { overview } from './overview.protocol.js';
import { drawRules, drawVisitors } from './overview-view.js';
import { createTabList } from './own-tabs.js';
import { type Liveness, stayLive } from './stay-live.js';
import { tabs } from './tabs.protocol.js';

// Two protocols of one host: the public one as any client has it, and the one for this page alone.
const publicSide = connect(tabs, { host: 'self', needs: ['read', 'titles', 'control'] });
const ownSide = connect(overview, { host: 'self', needs: ['overview'] });
const { control } = publicSide;
const tabList = createTabList(part(document, '#tabs', HTMLElement), control);

const followVisitors = async (live: () => void, signal: AbortSignal): Promise<void> => {
  const visits = ownSide.overview.visited({ signal });
  drawRules(await ownSide.overview.rules());
  drawVisitors(await ownSide.overview.visitors());
  live();
  for await (const visitors of visits) drawVisitors(visitors);
};

const followTabs = async (live: () => void, signal: AbortSignal): Promise<void> => {
  const changes = publicSide.read.changed({ signal });
  tabList.reset(await publicSide.read.list());
  live();
  for await (const change of changes) tabList.apply(change);
};

/** Live when both are; over when one is. */
const follow = async (live: () => void): Promise<void> => {
  const over = new AbortController();
  let missing = 2;
  const one = (): void => {
    if (--missing === 0) live();
  };
  try {
    await Promise.all([followVisitors(one, over.signal), followTabs(one, over.signal)]);
  } finally {
    over.abort();
  }
};

const STATUS: Readonly<Record<Liveness, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  paused: 'Paused',
  failed: 'Not connected',
};

const showState = (state: Liveness, error?: unknown): void => {
  document.body.dataset['state'] = state;
  setText(part(document, '#status', HTMLElement), STATUS[state]);
  const failure = part(document, '#failure', HTMLElement);
  if (state === 'live') failure.hidden = true;
  if (state !== 'failed') return;
  failure.hidden = false;
  part(document, '#failure-text', HTMLElement).textContent =
    `The background of Portico Tabs does not answer. ${error instanceof Error ? error.message : ''}`;
};

const again = stayLive(follow, showState);
part(document, '#retry', HTMLButtonElement).addEventListener('click', () => void again());
void again();

const REASONS = {
  'no-address': 'That is no address. Write it in full, like https://example.org.',
  'scheme-not-allowed':
    'Clients may only open addresses that begin with http:// or https://, and about:blank.',
} as const;

const form = part(document, '#open', HTMLFormElement);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const problem = part(document, '#open-problem', HTMLElement);
  problem.textContent = '';
  try {
    await control.open({ url: part(form, '#address', HTMLInputElement).value, active: false });
    form.reset();
  } catch (error) {
    problem.textContent = isError(tabs, error, 'badAddress')
      ? REASONS[error.data.reason]
      : error instanceof Error
        ? error.message
        : String(error);
  }
});

/** Firefox lets people take this permission away; Chromium does, too, site by site. */
const EVERY_SITE = { origins: ['<all_urls>'] };
const showSiteAccess = async (): Promise<void> => {
  part(document, '#site-access', HTMLElement).hidden = await browser.permissions.contains(EVERY_SITE);
};
part(document, '#allow-sites', HTMLButtonElement).addEventListener('click', () => {
  // Asked in the click itself: browsers forget the click at the first await.
  void browser.permissions.request(EVERY_SITE).then(showSiteAccess);
});
browser.permissions.onAdded.addListener(() => void showSiteAccess());
browser.permissions.onRemoved.addListener(() => void showSiteAccess());
void showSiteAccess();

part(document, '#protocol', HTMLElement).textContent = `${tabs.name} ${tabs.version}`;
part(document, '#own-id', HTMLElement).textContent = browser.runtime.id;
