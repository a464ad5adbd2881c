import { type ParserOptions, parse, parseExpression } from '@babel/parser';

/** A node of Babel's syntax tree, read structurally. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly [key: string]: unknown;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

export const nodeAt = (node: Node | undefined, key: string): Node | undefined => {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
};

export const nodesAt = (node: Node | undefined, key: string): readonly Node[] => {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

// Comments hang on nodes too, and are no part of the program.
const COMMENTS = new Set(['leadingComments', 'trailingComments', 'innerComments']);

/** The nodes directly below, in the order of the source. */
export const childrenOf = (node: Node): readonly Node[] =>
  Object.keys(node)
    .filter((key) => !COMMENTS.has(key))
    .flatMap((key) => (Array.isArray(node[key]) ? nodesAt(node, key) : (nodeAt(node, key) ?? [])))
    .sort((one, other) => one.start - other.start);

export interface FunctionNode extends Node {
  readonly body: Node;
}

export const isFunction = (node: Node | undefined): node is FunctionNode =>
  node !== undefined && /^(Arrow)?Function|^(Object|Class|ClassPrivate)Method$/.test(node.type);

/** Counted from 1. */
export const placeOf = ({ loc }: Node): Place => ({ line: loc.start.line, column: loc.start.column + 1 });

/** The name of an identifier, or what a string literal says. */
export const nameOf = (node: Node | undefined): string | undefined => {
  const name = node?.type === 'StringLiteral' ? node['value'] : node?.['name'];
  return typeof name === 'string' ? name : undefined;
};

/** The last name of `a.b`, `a?.b` or `a['b']`. */
export const propertyOf = (node: Node | undefined): string | undefined => {
  if (!node || !/^(Optional)?MemberExpression$/.test(node.type)) return undefined;
  const property = nodeAt(node, 'property');
  if (node['computed'] === true && property?.type !== 'StringLiteral') return undefined;
  return nameOf(property);
};

/** Where and why a text does not parse. */
export interface SyntaxProblem extends Place {
  readonly text: string;
}

export type Parsed = { readonly tree: Node } | { readonly problem: SyntaxProblem };

const attempt = (parser: () => unknown): Parsed => {
  try {
    return { tree: parser() as Node };
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message?: string };
    // Babel ends its messages with the place; a stack that overflows has none.
    const text = loc ? String(message).replace(/ \(\d+:\d+\)$/, '') : 'it is nested too deeply';
    return { problem: { text, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 } };
  }
};

export const parseScript = (text: string, sourceType: 'module' | 'script'): Parsed => {
  const options: ParserOptions = { sourceType, errorRecovery: false, attachComment: false };
  const parsed = attempt(() => parse(text, options));
  return 'tree' in parsed ? { tree: parsed.tree['program'] as Node } : parsed;
};

/** A JavaScript expression: what JSON is, comments included. */
export const parseValue = (text: string): Parsed =>
  attempt(() => parseExpression(text, { attachComment: false, createParenthesizedExpressions: true }));
