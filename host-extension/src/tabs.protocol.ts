import { bytes, defineProtocol, event, gated, method } from 'portico';
import { Type } from 'typebox';

const Id = Type.Integer({ minimum: 0 });

const Tab = Type.Object({
  id: Id,
  windowId: Id,
  /** Its place in the window, from the left; 0 is the first. */
  index: Type.Integer({ minimum: 0 }),
  /** It is the one that its window shows. */
  active: Type.Boolean(),
  pinned: Type.Boolean(),
  audible: Type.Boolean(),
  /** The browser put it to sleep to save memory; it loads again when it is looked at. */
  discarded: Type.Boolean(),
  title: gated('titles', Type.String()),
  url: gated('titles', Type.String()),
  /** A `data:` or web address. Loading a web address tells its server that the tab is open. */
  favIconUrl: gated('titles', Type.String()),
});

const Window = Type.Object({
  id: Id,
  focused: Type.Boolean(),
  /** A private window. Only there if the person lets Portico Tabs run in them. */
  incognito: Type.Boolean(),
  kind: Type.Union([Type.Literal('normal'), Type.Literal('popup'), Type.Literal('other')]),
});

/** What Portico Tabs offers to other extensions. */
export const tabs = defineProtocol({
  name: 'org.portico.tabs',
  version: '1.0.0',
  hosts: { chromium: 'mcnjbgilghphnpkmcpelfdnmgimafhpm', firefox: 'tabs@portico.example' },
  errors: {
    tabGone: Type.Object({ tabId: Id }),
    badAddress: Type.Object({
      reason: Type.Union([Type.Literal('no-address'), Type.Literal('scheme-not-allowed')]),
    }),
    notVisible: Type.Object({
      reason: Type.Union([
        Type.Literal('no-window'),
        Type.Literal('page-protected'),
        Type.Literal('site-access-off'),
      ]),
    }),
  },
  capabilities: {
    read: {
      title: 'See which tabs are open',
      description:
        'How many windows and tabs there are, their order, and which ones play sound. Neither their titles nor their addresses.',
      members: {
        windows: method({ result: Type.Array(Window), idempotent: true }),
        list: method({
          title: 'The tabs of one window, or of all',
          params: Type.Object({ windowId: Type.Optional(Id) }),
          result: Type.Array(Tab),
          idempotent: true,
        }),
        changed: event(Type.Object({ id: Id, tab: Type.Optional(Tab) }), {
          title: 'A tab as it now is; without `tab`, it was closed',
          coalesceBy: 'id',
        }),
      },
    },
    titles: {
      title: 'See the titles and addresses of tabs',
      description: 'What your tabs are called and where they lead: much like your browsing history of today.',
    },
    control: {
      title: 'Open, switch to and close tabs',
      description:
        'It may open web pages and close your tabs without asking again. Unsaved input can be lost.',
      members: {
        open: method({
          params: Type.Object({
            /** http, https, or about:blank. */
            url: Type.String({ maxLength: 65_536 }),
            active: Type.Optional(Type.Boolean()),
          }),
          result: Type.Object({ tabId: Id }),
          errors: ['badAddress'],
        }),
        activate: method({
          params: Type.Object({ tabId: Id }),
          errors: ['tabGone'],
          idempotent: true,
        }),
        close: method({ params: Type.Object({ tabId: Id }), errors: ['tabGone'] }),
      },
    },
    capture: {
      title: 'Take pictures of the pages you look at',
      description: 'A picture of the tab that a window shows, with everything that can be read in it.',
      members: {
        visible: method({
          title: 'A PNG of the tab that a window shows; of the last used window where none is named',
          params: Type.Object({ windowId: Type.Optional(Id) }),
          result: bytes({ mediaType: 'image/png', maxLength: 32_000_000 }),
          deadline: '10s',
          errors: ['notVisible'],
        }),
      },
    },
  },
});
