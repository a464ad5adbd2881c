import { type ParserPlugin, parse } from '@babel/parser';
import { failureAt } from './build-failure.js';
import { childrenOf, type Node, nameOf, nodeAt, nodesAt } from './lint/syntax-tree.js';

/** Options of a connection that basic clients don't carry. */
const LACKING = new Set(['wants', 'token', 'proof', 'includeTlsChannelId', 'whenUnreachable']);
const CONNECTING = new Set(['connect', 'connectAny', 'connectTab']);

/**
 * Looks for what a basic client lacks in what a module hands to `connect` as an object literal.
 * @throws {BuildFailure} with the place of the first
 */
export const checkBasicClient = (code: string, file: string): void => {
  if (!code.includes('portico/client')) return;
  const program = programOf(code, file);
  if (!program) return;
  const names = connectingNames(program);
  if (names.size > 0) checkCalls(program, names, file);
};

/** What the bundler itself will not understand is its to tell. */
const programOf = (code: string, file: string): Node | undefined => {
  const plugins: ParserPlugin[] = /\.[cm]?tsx?$/.test(file) ? ['typescript'] : [];
  if (/x$/.test(file)) plugins.push('jsx');
  try {
    return parse(code, { sourceType: 'module', plugins, attachComment: false }).program as unknown as Node;
  } catch {
    return undefined;
  }
};

/** What the module calls the functions that connect. */
const connectingNames = (program: Node): ReadonlySet<string> =>
  new Set(
    nodesAt(program, 'body')
      .filter(
        (node) => node.type === 'ImportDeclaration' && nameOf(nodeAt(node, 'source')) === 'portico/client',
      )
      .flatMap((node) => nodesAt(node, 'specifiers'))
      .filter((specifier) => CONNECTING.has(nameOf(nodeAt(specifier, 'imported')) ?? ''))
      .map((specifier) => nameOf(nodeAt(specifier, 'local')) as string),
  );

const checkCalls = (node: Node, names: ReadonlySet<string>, file: string): void => {
  if (node.type === 'CallExpression' && names.has(nameOf(nodeAt(node, 'callee')) ?? '')) {
    const options = nodesAt(node, 'arguments')
      // `{ … } as Options`
      .map((each) => (each.type.startsWith('TS') ? (nodeAt(each, 'expression') as Node) : each))
      .filter(({ type }) => type === 'ObjectExpression');
    for (const property of options.flatMap((each) => nodesAt(each, 'properties'))) {
      const name = nameOf(nodeAt(property, 'key')) ?? '';
      const isDefault = name === 'whenUnreachable' && nameOf(nodeAt(property, 'value')) === 'fail';
      if (!LACKING.has(name) || property['computed'] === true || isDefault) continue;
      throw failureAt(
        { file, ...property.loc.start },
        `a basic client has no "${name}": build it without \`basic\``,
      );
    }
  }
  for (const child of childrenOf(node)) checkCalls(child, names, file);
};
