import { childrenOf } from '../../protocol/check-schema.js';
import type { Node } from '../../protocol/schema-node.js';
import { type Scope, scoped, targetOf } from '../../protocol/scope.js';
import { docComment } from './text.js';

/** Names that mean something else in a declaration file, or may not be the name of a type. */
const TAKEN = [
  ...['Event', 'Method', 'Protocol', 'Record', 'Uint8Array', 'Array'],
  ...['any', 'bigint', 'boolean', 'never', 'null', 'number', 'object', 'string', 'symbol', 'undefined'],
];

/** The types of a declaration file that have a name of their own. */
export interface NamedTypes {
  /**
   * The name of a type: the one it got when the same schema was seen before, or a new one.
   * @param wanted the name it should have; it gets a number where another type has that name
   * @param write writes the type itself; called once, when the name is known
   */
  name(schema: Scope, wanted: string, doc: string | undefined, write: () => string): string;
  declarations(): string[];
}

export const namedTypes = (): NamedTypes => {
  const names = new Map<string, string>();
  const taken = new Set(TAKEN);
  const declared = new Map<string, string>();
  return {
    name(schema, wanted, doc, write) {
      const key = `${wanted} ${identityOf(schema)}`;
      const known = names.get(key);
      if (known !== undefined) return known;
      const name = free(typeName(wanted), taken);
      taken.add(name);
      names.set(key, name);
      // Takes its place before the types that it mentions.
      declared.set(name, '');
      declared.set(name, `${docComment(doc)}export type ${name} = ${write()};\n`);
      return name;
    },
    declarations: () => [...declared.values()],
  };
};

/**
 * What makes two schemas the same: what they say, and what their references say. Libraries copy schemas, so
 * that two objects may well be one schema.
 */
const identityOf = (start: Scope): string => {
  const seen = new Map<Node, string>();
  const waiting = [start];
  const follow = (node: Node, outer: Scope | undefined): void => {
    const target = node['$ref'] === undefined ? undefined : targetOf(node, outer);
    if (target) waiting.push(target);
    for (const [, child] of childrenOf(node)) follow(child, scoped(node, outer));
  };
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next.node)) continue;
    seen.set(next.node, JSON.stringify(next.node));
    follow(next.node, next.outer);
  }
  return [...seen.values()].join('\n');
};

/** `tab-change` and `TabChangeSchema` as `TabChange`; of an address, its last part. */
const typeName = (wanted: string): string => {
  const last =
    wanted
      .replace(/\.json$|[/#]+$/g, '')
      .split(/[/#]/)
      .at(-1) ?? '';
  const words = last.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const short = name.replace(/(?<=.)Schema$/, '');
  return /^[\p{ID_Start}_$]/u.test(short) ? short : `Type${short}`;
};

const free = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) if (!taken.has(`${name}${number}`)) return `${name}${number}`;
};
