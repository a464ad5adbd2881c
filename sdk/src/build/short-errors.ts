import { parse } from '@babel/parser';
import { childrenOf, type Node, nodeAt, nodesAt } from './lint/syntax-tree.js';

/** Where the words are that say what would have been right: `data.expected` of errors about values. */
const EXPECTING = ['fail', 'scalar'];

/**
 * A module of Portico's own with the words taken out of its errors: codes, data and the facts within the words
 * (a member's path, versions) stay, but for `data.expected`. For bundles whose every byte counts; whoever reads
 * their logs looks the codes up. Gives `undefined` where there is nothing to take out.
 */
export const withShortErrors = (code: string): string | undefined => {
  if (!['new PorticoError', ...EXPECTING].some((callee) => code.includes(`${callee}(`))) return undefined;
  const texts = textsIn(parse(code, { sourceType: 'module' }).program as unknown as Node, code);
  if (texts.length === 0) return undefined;
  let short = '';
  let done = 0;
  for (const text of texts) {
    short += code.slice(done, text.start) + text.facts;
    done = text.end;
  }
  return short + code.slice(done);
};

/** A text, and what is left of it. */
interface Text {
  readonly start: number;
  readonly end: number;
  readonly facts: string;
}

/** The texts given to errors, in the order of the source; computed ones are left as they are. */
const textsIn = (node: Node, code: string): Text[] => {
  const callee = nodeAt(node, 'callee')?.['name'];
  const isError = node.type === 'NewExpression' && callee === 'PorticoError';
  const isExpected = node.type === 'CallExpression' && EXPECTING.includes(String(callee));
  const text = isError || isExpected ? nodesAt(node, 'arguments')[isError ? 1 : 0] : undefined;
  return childrenOf(node).flatMap((child) =>
    child === text
      ? literalsOf(child).map((each) => ({
          start: each.start,
          end: each.end,
          facts: isError ? factsOf(each, code) : "''",
        }))
      : textsIn(child, code),
  );
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
