import { type Codec, FAIL, fail, failAt, isPlain, weighed } from './conversion.js';
import type { Build, Mode, Node } from './interpret.js';
import { resolve, type Scope } from './scope.js';

/** A declared property. */
export interface Field {
  readonly key: string;
  readonly codec: Codec;
  readonly required: boolean;
  /** Also a name of Object.prototype: a plain read may find what the peer did not send. */
  readonly shadowed: boolean;
}

/** The declared properties of an object that may cross in this mode. */
export const fieldsOf = (node: Node, mode: Mode, scope: Scope, build: Build): Field[] => {
  const properties = node.properties ?? {};
  const fields: Field[] = [];
  for (const key of Object.keys(properties)) {
    const property = properties[key] as Node;
    const gate = property['x-grant'] as string | undefined;
    if (gate !== undefined && mode.direction === 'encode' && !mode.grants?.has(gate)) continue;
    const required = gate === undefined && !!node.required?.includes(key);
    fields.push({ key, codec: build(property, mode, scope), required, shadowed: key in Object.prototype });
  }
  return fields;
};

/** An object with declared properties, and, where the schema opens it, others. */
export const objectCodec = (node: Node, mode: Mode, scope: Scope, build: Build): Codec => {
  const properties = node.properties ?? {};
  const fields = fieldsOf(node, mode, scope, build);
  const others = othersOf(node, mode, scope, build);
  // What nobody looks at needs no counting: a copy that leaves out all but the declared.
  const counts = others !== undefined || mode.strict || !mode.copies;
  // A structured clone can bring a Map or a million bytes; an author's own class instances may be sent.
  const plain = mode.direction === 'decode';

  /** The rare case: there are properties beside the declared ones. */
  const withOthers = (source: Record<string, unknown>, found: Record<string, unknown>): unknown => {
    const target: Record<string, unknown> = mode.copies ? found : {};
    for (const key of Object.keys(source)) {
      const value = source[key];
      if (value === undefined) continue;
      if (Object.hasOwn(properties, key)) {
        if (!mode.copies) target[key] = value;
      } else if (key === '__proto__' || !others) {
        // Leaving `__proto__` out is enough where others are left out, too.
        if (mode.strict || others) return fail(`no property ${JSON.stringify(key.slice(0, 64))}`);
      } else {
        const result = others(key, value);
        if (result === FAIL) return failAt(key);
        if (result !== undefined) target[key] = result;
      }
    }
    return target;
  };

  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('an object');
    if (plain && !isPlain(value)) return fail('an object');
    const source = value as Record<string, unknown>;
    const target: Record<string, unknown> = mode.copies ? {} : source;
    let known = 0;
    for (let i = 0; i < fields.length; i++) {
      const { key, codec, required, shadowed } = fields[i] as Field;
      const property = shadowed && !Object.hasOwn(source, key) ? undefined : source[key];
      if (property === undefined) {
        if (!required) continue;
        fail('a value');
        return failAt(key);
      }
      known++;
      const result = codec(property);
      if (result === FAIL) return failAt(key);
      if (mode.copies || result !== property) target[key] = result;
    }
    if (!counts) return target;
    let present = 0;
    for (const _ in source) present++;
    return present === known ? target : withOthers(source, target);
  };
};

/** What to do with properties that are not listed; `undefined` when the object is closed. */
const othersOf = (
  node: Node,
  mode: Mode,
  scope: Scope,
  build: Build,
): ((key: string, value: unknown) => unknown) | undefined => {
  const patterned = (node['patternProperties'] ?? {}) as Record<string, Node>;
  const patterns = Object.keys(patterned).map(
    (pattern) => [new RegExp(pattern, 'u'), build(patterned[pattern] as Node, mode, scope)] as const,
  );
  const additional = node['additionalProperties'];
  const rest = additional ? build((additional === true ? {} : additional) as Node, mode, scope) : undefined;
  if (patterns.length === 0 && !rest) return undefined;
  return (key, value) => {
    const codec = patterns.find(([pattern]) => pattern.test(key))?.[1] ?? rest;
    if (weighed(key.length, 0) === FAIL) return FAIL;
    return codec ? codec(value) : mode.strict ? fail('no property of this name') : undefined;
  };
};

/** An intersection of object schemas, as one object schema. */
export const mergedObject = (branches: readonly Node[], scope: Scope): Node => {
  const properties: Record<string, Node> = {};
  const required: string[] = [];
  for (const branch of branches) {
    const node =
      branch['$ref'] === undefined ? branch : (resolve(branch['$ref'] as string, scope)?.node ?? {});
    const each = node.allOf ? mergedObject(node.allOf, scope) : node;
    Object.assign(properties, each.properties);
    required.push(...(each.required ?? []));
  }
  return { type: 'object', properties, required };
};
