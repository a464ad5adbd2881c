import { parse } from '@babel/parser';
import { childrenOf, type Node, nodeAt, nodesAt } from './lint/syntax-tree.js';

/**
 * A module of Portico's own with the words taken out of its errors: codes, data and the facts within the words
 * (a member's path, versions) stay. For bundles whose every byte counts; whoever reads their logs looks the
 * codes up. Gives `undefined` where there is nothing to take out.
 */
export const withShortErrors = (code: string): string | undefined => {
  if (!code.includes('new PorticoError(')) return undefined;
  const texts = textsIn(parse(code, { sourceType: 'module' }).program as unknown as Node);
  if (texts.length === 0) return undefined;
  let short = '';
  let done = 0;
  for (const text of texts) {
    short += code.slice(done, text.start) + factsOf(text, code);
    done = text.end;
  }
  return short + code.slice(done);
};

/** The texts given to errors, in the order of the source; computed ones are left as they are. */
const textsIn = (node: Node): Node[] => {
  const isError = node.type === 'NewExpression' && nodeAt(node, 'callee')?.['name'] === 'PorticoError';
  const [, text] = isError ? nodesAt(node, 'arguments') : [];
  return childrenOf(node).flatMap((child) => (child === text ? literalsOf(child) : textsIn(child)));
};

/** The literals that an expression can come to. */
const literalsOf = (node: Node | undefined): Node[] => {
  switch (node?.type) {
    case 'StringLiteral':
    case 'TemplateLiteral':
      return [node];
    case 'LogicalExpression':
      return ['left', 'right'].flatMap((side) => literalsOf(nodeAt(node, side)));
    case 'ConditionalExpression':
      return ['consequent', 'alternate'].flatMap((side) => literalsOf(nodeAt(node, side)));
    default:
      return [];
  }
};

const factsOf = (text: Node, code: string): string => {
  const facts = nodesAt(text, 'expressions').map(({ start, end }) => code.slice(start, end));
  return facts.length > 0 ? `\`${facts.map((fact) => `\${${fact}}`).join(' ')}\`` : "''";
};
