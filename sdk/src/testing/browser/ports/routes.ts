import type { Context } from '../contexts/context.js';
import type { Installed } from '../extensions/installed.js';
import { matchesAny } from '../extensions/match-pattern.js';
import type { Format } from '../profile.js';
import { ApiError } from '../realm/realm.js';
import type { World } from '../world.js';

/** Where somebody wants to reach: an extension, or a tab. */
export interface Route {
  readonly label: string;
  readonly extensionId?: string;
  readonly tabId?: number;
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
}

/** Who may listen there, and for which event; or why nobody. */
export interface Receivers {
  readonly contexts: readonly Context[];
  readonly event: string;
  readonly failure?: string;
}

const CHROMIUM_ID = /^[a-p]{32}$/;

/** How Chromium names a function whose arguments it refuses. */
const SIGNATURES = {
  connect: 'runtime.connect(optional string extensionId, optional object connectInfo)',
  sendMessage:
    'runtime.sendMessage(optional string extensionId, any message, optional object options, optional function callback)',
};

/** @throws {ApiError} for what cannot be an id */
export const routeToExtension = (context: Context, id: unknown, by: keyof typeof SIGNATURES): Route => {
  const { world, extension } = context;
  if (id === undefined || id === null || id === '') {
    if (!extension)
      throw new ApiError(
        'chrome.runtime.connect() called from a webpage must specify an Extension ID (string) for its first argument.',
        'TypeError',
      );
    return { label: 'itself', extensionId: extension.id };
  }
  if (typeof id !== 'string')
    throw new ApiError('Error in invocation of runtime.connect: the id is no string', 'TypeError');
  if (world.profile.family === 'chromium' && !CHROMIUM_ID.test(id))
    throw new ApiError(
      `Error in invocation of ${SIGNATURES[by]}: Invalid extension id: '${id}'`,
      'TypeError',
    );
  return { label: world.extensions.get(id)?.name ?? id, extensionId: id };
};

/** How messages of a context are copied: those of a web page as the extension has it that it reaches. */
export const formatOf = (
  { extension, world }: Context,
  { extensionId = '' }: Pick<Route, 'extensionId'> = {},
): Format => (extension ?? world.extensions.get(extensionId))?.format ?? 'json';

/** Finds who may listen, and starts the background for it if it sleeps. */
export const resolveReceivers = (
  context: Context,
  route: Route,
  what: 'connect' | 'message',
  found: (receivers: Receivers) => void,
): void => {
  const isInternal = route.tabId !== undefined || route.extensionId === context.extension?.id;
  const event = `runtime.on${what === 'connect' ? 'Connect' : 'Message'}${isInternal ? '' : 'External'}`;
  const target = context.world.extensions.get(route.extensionId ?? '');
  const failure = route.tabId === undefined ? failureOf(context, target, isInternal) : undefined;
  if (failure !== undefined) found({ contexts: [], event, failure });
  else if (!target) found({ contexts: inTab(context, route), event });
  else {
    const documents = documentsOf(target, context);
    const { background } = target;
    // A background gets no connection of its own, and so it is not started for it.
    const isOwn = context.isBackground && context.extension === target;
    if (isOwn || !background.wakesFor(event)) found({ contexts: documents, event });
    else
      background.whenRunning(event, (running) => {
        // Chromium waits for ever for a worker that has never come up.
        if (!running && background.neverRan && documents.length === 0) return;
        found({ contexts: [...(running ? [running] : []), ...documents], event });
      });
  }
};

/** Why nobody can be reached there, in the browser's words. */
const failureOf = (
  context: Context,
  target: Installed | undefined,
  isInternal: boolean,
): string | undefined => {
  const { world } = context;
  if (!target?.enabled || (!isInternal && !admits(target, context, world)))
    return world.profile.texts.noReceiver;
  return target.format === formatOf(context, { extensionId: target.id })
    ? undefined
    : world.profile.texts.mismatch;
};

const documentsOf = (target: Installed, caller: Context): Context[] =>
  target
    .contexts()
    .filter(
      (each) =>
        each !== caller &&
        each.state === 'alive' &&
        (each.facts.kind === 'page' || each.facts.kind === 'popup') &&
        !(isFramed(each) && target.world.profile.family === 'firefox'),
    );

/** Whether a page of an extension is shown inside of a web page. Firefox has such pages hear nobody. */
const isFramed = ({ facts }: Context): boolean =>
  (facts.frameId ?? 0) > 0 && facts.tab?.document?.contexts[0]?.facts.kind === 'web-page';

/** Content scripts of the caller's own extension in a tab, and its pages there. */
const inTab = (context: Context, { tabId, frameId, documentId }: Route): Context[] =>
  [...context.world.contexts].filter(
    (each) =>
      each !== context &&
      each.extension === context.extension &&
      each.facts.tab?.id === tabId &&
      // Not the orphans of an earlier load.
      (each.extension?.owns(each) ?? false) &&
      each.state === 'alive' &&
      (frameId === undefined || each.facts.frameId === frameId) &&
      (documentId === undefined || each.documentId === documentId),
  );

/** What `externally_connectable` lets in. Firefox has no such key: every extension, and no page. */
const admits = (target: Installed, { extension, facts }: Context, { profile }: World): boolean => {
  if (profile.family === 'firefox') return extension !== undefined;
  const rules = target.manifest.externally_connectable;
  if (extension) return !rules || (rules.ids ?? []).some((id) => id === '*' || id === extension.id);
  return matchesAny(rules?.matches ?? [], facts.url);
};
