import { posix } from 'node:path';
import { importsOf, lineOf, type SourceFile, walk } from './source-tree.js';

const leaves = ['errors', 'limits'];
const wire = ['platform', 'protocol', ...leaves];
const session = ['accounting', 'wire', ...wire];
const call = ['session', ...session];
const sides = ['call', ...call];

/** What each layer of sdk/src may import apart from itself. `index` is the file sdk/src/index.ts. */
export const layers: ReadonlyMap<string, readonly string[]> = new Map([
  ['errors', []],
  ['limits', []],
  ['accounting', leaves],
  ['protocol', leaves],
  ['platform', leaves],
  ['wire', wire],
  ['session', session],
  ['call', call],
  ['consent', ['protocol', ...leaves]],
  // Not for clients: its parser is as large as two of them.
  ['patterns', ['protocol', ...leaves]],
  ['host', ['consent', 'patterns', ...sides]],
  ['client', sides],
  ['ui', ['client', 'consent', ...sides]],
  ['testing', ['host', 'client', 'consent', ...sides]],
  ['build', ['patterns', 'protocol', ...leaves]],
  ['cli', ['build', 'protocol', ...leaves]],
  ['index', sides],
]);

const outsidePackages: readonly { readonly from: RegExp; readonly packages: RegExp }[] = [
  { from: /^sdk\/src\/patterns\//, packages: /^@eslint-community\/regexpp$/ },
  { from: /^sdk\/src\/host\/tsyringe\//, packages: /^(tsyringe|@abraham\/reflection)$/ },
  { from: /^sdk\/src\/host\/partners\//, packages: /^jose$/ },
  { from: /^sdk\/src\/ui\//, packages: /^(lit(\/.+)?|uplot)$/ },
  {
    from: /^sdk\/src\/build\//,
    packages: /^(node:.+|rollup|vite|esbuild|ajv(\/.+)?|@babel\/parser)$/,
  },
  { from: /^sdk\/src\/cli\//, packages: /^(node:.+|commander|jose)$/ },
  { from: /^sdk\/src\/testing\//, packages: /^(node:.+|esbuild|fake-indexeddb(\/.+)?)$/ },
  { from: /^host-extension\/src\//, packages: /^(portico(\/.+)?|tsyringe|typebox(\/.+)?)$/ },
  {
    from: /^client-extension\/src\//,
    packages: /^(portico(\/.+)?|portico-tabs\/protocol|typebox(\/.+)?)$/,
  },
];

const browserApis = new Set(
  'action alarms extension i18n management permissions runtime scripting storage tabs windows'.split(' '),
);

export const maximumLines = 350;

const violation = (file: SourceFile, line: number, rule: string) => `${file.path}:${line} ${rule}`;

function layerOf(path: string): string | undefined {
  return /^sdk\/src\/(?:(index)\.ts$|([^/]+)\/)/.exec(path)?.slice(1).find(Boolean);
}

/** Arrows point down only: which import of the file the layers forbid. */
export function forbiddenImports(file: SourceFile): string[] {
  const own = layerOf(file.path);
  const allowed = own === undefined ? undefined : layers.get(own);
  if (file.path.startsWith('sdk/src/') && !allowed) {
    return [violation(file, 1, `belongs to no layer (${[...layers.keys()].join(', ')})`)];
  }
  return importsOf(file).flatMap(({ specifier, line }) => {
    if (!specifier.startsWith('.')) {
      const welcome = outsidePackages.some(
        ({ from, packages }) => from.test(file.path) && packages.test(specifier),
      );
      return welcome ? [] : [violation(file, line, `may not import the package ${specifier}`)];
    }
    const target = posix.join(posix.dirname(file.path), specifier.replace(/\.js$/, '.ts'));
    const [base] = file.path.split('/src/');
    if (!target.startsWith(`${base}/src/`)) {
      return [violation(file, line, `may not import ${specifier}, outside of ${base}/src`)];
    }
    const layer = layerOf(target);
    if (target.startsWith('sdk/src/host/tsyringe/') && !file.path.startsWith('sdk/src/host/tsyringe/')) {
      return [violation(file, line, 'only an application imports host/tsyringe, and tsyringe with it')];
    }
    if (!own || layer === own || (layer && allowed?.includes(layer))) return [];
    return [
      violation(file, line, `${own} may not import ${layer} (only: ${allowed?.join(', ') || 'nothing'})`),
    ];
  });
}

/** Files that import each other, each circle as one line; types count as well: whoever reads one must read all. */
export function circles(files: readonly SourceFile[]): string[] {
  const known = new Map(files.map((file) => [file.path, file]));
  const targets = ({ path, ...file }: SourceFile): string[] =>
    importsOf({ path, ...file })
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => posix.join(posix.dirname(path), specifier.replace(/\.js$/, '.ts')))
      .filter((target) => known.has(target));
  const imports = new Map(files.map((file) => [file.path, targets(file)]));
  /** Without what nothing leads back to: what is left lies in circles, or between two of them. */
  for (let shrank = true; shrank; ) {
    shrank = false;
    const imported = new Set([...imports.values()].flat());
    for (const [path, of] of imports) {
      const left = of.filter((target) => imports.has(target));
      if (left.length > 0 && imported.has(path)) imports.set(path, left);
      else {
        imports.delete(path);
        shrank = true;
      }
    }
  }
  return [...imports].map(([path, of]) => `${path} lies in a circle: it imports ${of.join(', ')}`);
}

/** The globals `chrome`, `browser` and `console`, which only few files may mention. */
export function forbiddenGlobals(file: SourceFile): string[] {
  const found: string[] = [];
  const report = (start: number, rule: string) => found.push(violation(file, lineOf(file.text, start), rule));
  const knowsBrowser = file.path.startsWith('sdk/src/platform/browser');
  const mayPrint = /^sdk\/src\/(build\/|host\/console-log\.ts$)/.test(file.path);

  walk(file, (node, parent, key) => {
    if (node.type !== 'Identifier' || !parent) return;
    const name = String(node['name']);
    const isName =
      ['key', 'property', 'right', 'imported', 'exported'].includes(key) && parent['computed'] !== true;
    const isQualified = parent.type === 'MemberExpression' || parent.type === 'TSQualifiedName';
    const ofGlobalThis = isQualified && nameOf(parent['object']) === 'globalThis';
    if (isName && (isQualified || /Property|Method|Specifier/.test(parent.type)) && !ofGlobalThis) return;

    if (name === 'console' && !mayPrint)
      report(node.start, 'console is for sdk/src/build and consoleLog alone');
    if (knowsBrowser) return;
    const member = nameOf(parent['property'] ?? parent['right']);
    const isTypeof = parent['operator'] === 'typeof' || parent.type === 'TSTypeQuery';
    // A variable may well be called `browser`; the global is known by its members.
    const isBrowser =
      name === 'browser' && (ofGlobalThis || isTypeof || (isQualified && browserApis.has(member)));
    if (name === 'chrome' || isBrowser)
      report(node.start, `the global ${name} is for sdk/src/platform/browser* alone`);
  });
  return found;
}

function nameOf(node: unknown): string {
  return typeof node === 'object' && node !== null && 'name' in node ? String(node.name) : '';
}

export function tooLong(file: SourceFile): string[] {
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  if (lines <= maximumLines) return [];
  return [violation(file, lines, `has ${lines} lines: a file is about one thing, in about 300 lines`)];
}
