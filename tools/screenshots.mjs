import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowsers } from './browser/find.mjs';
import { launch } from './browser/launch.mjs';
import { servePages } from './browser/serve.mjs';
import { build } from './build.mjs';
import { root } from './setup.mjs';

// Takes pictures of both extensions' pages, in every state, into artifacts/screenshots/. To look at after a
// change of what people see; no test compares them.
//
//   node tools/screenshots.mjs [chromium | firefox]

/** @typedef {import('./browser/types.mjs').FoundBrowser} FoundBrowser */
/** @typedef {import('./browser/types.mjs').Page} Page */
/** @typedef {'light' | 'dark'} Scheme */

const out = join(root, 'artifacts', 'screenshots');
const schemes = /** @type {const} */ (['light', 'dark']);
const widths = [360, 1200];

const icon = (/** @type {string} */ color) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${color}"/></svg>`)}`;
/** @param {string} title @param {string} [color] */
const pageOf = (title, color) =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title>${color ? `<link rel="icon" href="${icon(color)}">` : ''}` +
  `<body style="font: 40px Georgia, serif; padding: 60px; background: linear-gradient(${color ?? '#889'}, #fff)"><h1>${title}</h1>`;

const sites = {
  '/news': pageOf('Morning news: rain in the north, sun in the south, and what the week brings', '#c2410c'),
  '/mail': pageOf('Inbox (3)', '#1d4ed8'),
  '/recipes': pageOf('Lentil soup, the slow way'),
  '/maps': pageOf('Map of the old town', '#15803d'),
  '/library': pageOf('Library catalogue'),
};

const extensionDir = (/** @type {string} */ name, /** @type {FoundBrowser} */ browser) =>
  join(root, name, 'dist', browser.name);

/** Tab Board under an id that the host doesn't know. @param {FoundBrowser} browser @param {string} parent */
async function stranger(browser, parent) {
  const dir = join(parent, `stranger-${browser.name}`);
  await cp(extensionDir('client-extension', browser), dir, { recursive: true });
  const file = join(dir, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  // Without a key Chromium makes an id of the directory's name.
  delete manifest.key;
  if (manifest.browser_specific_settings)
    manifest.browser_specific_settings.gecko.id = 'other@portico.example';
  await writeFile(file, JSON.stringify(manifest));
  return dir;
}

/**
 * @param {Page} page
 * @param {FoundBrowser} browser
 * @param {Scheme} scheme
 * @param {string} name
 */
async function shoot(page, browser, scheme, name) {
  for (const width of widths) {
    await page.setViewport({ width, height: 800 });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const path = /** @type {`${string}.png`} */ (join(out, `${browser.name}-${name}-${scheme}-${width}.png`));
    await page.screenshot({ path, fullPage: true });
  }
}

/** @param {Page} page @param {string} state */
const untilState = (page, state) =>
  page.waitForFunction((wanted) => document.body.dataset['state'] === wanted, { timeout: 20_000 }, state);

/** @param {FoundBrowser} browser @param {Scheme} scheme @param {string} temporary */
async function shootAll(browser, scheme, temporary) {
  const start = (/** @type {string[]} */ ...extensions) =>
    launch(browser, {
      extensions,
      headless: true,
      prefs: { 'layout.css.prefers-color-scheme.content-override': scheme === 'dark' ? 0 : 1 },
      args: browser.name === 'chromium' && scheme === 'dark' ? ['--force-dark-mode'] : [],
    });
  const open = async (
    /** @type {Awaited<ReturnType<typeof launch>>} */ session,
    /** @type {string} */ dir,
    /** @type {string} */ path,
  ) => {
    const page = await session.openExtensionPage(dir, path);
    if (browser.name === 'chromium') {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    }
    return page;
  };
  const host = extensionDir('host-extension', browser);
  const client = extensionDir('client-extension', browser);
  const strange = await stranger(browser, temporary);

  const server = await servePages(sites);
  const session = await start(host, client, strange);
  try {
    for (const path of ['/news', '/mail', '/recipes']) await session.openPage(server.url(path));
    const options = await open(session, host, 'options.html');
    const refused = await open(session, strange, 'board.html');
    await untilState(refused, 'failed');
    await shoot(refused, browser, scheme, 'board-refused');

    const board = await open(session, client, 'board.html');
    await untilState(board, 'live');
    // After the board, which would otherwise stand in this window and keep it from being pictured.
    const urls = [server.url('/maps'), server.url('/library')];
    await options.evaluate((urls) => {
      const { browser = undefined, chrome } = /** @type {any} */ (globalThis);
      return (browser ?? chrome).windows.create({ url: urls }).then(() => {});
    }, urls);
    await board.bringToFront();
    await board.waitForFunction(() => document.querySelectorAll('.window').length === 2);
    await shoot(board, browser, scheme, 'board-live');
    for (const [name, which] of /** @type {const} */ ([
      ['picture', -1],
      ['picture-protected', 0],
    ])) {
      const buttons = await board.$$('.window .picture');
      await buttons.at(which)?.evaluate((button) => /** @type {HTMLButtonElement} */ (button).click());
      await board.waitForSelector('dialog[open]');
      await shoot(board, browser, scheme, `board-${name}`);
      await board.evaluate(() => document.querySelector('dialog')?.close());
    }

    await untilState(options, 'live');
    await options.bringToFront();
    await shoot(options, browser, scheme, 'options');

    await board.bringToFront();
    await session.disable(host);
    await untilState(board, 'failed');
    await shoot(board, browser, scheme, 'board-lost');
  } finally {
    await session.close();
    await server.close();
  }

  const alone = await start(client);
  try {
    const board = await open(alone, client, 'board.html');
    await untilState(board, 'failed');
    await shoot(board, browser, scheme, 'board-no-host');
  } finally {
    await alone.close();
  }
}

await build();
await mkdir(out, { recursive: true });
const temporary = await mkdtemp(join(tmpdir(), 'portico-screenshots-'));
try {
  const wanted = process.argv[2];
  for (const browser of findBrowsers().filter(({ name }) => !wanted || name === wanted)) {
    for (const scheme of schemes) {
      console.log(`${browser.product}, ${scheme} …`);
      await shootAll(browser, scheme, temporary);
    }
  }
  console.log(`Done: ${out}`);
} finally {
  await rm(temporary, { recursive: true, force: true });
}
