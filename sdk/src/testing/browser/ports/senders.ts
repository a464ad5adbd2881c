import type { Context } from '../contexts/context.js';
import { describeTab, maySee } from '../tabs/tab-model.js';
import type { Route } from './routes.js';

/** What the browser tells a receiver of the caller: recorded from Chromium 156 and Firefox ESR 153. */
export const senderOf = (caller: Context, route: Route, receiver: Context): object =>
  caller.world.profile.family === 'chromium'
    ? chromiumSender(caller, route, receiver)
    : firefoxSender(caller, receiver);

const chromiumSender = (caller: Context, route: Route, receiver: Context): object => {
  const { facts, extension } = caller;
  const base = { ...(extension ? { id: extension.id } : {}), url: facts.url };
  const tls = tlsChannelOf(receiver);
  // A worker has no origin, unless it calls a tab.
  if (caller.isBackground && route.tabId === undefined) return { ...base, ...tls };
  // Whoever calls a tab is told without its own.
  if (route.tabId !== undefined) return { ...base, ...originOf(caller) };
  return { ...base, ...originOf(caller), ...placeOf(caller), ...tls };
};

/** `new URL().origin` is `null` for the addresses of extensions. */
const originOf = ({ facts, extension }: Context): { origin: string } => {
  const isOwn = extension !== undefined && facts.url.startsWith(`${extension.origin}/`);
  return { origin: isOwn ? extension.origin : new URL(facts.url).origin };
};

const placeOf = ({ facts, documentId }: Context): object =>
  facts.tab
    ? {
        frameId: facts.frameId ?? 0,
        documentId,
        documentLifecycle: 'active',
        tab: describeTab(facts.tab, true),
      }
    : {};

/** Empty wherever it is there at all: no browser has supplied one for years. */
const tlsChannelOf = ({ extension }: Context): object => {
  const rules = extension?.manifest.externally_connectable;
  return rules?.accepts_tls_channel_id ? { tlsChannelId: '' } : {};
};

const firefoxSender = (caller: Context, receiver: Context): object => {
  const { facts, extension, documentId, number } = caller;
  const isContent = facts.kind === 'content-script' || (facts.frameId ?? 0) > 0;
  return {
    contextId: 412316860000 + number,
    id: extension?.id,
    envType: isContent ? 'content_child' : 'addon_child',
    url: facts.url,
    ...(facts.tab
      ? { tab: describeTab(facts.tab, maySee(receiver.extension, facts.tab)), frameId: facts.frameId ?? 0 }
      : {}),
    documentId,
    ...originOf(caller),
  };
};
