import { parse } from '@babel/parser';
import type { Place } from './build-failure.js';

/** Where things of a protocol stand in its sources. Best effort: what is computed is found no further than that. */
export interface SourcePlaces {
  /** The place of what an export means, and of what a path leads to in it, as far as it can be followed. */
  readonly ofExport: (file: string, name: string, path?: readonly string[]) => Place | undefined;
  /** The same from the declaration around a place, where no export is known yet. */
  readonly around: (place: Place, path: readonly string[]) => Place;
  /** Every key `__proto__` that is written in an object: it sets a prototype, and what it names is lost. */
  readonly prototypes: () => readonly Place[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly [key: string]: unknown;
}

/** A node with the file in which its names mean something. */
interface Found {
  readonly file: string;
  readonly node: Node;
}

interface Names {
  /** What a name of the file means: a value, or an export of another module. */
  readonly own: ReadonlyMap<string, Node | Elsewhere>;
  readonly exported: ReadonlyMap<string, string | Elsewhere>;
  /** The modules of `export * from`. */
  readonly stars: readonly string[];
}
interface Elsewhere {
  readonly from: string;
  readonly name: string;
}

/**
 * @param sources the texts of the files that may be looked into
 * @param resolved where an import leads
 */
export const sourcePlaces = (
  sources: ReadonlyMap<string, string>,
  resolved: (file: string, specifier: string) => string | undefined,
): SourcePlaces => {
  const known = new Map<string, Names>();
  const namesOf = (file: string): Names | undefined => {
    const text = sources.get(file);
    if (text !== undefined && !known.has(file)) known.set(file, readNames(parsed(text)));
    return known.get(file);
  };

  const meaning = (file: string, name: string): Found | undefined => {
    const found = namesOf(file)?.own.get(name);
    if (!found) return undefined;
    return 'type' in found ? { file, node: found } : elsewhere(file, found);
  };
  const elsewhere = (file: string, { from, name }: Elsewhere): Found | undefined => {
    const target = resolved(file, from);
    return target === undefined ? undefined : exported(target, name);
  };
  const exported = (file: string, name: string): Found | undefined => {
    const names = namesOf(file);
    const found = names?.exported.get(name);
    if (typeof found === 'string') return meaning(file, found);
    if (found) return elsewhere(file, found);
    for (const from of names?.stars ?? []) {
      const inside = elsewhere(file, { from, name });
      if (inside) return inside;
    }
    return undefined;
  };

  /** The value of a key, wherever in the literals that make the value it stands. */
  const inside = ({ file, node }: Found, key: string, depth = 0): (Found & { at: Node }) | undefined => {
    if (depth > 20) return undefined;
    const next = (child: Node) => inside({ file, node: child }, key, depth + 1);
    switch (node.type) {
      case 'ObjectExpression': {
        const properties = node['properties'] as readonly Node[];
        const own = properties.find((each) => keyOf(each) === key);
        if (own) return { file, node: (own['value'] ?? own) as Node, at: own };
        return first(properties, (each) =>
          each.type === 'SpreadElement' ? next(each['argument'] as Node) : undefined,
        );
      }
      case 'CallExpression':
        return first(node['arguments'] as readonly Node[], next);
      case 'Identifier': {
        const found = meaning(file, node['name'] as string);
        return found && inside(found, key, depth + 1);
      }
      default:
        return isNode(node['expression']) ? next(node['expression']) : undefined;
    }
  };

  const follow = (start: Found, path: readonly string[]): Place => {
    let found = start;
    let at = start.node;
    for (const key of path) {
      // `properties` and `items` are keys of schemas, but no words of who calls `Type.Object`.
      const next = inside(found, key);
      if (next) [found, at] = [next, next.at];
    }
    return placeOf(found === start ? start.file : found.file, at);
  };

  return {
    ofExport: (file, name, path = []) => {
      const found = exported(file, name);
      return found && follow(found, path);
    },
    around: (place, path) => {
      for (const node of namesOf(place.file)?.own.values() ?? []) {
        if ('type' in node && contains(node, place))
          return path.length > 0 ? follow({ file: place.file, node }, path) : place;
      }
      return place;
    },
    prototypes: () =>
      [...sources].flatMap(([file, text]) =>
        text.includes('__proto__') ? prototypesIn(file, parsed(text)) : [],
      ),
  };
};

/** Whether a name can be declared by `export const`. */
export const canBeDeclared = (name: string): boolean => {
  try {
    parse(`const ${name} = 0`, { sourceType: 'module' });
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
  } catch {
    return false;
  }
};

// What does not parse has failed before; what parses elsewhere but not here is looked into as far as it does.
const parsed = (text: string): Node =>
  parse(text, { sourceType: 'module', plugins: ['typescript'], errorRecovery: true })
    .program as unknown as Node;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;

const nameOf = (node: unknown): string => {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? String(value);
};

const keyOf = (property: Node): string | undefined =>
  property['computed'] === true || !isNode(property['key']) ? undefined : nameOf(property['key']);

const first = <T>(nodes: readonly Node[], look: (node: Node) => T | undefined): T | undefined => {
  for (const node of nodes) {
    const found = look(node);
    if (found !== undefined) return found;
  }
  return undefined;
};

const placeOf = (file: string, { loc }: Node): Place => ({
  file,
  line: loc.start.line,
  column: loc.start.column,
});

const contains = (node: Node, { line, column }: Place): boolean => {
  const { start, end } = node.loc as unknown as Record<'start' | 'end', { line: number; column: number }>;
  const after = line > start.line || (line === start.line && column >= start.column);
  return after && (line < end.line || (line === end.line && column <= end.column));
};

const readNames = (program: Node): Names => {
  const own = new Map<string, Node | Elsewhere>();
  const exported = new Map<string, string | Elsewhere>();
  const stars: string[] = [];
  const declare = (node: Node, isExported: boolean): void => {
    for (const each of (node['declarations'] ?? []) as readonly Node[]) {
      if (!isNode(each['init'])) continue;
      own.set(nameOf(each['id']), each['init']);
      if (isExported) exported.set(nameOf(each['id']), nameOf(each['id']));
    }
  };
  for (const node of program['body'] as readonly Node[]) {
    const from = isNode(node['source']) ? nameOf(node['source']) : undefined;
    const specifiers = (node['specifiers'] ?? []) as readonly Node[];
    if (node.type === 'ImportDeclaration' && from !== undefined) {
      for (const { imported, local } of specifiers) {
        if (imported) own.set(nameOf(local), { from, name: nameOf(imported) });
      }
    } else if (node.type === 'ExportDefaultDeclaration') {
      own.set('default', node['declaration'] as Node);
      exported.set('default', 'default');
    } else if (node.type === 'ExportAllDeclaration' && from !== undefined) stars.push(from);
    else if (node.type === 'ExportNamedDeclaration') {
      if (isNode(node['declaration'])) declare(node['declaration'], true);
      for (const { local, exported: as } of specifiers) {
        exported.set(nameOf(as), from === undefined ? nameOf(local) : { from, name: nameOf(local) });
      }
    } else declare(node, false);
  }
  return { own, exported, stars };
};

const prototypesIn = (file: string, node: Node): Place[] => {
  const own = node.type === 'ObjectProperty' && keyOf(node) === '__proto__' ? [placeOf(file, node)] : [];
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [...own, ...children.filter(isNode).flatMap((child) => prototypesIn(file, child))];
};
