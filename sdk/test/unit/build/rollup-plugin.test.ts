import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RollupOptions, rollup } from 'rollup';
import { createServer, build as viteBuild } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PorticoPluginOptions, portico } from '../../../src/build/index.js';
import { failureOf, project, protocolSource, write } from './project.js';

const FILES = {
  'entry.ts': "import { notes } from './notes.protocol.ts';\nconsole.log(notes);\n",
  'notes.protocol.ts': `import { list } from './list.js';\n${protocolSource('list')}`,
  'list.ts':
    "import { method } from 'portico';\nexport const list: object = method({ description: 'All of them' });",
};

const bundle = async (folder: string, options: PorticoPluginOptions = {}, more: RollupOptions = {}) => {
  const warnings: string[] = [];
  const build = await rollup({
    input: join(folder, 'entry.ts'),
    plugins: [portico(options)],
    onwarn: ({ message }) => warnings.push(message),
    ...more,
  });
  onTestFinished(() => build.close().catch(() => {}));
  return { build, warnings };
};

describe('the plugin in Rollup', () => {
  it('compiles protocol modules, watches what they import, and maps to their sources', async () => {
    const folder = project(FILES);
    const { build } = await bundle(folder);
    const { output } = await build.generate({ format: 'es', sourcemap: true });
    expect(output[0].code).toContain('"title":"See your notes"');
    expect(output[0].code).not.toMatch(/import|defineProtocol/);
    expect(build.watchFiles).toContain(join(folder, 'list.ts'));
    expect(output[0].map?.sources.join()).toMatch(/notes\.protocol\.ts/);
    expect(output[0].map?.sourcesContent?.join()).toContain('defineProtocol');
  });

  it('makes the module of the side whose build it is', async () => {
    const folder = project(FILES);
    const client = await (await bundle(folder, { descriptions: false })).build.generate({ format: 'es' });
    const host = await (await bundle(folder, { side: 'host' })).build.generate({ format: 'es' });
    expect(client.output[0].code).not.toContain('All of them');
    expect(host.output[0].code).toContain('All of them');
  });

  it('takes protocols from packages, and leaves compiled ones alone', async () => {
    const folder = project({
      'entry.ts': "export { notes } from './node_modules/acme/notes.protocol.mjs';",
      'node_modules/acme/notes.protocol.mjs': protocolSource('list: method({ result: { type: "string" } })'),
    });
    const { build } = await bundle(folder);
    const { code } = (await build.generate({ format: 'es' })).output[0];
    expect(code).toContain("import { string } from 'portico/kinds';");
    expect(code).not.toContain("from 'portico'");
    write(folder, 'again/entry.ts', "export * from './notes.protocol.js';");
    write(folder, 'again/notes.protocol.js', code);
    const again = await bundle(join(folder, 'again'));
    expect((await again.build.generate({ format: 'es' })).output[0].code).toContain('"result":[string]');
  });

  it('stops at a mistake, at its place, and watches the file that has it', async () => {
    const folder = project({
      ...FILES,
      'list.ts': "import { method } from 'portico';\nexport const list = ;",
    });
    const error = await bundle(folder).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toMatchObject({
      plugin: 'portico',
      loc: { file: join(folder, 'list.ts'), line: 2 },
      watchFiles: expect.arrayContaining([join(folder, 'list.ts')]),
    });
  });

  it('refuses other exports instead of dropping them', async () => {
    const folder = project({
      ...FILES,
      'notes.protocol.ts': `${protocolSource('list: method()')}export const LIMIT = 3;`,
    });
    expect(await failureOf(folder, bundle(folder))).toContain(
      'the export "LIMIT" is no protocol, and compiling would drop it: move it to a module of its own',
    );
  });

  it('passes warnings on', async () => {
    const folder = project({
      ...FILES,
      'notes.protocol.ts': `${protocolSource('list: method()')}if (typeof notes === 'nothing') throw 0;`,
    });
    const { warnings } = await bundle(folder);
    expect(warnings.join()).toMatch(/notes\.protocol\.ts:5:\d+/);
  });

  it('lints the folder that was written, when all of it is there', async () => {
    const folder = project(FILES);
    const manifest = {
      name: 'late manifest',
      writeBundle: () =>
        write(folder, 'dist/manifest.json', '{ "manifest_version": 2, "name": "x", "version": "1" }'),
    };
    const written = async (options: PorticoPluginOptions) => {
      const { build } = await bundle(folder, {}, { plugins: [portico(options), manifest] });
      await build.write({ dir: join(folder, 'dist') });
      return build.close();
    };
    expect(await failureOf(folder, written({}))).toMatch(/manifest\.json/);
    await expect(written({ lint: false })).resolves.toBeUndefined();
  });
});

describe('the plugin in Vite', () => {
  it('compiles in builds', async () => {
    const folder = project(FILES);
    await viteBuild({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [portico()],
      build: { lib: { entry: 'entry.ts', formats: ['es'], fileName: () => 'out.js' }, minify: false },
    });
    const code = readFileSync(join(folder, 'dist/out.js'), 'utf8');
    expect(code).toMatch(/See your notes/);
    expect(code).not.toMatch(/defineProtocol|import /);
  });

  it('lints what a build wrote', async () => {
    const folder = project({
      ...FILES,
      'public/manifest.json': '{ "manifest_version": 2, "name": "x", "version": "1" }',
    });
    const building = viteBuild({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [portico()],
      build: { rolldownOptions: { input: join(folder, 'entry.ts') } },
    });
    expect(await failureOf(folder, building)).toMatch(/manifest\.json/);
  });

  it('compiles what the dev server bundles beforehand', async () => {
    const folder = project({
      'package.json': '{ "dependencies": { "acme": "1.0.0" } }',
      'node_modules/acme/package.json': '{ "name": "acme", "version": "1.0.0", "main": "index.mjs" }',
      'node_modules/acme/index.mjs': "export { notes } from './notes.protocol.mjs';",
      'node_modules/acme/notes.protocol.mjs': protocolSource('list: method()'),
    });
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [portico()],
      server: { middlewareMode: true, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true, include: ['acme'] },
    });
    onTestFinished(() => server.close());
    await server.environments.client.depsOptimizer?.scanProcessing;
    const url = server.environments.client.depsOptimizer?.metadata.optimized['acme']?.file ?? '';
    const code = readFileSync(url, 'utf8');
    expect(code).toContain('See your notes');
    expect(code).not.toMatch(/defineProtocol\(/);
  });

  it('compiles in the dev server, follows changes, and leaves other requests for the file alone', async () => {
    const folder = project(FILES);
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [portico()],
      server: { middlewareMode: true, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
    });
    onTestFinished(() => server.close());
    const served = async (url: string) => (await server.transformRequest(url))?.code ?? '';
    expect(await served('/notes.protocol.ts')).toMatch(/"All of them"/);
    expect(await served('/notes.protocol.ts')).not.toMatch(/defineProtocol\(/);
    expect(await served('/notes.protocol.ts?v=1234')).toMatch(/"All of them"/);
    expect(await served('/notes.protocol.ts?raw')).toMatch(/defineProtocol\(/);
    const [module] = server.moduleGraph.getModulesByFile(join(folder, 'notes.protocol.ts')) ?? [];
    write(folder, 'list.ts', FILES['list.ts'].replace('All', 'None'));
    server.moduleGraph.onFileChange(join(folder, 'list.ts'));
    if (module) server.moduleGraph.invalidateModule(module);
    expect(await served('/notes.protocol.ts')).toMatch(/"None of them"/);
  });
});
