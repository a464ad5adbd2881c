import { childrenOf, isFunction, type Node, nameOf, nodeAt, nodesAt } from './syntax-tree.js';

/**
 * The names of one function or module, each with the function it stands for if that is certain.
 * Blocks have no scope of their own here: a name that is declared twice stands for nothing.
 */
export interface Scope {
  readonly names: ReadonlyMap<string, Node | undefined>;
  readonly outer: Scope | undefined;
}

/** Reads the scope of a function or program, without entering the functions in it. */
export const scopeOf = (owner: Node, outer: Scope | undefined): Scope => {
  const names = new Map<string, Node | undefined>();
  const declare = (name: string | undefined, value?: Node) => {
    if (name !== undefined) names.set(name, names.has(name) ? undefined : value);
  };
  const declarePattern = (pattern: Node): void => {
    if (pattern.type === 'Identifier') declare(nameOf(pattern));
    else if (pattern.type === 'ObjectProperty') declareAll([nodeAt(pattern, 'value')]);
    else if (pattern.type === 'AssignmentPattern') declareAll([nodeAt(pattern, 'left')]);
    else declareAll(childrenOf(pattern));
  };
  const declareAll = (patterns: readonly (Node | undefined)[]) => {
    for (const pattern of patterns) if (pattern) declarePattern(pattern);
  };
  const collect = (node: Node): void => {
    if (node.type === 'VariableDeclarator') {
      const id = nodeAt(node, 'id');
      const init = nodeAt(node, 'init');
      if (id?.type === 'Identifier') declare(nameOf(id), isFunction(init) ? init : undefined);
      else if (id) declarePattern(id);
    }
    if (node.type === 'AssignmentExpression') reassign(nodeAt(node, 'left'));
    if (/^(Function|Class)Declaration$/.test(node.type))
      declare(nameOf(nodeAt(node, 'id')), isFunction(node) ? node : undefined);
    if (/^Import.*Specifier$/.test(node.type)) declare(nameOf(nodeAt(node, 'local')));
    if (node.type === 'CatchClause') declareAll([nodeAt(node, 'param')]);
    if (isFunction(node)) return;
    for (const child of childrenOf(node)) collect(child);
  };
  // Who assigns a name anew makes uncertain what it stands for.
  const reassign = (target: Node | undefined) => {
    const name = target?.type === 'Identifier' ? nameOf(target) : undefined;
    if (name !== undefined && names.has(name)) names.set(name, undefined);
  };
  declareAll(nodesAt(owner, 'params'));
  if (owner.type === 'FunctionExpression') {
    const own = nameOf(nodeAt(owner, 'id'));
    if (own !== undefined && !names.has(own)) names.set(own, owner);
  }
  const body = isFunction(owner) ? nodeAt(owner, 'body') : owner;
  if (body) collect(body);
  return { names, outer };
};

/** The function that an identifier stands for. */
export const functionNamed = (name: string, scope: Scope | undefined): Node | undefined => {
  for (let each = scope; each; each = each.outer) if (each.names.has(name)) return each.names.get(name);
  return undefined;
};
