import { type KindName, linked, partsOf } from '../protocol/link.js';
import type { Plan } from '../protocol/plan.js';
import type { AnyProtocol } from '../protocol/protocol.js';

/** The name of a kind or a check, to be written as it is. */
class Imported {
  constructor(readonly name: KindName) {}
}

/** Writes plans as expressions, and the import of what they name. One for each module. */
export interface KindsWriter {
  /** An expression for data in which plans may stand that {@link link} has made; `undefined` for what JSON has no form for. */
  text(value: unknown): string | undefined;
  /** A plan with its kinds, as {@link text} writes it. */
  link(plan: Plan, gates?: boolean): unknown;
  /** What a protocol needs besides kinds, as properties of its data. */
  parts(protocol: AnyProtocol): object;
  /** The import of all kinds that were written; nothing if there were none. */
  readonly imports: () => string;
}

/** @param taken names that the module exports */
export const kindsWriter = (taken: ReadonlySet<string>): KindsWriter => {
  const used = new Map<KindName, string>();
  const local = (name: KindName): string => {
    let own: string = name;
    while (taken.has(own)) own += '_';
    used.set(name, own);
    return own;
  };
  const text = (value: unknown): string | undefined => {
    if (value instanceof Imported) return local(value.name);
    if (Array.isArray(value)) return `[${value.map((each) => text(each) ?? 'null').join(',')}]`;
    if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value);
    // As JSON: without what it has no form for.
    const written = Object.entries(value).map(([key, each]) => [JSON.stringify(key), text(each)] as const);
    const kept = written.filter(([, each]) => each !== undefined);
    return `{${kept.map((pair) => pair.join(':')).join(',')}}`;
  };
  return {
    text,
    link: (plan, gates) => linked(plan, (name) => new Imported(name), gates),
    parts: (protocol) => partsOf(protocol, (name) => new Imported(name)),
    imports() {
      const names = [...used].sort(([a], [b]) => (a < b ? -1 : 1));
      const list = names.map(([name, own]) => (name === own ? name : `${name} as ${own}`));
      return list.length > 0 ? `import { ${list.join(', ')} } from 'portico/kinds';\n` : '';
    },
  };
};
