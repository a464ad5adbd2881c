import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { launch } from '../../../../tools/browser/launch.mjs';
import { type PageServer, servePages } from '../../../../tools/browser/serve.mjs';
import type { FoundBrowser, Session } from '../../../../tools/browser/types.mjs';
import { eventually } from '../../browser/support/eventually.js';
import { type Folder, makeFolder } from '../../browser/support/folder.js';
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
import { agentIn } from './real-agents.js';
import { webTabIn } from './real-web-tab.js';
import type { Extension, Runtime } from './runtime.js';

/** Starts a browser with the fixtures in it. */
export const openReal = async (
  browser: FoundBrowser,
  kind: RuntimeKind,
  scripts: Scripts,
): Promise<Runtime> => {
  const { engine, format } = kind;
  const formats: Formats = {
    own: engine === 'chromium' && format === 'clone' ? 'clone' : undefined,
    other: format === 'clone' ? 'json' : 'clone',
  };
  const folder = await makeFolder();
  const server = await servePages(webPages(scripts.get('web') ?? ''));
  let session: Session | undefined;
  const close = async (): Promise<void> => {
    await session?.close();
    await server.close();
    await folder.remove();
  };
  try {
    for (const each of FIXTURE_NAMES) await writeFixture(folder, each, scripts, engine, formats);
    session = await launch(browser, {
      extensions: FIRST.map(folder.directoryOf),
      headless: process.env['PORTICO_HEADLESS'] !== '0',
      // One of them fails to start, which is what it is for.
      waitForBackgrounds: false,
    });
    return { ...kind, close, ...realRuntime(session, folder, server, formats) };
  } catch (error) {
    await close();
    throw error;
  }
};

/** As an administrator of Firefox does. Chromium's policies are the machine's. */
const writePolicy = async (home: string, id: string, data: object): Promise<void> => {
  const directory = join(home, '.mozilla', 'managed-storage');
  await mkdir(directory, { recursive: true });
  const manifest = { name: id, description: 'A policy', type: 'storage', data };
  await writeFile(join(directory, `${id}.json`), JSON.stringify(manifest));
};

/** What a person does on Chromium's page of extensions: it loads the extension anew. */
const letIntoPrivateWindows = async ({ openPage }: Session, extensionId: string): Promise<void> => {
  const page = await openPage('chrome://extensions');
  await page.evaluate(async (extensionId) => {
    const { developerPrivate } = chrome as unknown as {
      developerPrivate: { updateExtensionConfiguration(update: object): Promise<void> };
    };
    await developerPrivate.updateExtensionConfiguration({ extensionId, incognitoAccess: true });
  }, extensionId);
  await page.close();
};

const pageInPrivate = ({ browser }: Session, url: string): Promise<Page> =>
  eventually(async () => {
    for (const page of await browser.pages()) {
      const isPrivate = await page
        .evaluate(
          (url) => location.href === url && chrome.extension.inIncognitoContext && 'give' in globalThis,
          url,
        )
        .catch(() => false);
      if (isPrivate) return page;
    }
    return undefined;
  }, `a private window shows ${url}`);

const realRuntime = (
  session: Session,
  folder: Folder,
  server: PageServer,
  formats: Formats,
): Omit<Runtime, keyof RuntimeKind | 'close'> => {
  const engine = session.name;
  const began = Date.now();
  const pages = new Map<FixtureName, Page>();
  const pageOf = async (name: FixtureName): Promise<Page> => {
    const known = pages.get(name);
    if (known) return known;
    const page = await session.openExtensionPage(folder.directoryOf(name), 'page.html');
    pages.set(name, page);
    return page;
  };
  /** What the browser closes by itself where it can. */
  const forget = async (name: FixtureName): Promise<void> => {
    await pages
      .get(name)
      ?.close()
      .catch(() => {});
    pages.delete(name);
  };
  const extension = async (name: FixtureName): Promise<Extension> => {
    const { id, origin } = session.extension(folder.directoryOf(name));
    const page = await pageOf(name);
    return {
      id,
      origin,
      background: agentIn(page, 'background'),
      page: agentIn(page, 'page'),
      popup: async () => {
        await (await session.browser.pages())[0]?.bringToFront();
        await agentIn(page, 'page').run('openPopup');
        return agentIn(page, 'popup');
      },
    };
  };
  return {
    extension,
    idOf: (name) => idOf(name, engine),
    install: async (name) => void (await session.install(folder.directoryOf(name))),
    async update(name, permissions) {
      await forget(name);
      if (permissions)
        await folder.rewrite(name, { 'manifest.json': manifestOf(name, engine, formats, permissions) });
      await session.install(folder.directoryOf(name));
    },
    async uninstall(name) {
      await forget(name);
      await session.uninstall(folder.directoryOf(name));
    },
    async disable(name) {
      await forget(name);
      await session.disable(folder.directoryOf(name));
    },
    enable: (name) => session.enable(folder.directoryOf(name)),
    stop: async (name) => void (await session.stopBackground(folder.directoryOf(name))),
    isRunning: (name) => session.isBackgroundRunning(folder.directoryOf(name)),
    setPolicy: async (name, values) => writePolicy(session.home, idOf(name, engine), values),
    closePage: forget,
    async inPrivate(name) {
      const { id, origin } = await extension(name);
      await forget(name);
      await letIntoPrivateWindows(session, id);
      const url = `${origin}/page.html`;
      await (await pageOf(name)).evaluate((url) => chrome.windows.create({ incognito: true, url }), url);
      const page = await pageInPrivate(session, url);
      return { background: agentIn(page, 'background'), close: () => page.close() };
    },
    openWeb: async (kind) =>
      webTabIn(
        { session, server, client: await extension('client'), clientPage: await pageOf('client') },
        kind,
      ),
    pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now() - began,
    story: () => `${session.product} ${session.version}, ${Date.now() - began} ms after its start`,
    debug: async (source) => (await pageOf('client')).evaluate(source),
  };
};
