import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { findBrowsers } from './browser/find.mjs';
import { root } from './setup.mjs';

// Draws the icons of both extensions from their icon.svg. Chromium takes none but bitmaps; run it after a change.

const sizes = [16, 32, 48, 128];
const chromium = findBrowsers().find(({ name }) => name === 'chromium');
if (!chromium) throw new Error('This needs Chromium.');

const browser = await puppeteer.launch({
  executablePath: chromium.path,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage();
  for (const extension of ['host-extension', 'client-extension']) {
    const icons = join(root, extension, 'static', 'icons');
    const svg = await readFile(join(icons, 'icon.svg'), 'utf8');
    for (const size of sizes) {
      await page.setViewport({ width: size, height: size });
      await page.setContent(
        `<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`,
      );
      const path = /** @type {`${string}.png`} */ (join(icons, `icon-${size}.png`));
      await page.screenshot({ path, omitBackground: true });
    }
  }
} finally {
  await browser.close();
}
