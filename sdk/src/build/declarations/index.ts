import type { AnyProtocol, Capability, Member, Schema } from '../../protocol/protocol.js';
import { type NamedTypes, namedTypes } from './named-types.js';
import { schemaType } from './schema-type.js';
import { readModule, type SourceModule } from './source-module.js';
import { argumentsOf, calledName, definitionOf, type Place, property } from './source-place.js';
import { docComment, type Field, genericType, objectType, propertyKey, quoted } from './text.js';
import { wordsOf } from './words.js';

/**
 * The declarations of a module that exports these protocols by these names. They name no schema library:
 * types are written out from the JSON Schema, with the comments of the source, or else with titles and
 * descriptions. What `typed` says by hand is not known when a protocol runs, so its schema speaks for it.
 * @param protocols what `defineProtocol` gave, not compiled
 * @param sources the text of the protocol's own modules by path; what can't be read there has no comment
 */
export const declarationsOf = (
  protocols: ReadonlyMap<string, AnyProtocol>,
  sources: ReadonlyMap<string, string>,
): string => {
  const modules = new Map<string, SourceModule>();
  for (const [path, text] of sources) {
    const module = readModule(path, text);
    if (module) modules.set(path, module);
  }
  const types = namedTypes();
  const constants = [...protocols].map(([name, protocol]) =>
    constantText(name, protocol, definitionOf(modules, name, protocol), types),
  );
  const body = [...types.declarations(), ...constants].join('\n');
  const used = ['Event', 'Method', 'Protocol'].filter((each) => new RegExp(`\\b${each}<`).test(body));
  return `import type { ${used.join(', ')} } from 'portico';\n\n${body}`;
};

const constantText = (
  name: string,
  protocol: AnyProtocol,
  place: Place | undefined,
  types: NamedTypes,
): string => {
  const type = protocolType(protocol, place, types);
  const doc = docComment(place?.comment);
  return name === 'default'
    ? `${doc}declare const protocol: ${type};\nexport default protocol;\n`
    : `${doc}export declare const ${name}: ${type};\n`;
};

const protocolType = (protocol: AnyProtocol, place: Place | undefined, types: NamedTypes): string => {
  const capabilities = property(place, 'capabilities');
  const fields = Object.entries(protocol.capabilities).map(([key, capability]): Field => {
    const at = property(capabilities, key);
    const type = capabilityType(key, capability, at, types);
    return { doc: at?.comment ?? wordsOf(capability), text: `readonly ${propertyKey(key)}: ${type}` };
  });
  const declared = property(place, 'errors');
  const errors = Object.entries(protocol.errors ?? {}).map(([key, schema]): Field => {
    const at = property(declared, key);
    const type = schemaType(schema, at, upper(key), types);
    return { doc: at?.comment ?? wordsOf(schema), text: `readonly ${propertyKey(key)}: ${type}` };
  });
  return genericType('Protocol', [objectType(fields), objectType(errors), quoted(protocol.version)]);
};

const capabilityType = (
  name: string,
  { title, description, since, scope, members }: Capability,
  place: Place | undefined,
  types: NamedTypes,
): string => {
  const at = property(place, 'members');
  const fields: Field[] = [{ text: `readonly title: ${quoted(title)}` }];
  // It may have been left out when the protocol was compiled.
  if (description !== undefined) fields.push({ text: 'readonly description?: string' });
  if (since !== undefined) fields.push({ text: `readonly since: ${quoted(since)}` });
  if (scope !== undefined) {
    const type = schemaType(scope, property(place, 'scope'), `${upper(name)}Scope`, types);
    fields.push({ text: `readonly scope: ${objectType([{ text: `readonly '~type'?: ${type}` }])}` });
  }
  if (members !== undefined) {
    const inner = Object.entries(members).map(([key, member]): Field => {
      const found = property(at, key);
      const type = memberType(member, found, upper(name) + upper(key), types);
      return { doc: found?.comment ?? wordsOf(member), text: `readonly ${propertyKey(key)}: ${type}` };
    });
    fields.push({ text: `readonly members: ${objectType(inner)}` });
  }
  return objectType(fields);
};

const memberType = (member: Member, place: Place | undefined, name: string, types: NamedTypes): string => {
  // `method({ … })`, `event(payload, { … })`, or the object that these give.
  const [first] = argumentsOf(place);
  const called = place && calledName(place) !== undefined;
  const typed = (schema: Schema | undefined, at: Place | undefined, part: string) =>
    schema === undefined ? 'void' : schemaType(schema, at, name + part, types);
  if (member.kind === 'event') {
    return genericType('Event', [typed(member.payload, called ? first : property(place, 'payload'), '')]);
  }
  const definition = called ? first : place;
  return genericType('Method', [
    typed(member.params, property(definition, 'params'), 'Params'),
    typed(member.result, property(definition, 'result'), 'Result'),
    (member.errors ?? []).map(quoted).join(' | ') || 'never',
  ]);
};

const upper = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
