import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { root } from '../setup.mjs';
import { html } from './pages.mjs';

/**
 * Builds an extension that is on nobody's list.
 * @param {string} dir @param {string} browser
 */
export async function buildStranger(dir, browser) {
  const { portico } = await import(/** @type {string} */ ('../../sdk/dist/build.js'));
  const bundle = await rollup({
    input: join(root, 'tools/start/stranger.js'),
    plugins: [nodeResolve(), portico()],
  });
  await bundle.write({ file: join(dir, 'stranger.js'), format: 'es' });
  await bundle.close();
  await writeFile(join(dir, 'background.js'), '// All it does happens in its page.\n');
  await writeFile(
    join(dir, 'stranger.html'),
    `${html('A stranger')}<script type="module" src="stranger.js"></script>`,
  );
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest(browser)));
}

/** @param {string} browser */
const manifest = (browser) => ({
  manifest_version: 3,
  name: 'A stranger',
  version: '1.0.0',
  ...(browser === 'firefox'
    ? {
        background: { scripts: ['background.js'] },
        browser_specific_settings: { gecko: { id: 'stranger@portico.example' } },
      }
    : { background: { service_worker: 'background.js' } }),
});
