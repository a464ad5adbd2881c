/** A host or a client: two extensions make a pair. */
export const SIDES = ['host', 'client'] as const;
export type Side = (typeof SIDES)[number];

/** A command of a guide: the package that has it, and what follows. */
export interface Command {
  readonly tool: 'node' | 'portico' | 'rollup' | 'typescript' | 'vite' | 'webpack' | 'wxt';
  readonly args: readonly string[];
}

/** How a guide builds an extension. */
export interface Recipe {
  readonly name: string;
  /** Beside the sources: paths in the project, and the fixtures that stand there. */
  readonly files: (side: Side) => Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
  /** What to load into a browser, where it differs by browser. */
  readonly output: Readonly<Record<'chromium' | 'firefox', string>>;
  /** Whether the protocol is compiled, so that no schema library is in the bundle, and by what. */
  readonly compiled?: 'plugin' | 'command';
}

/** The sources of both sides by their paths in a project; the same for every bundler. */
export const sourcesOf = (side: Side): Record<string, string> => ({
  'src/notes.protocol.ts': 'src/notes.protocol.ts',
  ...(side === 'host'
    ? { 'src/serve-notes.ts': 'src/serve-notes.ts' }
    : { 'src/read-notes.ts': 'src/read-notes.ts' }),
});

const background = (side: Side) => ({ 'src/background.ts': `src/${side}.ts` });

/** The bundle lands beside the manifest. */
const extension = {
  files: (side: Side) => ({ ...background(side), 'extension/manifest.json': `manifests/${side}.json` }),
  output: { chromium: 'extension', firefox: 'extension' },
} as const;

const esbuild: Omit<Recipe, 'name'> = {
  ...extension,
  files: (side) => ({ ...extension.files(side), 'build.mjs': 'esbuild/build.mjs' }),
  commands: [{ tool: 'node', args: ['build.mjs'] }],
};

const tsc = { tool: 'typescript', args: [] } as const;

const rollup = (config: (side: Side) => string): Omit<Recipe, 'name'> => ({
  ...extension,
  files: (side) => ({
    ...extension.files(side),
    'tsconfig.json': 'typescript/tsconfig.json',
    'rollup.config.mjs': config(side),
  }),
  commands: [tsc, { tool: 'rollup', args: ['--config'] }],
});

const vite = (config: (side: Side) => string): Omit<Recipe, 'name'> => ({
  files: (side) => ({
    ...background(side),
    'public/manifest.json': `manifests/${side}.json`,
    'vite.config.ts': config(side),
  }),
  commands: [{ tool: 'vite', args: ['build'] }],
  output: { chromium: 'dist', firefox: 'dist' },
});

const webpack = (...args: readonly string[]): Omit<Recipe, 'name'> => ({
  ...extension,
  files: (side) => ({
    ...extension.files(side),
    'tsconfig.json': 'typescript/tsconfig.json',
    'webpack.config.mjs': 'webpack/webpack.config.mjs',
  }),
  commands: [tsc, { tool: 'webpack', args }],
});

/** Where there is no plugin, the protocol is compiled first. */
const compiled = (plain: Omit<Recipe, 'name'>): Omit<Recipe, 'name'> => ({
  ...plain,
  compiled: 'command',
  commands: [
    { tool: 'portico', args: ['compile', 'src/notes.protocol.ts', '--out', 'generated'] },
    ...plain.commands,
  ],
});

export const RECIPES: readonly Recipe[] = [
  { name: 'rollup', ...rollup(() => 'rollup/rollup.config.mjs') },
  {
    name: 'rollup-compiled',
    compiled: 'plugin',
    ...rollup((side) => `rollup-compiled/${side}.config.mjs`),
  },
  { name: 'vite', ...vite(() => 'vite/vite.config.ts') },
  { name: 'vite-compiled', compiled: 'plugin', ...vite((side) => `vite-compiled/${side}.config.ts`) },
  { name: 'esbuild', ...esbuild },
  { name: 'esbuild-compiled', ...compiled(esbuild) },
  // Terser takes seconds for the schema library alone. With a compiled protocol, all is minified as webpack does it.
  { name: 'webpack', ...webpack('--no-optimization-minimize') },
  { name: 'webpack-compiled', ...compiled(webpack()) },
  {
    name: 'wxt',
    files: (side) => ({
      'src/entrypoints/background.ts': `src/entrypoints/${side}.ts`,
      'wxt.config.ts': `wxt/${side}.config.ts`,
    }),
    commands: [
      { tool: 'wxt', args: ['build'] },
      { tool: 'wxt', args: ['build', '--browser', 'firefox', '--mv3'] },
    ],
    output: { chromium: '.output/chrome-mv3', firefox: '.output/firefox-mv3' },
  },
];

export const recipe = (name: string): Recipe => {
  const found = RECIPES.find((each) => each.name === name);
  if (!found) throw new Error(`there is no recipe ${name}`);
  return found;
};
