import {
  type ContextHandle,
  createBrowser,
  type ProfileName,
  type SimulatedBrowser,
  type Tab,
} from '../../../src/testing/browser/index.js';
import { type Folder, makeFolder } from '../../browser/support/folder.js';
import type { Order, Outcome, Place } from '../agent/orders.js';
import type { RuntimeKind } from './case.js';
import {
  FIRST,
  FIXTURE_NAMES,
  type FixtureName,
  type Formats,
  idOf,
  manifestOf,
  type Scripts,
  writeFixture,
} from './fixtures.js';
import { webPages } from './pages.js';
import type { Agent, Extension, Runtime, WebTab } from './runtime.js';

type Give = (order: Order) => Promise<string>;
type Evaluating = Pick<ContextHandle, 'evaluate'>;

/** Gives orders right to the context that is meant: the simulated browser can be looked into everywhere. */
const agentIn = (find: () => Promise<Evaluating> | Evaluating, to: Place): Agent => ({
  async run(command, ...args) {
    const context = await find();
    const order = { to, command, args: args[0] };
    const answer = await context.evaluate(
      (order) => (globalThis as unknown as { give: Give }).give(order),
      order,
    );
    const { value, threw } = JSON.parse(answer) as Outcome;
    if (threw !== undefined) throw new Error(`${to} ${command}: ${threw}`);
    return value as never;
  },
});

const WEB = 'http://127.0.0.1:8080';

const pagesOf = (scripts: Scripts): ((url: string) => string | undefined) => {
  const pages: ReturnType<typeof webPages> = webPages(scripts.get('web') ?? '');
  const found = new Map(
    Object.entries(pages).map(([path, page]) => [path, typeof page === 'string' ? page : page.body]),
  );
  return (url) => found.get(new URL(url).pathname);
};

/** Makes a simulated browser with the fixtures in it. */
export const openSimulated = async (
  profile: ProfileName,
  kind: RuntimeKind,
  scripts: Scripts,
): Promise<Runtime> => {
  const { engine, format } = kind;
  const formats: Formats = { own: undefined, other: format === 'clone' ? 'json' : 'clone' };
  const folder = await makeFolder();
  // The same run each time: what a browser does is asked here, and orders of events are tried by other suites.
  const seed = process.env['PORTICO_SEED'] ?? 1;
  const browser = createBrowser({ profile, seed, pages: pagesOf(scripts), fetch: () => new Response('') });
  try {
    for (const each of FIXTURE_NAMES) await writeFixture(folder, each, scripts, engine, formats);
    for (const each of FIRST) await browser.install({ dir: folder.directoryOf(each) });
    return simulatedRuntime(browser, folder, kind, formats);
  } catch (error) {
    await browser.close();
    await folder.remove();
    throw error;
  }
};

const simulatedRuntime = (
  browser: SimulatedBrowser,
  folder: Folder,
  kind: RuntimeKind,
  formats: Formats,
): Runtime => {
  const { engine } = kind;
  const handleOf = (name: FixtureName) => browser.extension(idOf(name, engine));
  const pages = new Map<FixtureName, Tab>();
  const pageOf = async (name: FixtureName): Promise<Tab> => {
    const known = pages.get(name);
    if (known?.isOpen) return known;
    const tab = await handleOf(name).openPage('page.html');
    pages.set(name, tab);
    return tab;
  };
  const extension = async (name: FixtureName): Promise<Extension> => {
    const handle = handleOf(name);
    await pageOf(name);
    return {
      id: handle.id,
      origin: handle.origin,
      background: agentIn(() => handle.background, 'background'),
      page: agentIn(() => pageOf(name), 'page'),
      popup: async () => {
        const popup = await handle.openPopup();
        return agentIn(() => popup, 'popup');
      },
    };
  };
  return {
    ...kind,
    extension,
    idOf: (name) => idOf(name, engine),
    install: async (name) => void (await browser.install({ dir: folder.directoryOf(name) })),
    async update(name, permissions) {
      await (await pageOf(name)).close();
      if (permissions)
        await folder.rewrite(name, { 'manifest.json': manifestOf(name, engine, formats, permissions) });
      await handleOf(name).update(permissions && { dir: folder.directoryOf(name) });
    },
    uninstall: (name) => handleOf(name).uninstall(),
    disable: (name) => handleOf(name).disable(),
    enable: (name) => handleOf(name).enable(),
    stop: (name) => handleOf(name).background.stop(),
    isRunning: async (name) => handleOf(name).background.state !== 'stopped',
    setPolicy: (name, values) => handleOf(name).storage.managed.put({ ...values }),
    closePage: async (name) => (await pageOf(name)).close(),
    openWeb: (path) => openWeb(browser, handleOf('client').id, path),
    pass: (milliseconds) => browser.advance(milliseconds),
    now: () => browser.now,
    story: () => shortened(browser.story()),
    inPrivate: () => Promise.reject(new Error('a simulated browser has one background for all windows')),
    debug: () => Promise.reject(new Error('a simulated browser has no debugger')),
    async close() {
      await browser.close();
      await folder.remove();
    },
  };
};

const MOST_LINES = 60;

/** The seed, and the last that happened. */
const shortened = (story: string): string => {
  const lines = story.split('\n');
  return [...lines.slice(0, 1), ...lines.slice(1).slice(-MOST_LINES)].join('\n');
};

let opened = 0;

const openWeb = async (
  browser: SimulatedBrowser,
  client: string,
  kind?: 'kept' | 'framing' | 'left',
): Promise<WebTab> => {
  const url = `${WEB}/${kind ?? ''}?${++opened}`;
  const tab = await browser.openTab(url);
  return {
    url,
    page: agentIn(() => tab, 'web'),
    content: agentIn(() => tab.content(client), 'content'),
    async frame() {
      const frame = await tab.addFrame(`${browser.extension(client).origin}/frame.html`);
      return agentIn(() => frame, 'frame');
    },
    tabId: async () => tab.id,
    leave: () => tab.navigate(`${WEB}/elsewhere`),
    back: () => tab.back(),
    close: () => tab.close(),
  };
};
