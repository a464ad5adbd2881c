import { Context, type ContextFacts } from '../contexts/context.js';
import { titleOf } from '../contexts/document.js';
import { runContentScript, runDocument } from '../contexts/run-scripts.js';
import type { Installed } from '../extensions/installed.js';
import { matchesAny } from '../extensions/match-pattern.js';
import { createLane } from '../scheduler/scheduler.js';
import type { World } from '../world.js';
import type { LoadedDocument, TabModel } from './tab-model.js';

/** The extension whose page this is, if it is there. */
const ownerOf = (world: World, url: string): Installed | undefined =>
  [...world.extensions.values()].find(({ origin, enabled }) => enabled && url.startsWith(`${origin}/`));

const isExtensionAddress = (url: string): boolean => /^(?:chrome|moz)-extension:/.test(url);

/** The HTML at an address: a file of an extension, or what the test serves. */
const htmlAt = (world: World, url: string, owner: Installed | undefined): string | undefined => {
  if (owner) return owner.files.text(new URL(url).pathname.slice(1)) ?? '';
  const { pages } = world.options;
  return (typeof pages === 'function' ? pages(url) : pages?.[url]) ?? '';
};

/** The context of a document: a page of an extension, or of the web. */
export const createDocument = (
  world: World,
  url: string,
  place: Pick<ContextFacts, 'tab' | 'frameId'>,
  kind: 'page' | 'popup' = 'page',
): Context => {
  const owner = ownerOf(world, url);
  const html = htmlAt(world, url, owner);
  const context = new Context(world, {
    kind: owner ? kind : 'web-page',
    url,
    html,
    ...place,
    ...(owner ? { extension: owner } : {}),
  });
  return owner ? owner.adoptContext(context) : context;
};

/** Loads a document into a tab; its scripts run in tasks to come. */
export const loadDocument = (world: World, tab: TabModel, url: string, done: () => void): void => {
  const lane = createLane(`tab ${tab.id}`);
  const main = createDocument(world, url, { tab, frameId: 0 });
  const loaded: LoadedDocument = { url, contexts: [main] };
  tab.document = loaded;
  tab.url = url;
  tab.title =
    titleOf(main.facts.html) ?? (url === 'about:blank' ? '' : new URL(url).host + new URL(url).pathname);
  tab.status = 'loading';
  tab.discarded = false;
  world.scheduler.post(lane, `${url} loads`, async () => {
    if (main.state !== 'alive') return;
    await runDocument(main);
    if (!isExtensionAddress(url)) await injectContentScripts(world, tab, loaded, 0);
    if (tab.document !== loaded) return;
    tab.status = 'complete';
    done();
  });
};

/** Runs the content scripts of these extensions that want to be in this document. */
export const injectContentScripts = async (
  world: World,
  tab: TabModel,
  loaded: LoadedDocument,
  frameId: number,
  url = loaded.url,
  extensions: Iterable<Installed> = world.extensions.values(),
): Promise<void> => {
  for (const extension of extensions) {
    if (!extension.enabled) continue;
    const declared = (extension.manifest.content_scripts ?? []).filter(
      ({ matches, exclude_matches = [], all_frames }) =>
        (frameId === 0 || all_frames) && matchesAny(matches, url) && !matchesAny(exclude_matches, url),
    );
    const plain = extension.package.contentScripts.filter(({ matches }) => matchesAny(matches, url));
    if (declared.length + plain.length === 0) continue;
    const context = extension.adoptContext(
      new Context(world, {
        kind: 'content-script',
        url,
        extension,
        tab,
        frameId,
        html: '',
        plain: plain.length > 0,
      }),
    );
    loaded.contexts.push(context);
    const scripts = declared.flatMap(({ js = [] }) => js);
    if (plain.length === 0) await runContentScript(context, scripts, undefined);
    for (const { run } of plain) await runContentScript(context, [], run);
  }
};

/** Puts away what a tab shows, or ends it. Browsers keep pages of the web alone. */
export const leaveDocument = (world: World, tab: TabModel, keep: boolean): LoadedDocument | undefined => {
  const { document } = tab;
  if (!document) return undefined;
  tab.document = undefined;
  const kept = keep && /^https?:/.test(document.url);
  for (const context of document.contexts) context.dispatchToScope('pagehide', { persisted: kept });
  world.trace.write(`tab ${tab.id}`, `${kept ? 'puts away' : 'leaves'} ${document.url}`);
  for (const context of [...document.contexts]) {
    if (!kept) context.die();
    else if (context.state === 'alive') {
      // Chromium closes the ports of what it puts away; Firefox keeps them and drops what comes.
      if (world.profile.family === 'chromium') for (const port of [...context.ports]) port.putAway();
      context.freeze();
    }
  }
  return kept ? document : undefined;
};

/** Shows again what was put away. */
export const showAgain = (world: World, tab: TabModel, document: LoadedDocument): void => {
  tab.document = document;
  tab.url = document.url;
  tab.status = 'complete';
  world.trace.write(`tab ${tab.id}`, `shows again ${document.url}`);
  for (const context of document.contexts) {
    if (context.state !== 'frozen') continue;
    context.thaw();
    context.post(context.inbox, 'pageshow', () => context.dispatchToScope('pageshow', { persisted: true }));
  }
};
