import { childrenOf, isFunction, type Node, nameOf, nodeAt, nodesAt, propertyOf } from './syntax-tree.js';

/** Reads what a call is from its form alone, since minifiers leave names of properties and globals. */

export const isCall = (node: Node): boolean => /^(OptionalCall|Call|New)Expression$/.test(node.type);

/** How a call gets at ports: `onConnect.addListener(…)`, or `host.listen()` where hosts are known to be. */
export const registrationIn = (call: Node, knowsHosts: boolean): string | undefined => {
  const callee = nodeAt(call, 'callee');
  const method = propertyOf(callee);
  if (method === 'addListener') {
    const event = propertyOf(nodeAt(callee, 'object'));
    return event === 'onConnect' || event === 'onConnectExternal' ? `${event}.addListener()` : undefined;
  }
  const isHost = knowsHosts && method === 'listen' && nodesAt(call, 'arguments').length === 0;
  return isHost ? 'listen()' : undefined;
};

const TIMERS = new Set(['setTimeout', 'setInterval', 'requestIdleCallback', 'requestAnimationFrame']);
const PROMISED = new Set(['then', 'catch', 'finally']);
const SYNCHRONOUS = new Set([
  'forEach',
  'map',
  'flatMap',
  'filter',
  'some',
  'every',
  'reduce',
  'find',
  'sort',
]);

/**
 * When a call runs the functions that it is given: `now`, some time after the first turn (`after …`),
 * or `undefined` if nobody can tell.
 */
export const runsFunctions = (call: Node): 'now' | `in ${string}` | undefined => {
  const callee = nodeAt(call, 'callee');
  const name = propertyOf(callee) ?? nameOf(callee);
  if (name === undefined) return undefined;
  if (call.type === 'NewExpression') return name === 'Promise' ? 'now' : undefined;
  if (TIMERS.has(name)) return 'in a timer';
  if (callee?.type === 'Identifier') return undefined;
  if (PROMISED.has(name)) return `in the callback of a promise's ${name}()`;
  if (name === 'addListener') {
    return `in a listener of ${propertyOf(nodeAt(callee, 'object')) ?? 'another event'}`;
  }
  if (name === 'addEventListener') return 'in an event listener';
  if (SYNCHRONOUS.has(name)) return 'now';
  return isBrowserApi(callee) ? `in the callback of ${name}()` : undefined;
};

/** `chrome.….…`: both globals keep their names in every bundle. */
const isBrowserApi = (node: Node | undefined): boolean => {
  let root = node;
  while (root && propertyOf(root) !== undefined) root = nodeAt(root, 'object');
  return root?.type === 'Identifier' && /^(chrome|browser)$/.test(nameOf(root) ?? '');
};

/** The function that a call runs at once: `(() => …)()`, `(function () {…}).call(this)`. */
export const immediate = (call: Node): Node | undefined => {
  const callee = nodeAt(call, 'callee');
  if (isFunction(callee)) return callee;
  const object = nodeAt(callee, 'object');
  return /^(call|apply)$/.test(propertyOf(callee) ?? '') && isFunction(object) ? object : undefined;
};

/** The scripts that a call loads: `import('./a.js')`, `importScripts('a.js')`. */
export const scriptsLoadedBy = (
  call: Node,
): { readonly kind: 'import' | 'scripts'; readonly files: readonly string[] } => {
  const callee = nodeAt(call, 'callee');
  const names = nodesAt(call, 'arguments').flatMap((each) =>
    each.type === 'StringLiteral' ? (nameOf(each) ?? []) : [],
  );
  if (callee?.type === 'Import') return { kind: 'import', files: names };
  const own = nameOf(callee) === 'importScripts' || propertyOf(callee) === 'importScripts';
  return { kind: 'scripts', files: own ? names : [] };
};

const ENDS = /^(Return|Throw)Statement$/;

/** Whether nothing after the statement runs in its function. */
export const leaves = (statement: Node | undefined): boolean => {
  if (!statement) return false;
  if (ENDS.test(statement.type)) return true;
  const last = nodesAt(statement, statement.type === 'SwitchCase' ? 'consequent' : 'body').at(-1);
  return /^(BlockStatement|SwitchCase)$/.test(statement.type) && leaves(last);
};

/**
 * Whether a script makes hosts, so that `listen()` is a host's: it imports `portico/host`, or is a bundle
 * with the host's half of Portico in it.
 */
export const makesHosts = (program: Node, text: string): boolean =>
  childrenOf(program).some(
    (each) => each.type === 'ImportDeclaration' && nameOf(nodeAt(each, 'source')) === 'portico/host',
  ) ||
  (/["'`]portico:/.test(text) && /\.onConnectExternal\b/.test(text));
