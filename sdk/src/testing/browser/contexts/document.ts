import { define } from '../realm/define.js';
import type { Realm } from '../realm/realm.js';
import type { TabModel } from '../tabs/tab-model.js';
import type { Context } from './context.js';

/** What scripts ask of a document and find only where the test brings a DOM. */
const OF_A_DOM = [
  'querySelector',
  'querySelectorAll',
  'getElementById',
  'getElementsByTagName',
  'createElement',
  'createTextNode',
  'importNode',
];

const CLASSES_OF_A_DOM = [
  'customElements',
  'DOMParser',
  'Element',
  'getComputedStyle',
  'HTMLButtonElement',
  'HTMLDialogElement',
  'HTMLElement',
  'HTMLFormElement',
  'HTMLImageElement',
  'HTMLInputElement',
  'HTMLTemplateElement',
  'matchMedia',
  'MutationObserver',
  'Node',
  'SVGElement',
  'SVGUseElement',
];

/** `document`, `location` and `history`. Elements exist only where the test brings a DOM for them. */
export const furnishDocument = (context: Context, realm: Realm): void => {
  const { global } = realm;
  const { facts, world } = context;
  const { tab } = facts;
  const location = locationOf(context, realm);
  define(global, 'location', location);
  const history = Object.assign(realm.toolkit.object(), {
    back: realm.fn('back', () => soon(context, (own) => world.tabs.travel(own, -1))),
    forward: realm.fn('forward', () => soon(context, (own) => world.tabs.travel(own, 1))),
  });
  define(global, 'history', history);
  define(
    global,
    'close',
    realm.fn('close', () =>
      context.post(context.inbox, 'closes', () => (tab ? world.tabs.close(tab) : context.die())),
    ),
  );
  const given = (facts.html !== undefined ? world.options.dom?.(facts.html, facts.url) : undefined) as
    | Readonly<Record<string, unknown>>
    | undefined;
  if (given) takeDom(global, given);
  else for (const name of CLASSES_OF_A_DOM) define(global, name, withoutDom(context, realm, name));
  const document = (given?.['document'] as object | undefined) ?? bareDocument(context, realm);
  define(document, 'hidden', false);
  define(document, 'visibilityState', 'visible');
  define(document, 'readyState', 'loading');
  define(document, 'location', location);
  // A popup of a button is in front as long as it is there.
  define(
    document,
    'hasFocus',
    realm.fn('hasFocus', () => !tab || world.tabs.inFront === tab),
  );
  define(global, 'document', document);
};

/** Events are dispatched by the DOM, and so they are of its classes. */
const EVENTS_OF_A_DOM = ['Event', 'CustomEvent'];

/**
 * Puts what a DOM gives into the page: not its timers, its `fetch` or its clock, which would be Node's. Libraries
 * have classes that their windows don't enumerate.
 */
const takeDom = (global: object, given: Readonly<Record<string, unknown>>): void => {
  const classes = [...CLASSES_OF_A_DOM, ...EVENTS_OF_A_DOM].filter((name) => given[name] !== undefined);
  const others = Object.keys(given).filter((name) => !(name in global));
  for (const name of new Set([...classes, ...others])) define(global, name, given[name]);
};

/** Tells a document how far it is. */
export const moveOn = (context: Context, state: 'interactive' | 'complete'): void => {
  if (context.state !== 'alive' || !context.hasRealm) return;
  const { realm } = context;
  const document = realm.global['document'] as EventTarget;
  define(document, 'readyState', state);
  if (state === 'interactive') dispatch(context, document, 'DOMContentLoaded');
  else {
    context.dispatchToScope('load');
    context.dispatchToScope('pageshow', { persisted: false });
  }
};

/** Shows or hides a document, as when another tab comes to the front. */
export const setVisible = (context: Context, visible: boolean): void => {
  if (context.state !== 'alive' || !context.hasRealm) return;
  const document = context.realm.global['document'] as EventTarget & { hidden?: boolean };
  if (document.hidden === !visible) return;
  define(document, 'hidden', !visible);
  define(document, 'visibilityState', visible ? 'visible' : 'hidden');
  dispatch(context, document, 'visibilitychange');
};

const dispatch = (context: Context, document: EventTarget, type: string): void => {
  // A DOM takes events of its own class alone.
  const Class = context.realm.global['Event'] as typeof Event;
  context.call(() => document.dispatchEvent(new Class(type)));
};

const bareDocument = (context: Context, realm: Realm): object => {
  const { facts } = context;
  const document = realm.toolkit.object();
  const listeners = new Map<string, Set<(event: unknown) => void>>();
  const { fn } = realm;
  Object.assign(document, {
    title: titleOf(facts.html) ?? facts.url,
    URL: facts.url,
    documentElement: null,
    body: null,
    addEventListener: fn('addEventListener', (type: string, run: (event: unknown) => void) => {
      const known = listeners.get(type) ?? new Set();
      listeners.set(type, known.add(run));
    }),
    removeEventListener: fn('removeEventListener', (type: string, run: (event: unknown) => void) => {
      listeners.get(type)?.delete(run);
    }),
    dispatchEvent: fn('dispatchEvent', (event: Event) => {
      for (const run of [...(listeners.get(event.type) ?? [])]) context.call(() => run(event));
      return true;
    }),
  });
  for (const name of OF_A_DOM) define(document, name, withoutDom(context, realm, `document.${name}`));
  return document;
};

const withoutDom = (context: Context, realm: Realm, name: string): unknown =>
  realm.toolkit.missing(name, (path) =>
    context.world.missing(context, path, 'bring a DOM with the option dom of createBrowser'),
  );

/** The title that a document's HTML gives it. */
export const titleOf = (html: string | undefined): string | undefined =>
  /<title>(.*?)<\/title>/is.exec(html ?? '')?.[1]?.trim();

/** Documents leave in a task of its own: the script that asked for it comes to its end. */
const soon = (context: Context, leave: (tab: TabModel) => void): void => {
  const { tab } = context.facts;
  if (tab) context.post(context.inbox, 'leaves', () => leave(tab));
};

const locationOf = (context: Context, realm: Realm): object => {
  const { facts, world } = context;
  const { href, origin, protocol, host, hostname, port, pathname, search, hash } = new URL(facts.url);
  const go = (address: string): void =>
    soon(context, (tab) => world.tabs.navigate(tab, new URL(address, facts.url).href));
  const location = Object.assign(realm.toolkit.object(), {
    ...{ origin, protocol, host, hostname, port, pathname, search, hash },
    assign: realm.fn('assign', go),
    replace: realm.fn('replace', go),
    reload: realm.fn('reload', () => soon(context, (tab) => world.tabs.reload(tab))),
    toString: realm.fn('toString', () => href),
  });
  return Object.defineProperty(location, 'href', { enumerable: true, get: () => href, set: go });
};
