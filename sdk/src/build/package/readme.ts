import type { AnyProtocol, Capability, Event, Member, Method } from '../../protocol/protocol.js';

/** Writes what a stranger needs to call a protocol: what it is, how to install it, an example, all members. */
export const readme = (name: string, protocols: ReadonlyMap<string, AnyProtocol>): string => {
  const [[first, protocol]] = [...protocols] as [[string, AnyProtocol]];
  const sections = [...protocols].flatMap(([key, each]) => protocolSections(key, each, protocols.size > 1));
  return `${[
    `# ${name}`,
    `${sentence([...protocols.values()])} A browser extension calls it with [Portico](https://www.npmjs.com/package/portico), with types, and without any permission.`,
    '## Install',
    fenced('sh', `npm install ${name} portico`),
    '## Connect',
    fenced('ts', example(name, first, protocol)),
    'Calls and events have types. The protocol is plain data, so that any bundler takes it as it is; nothing needs to be configured. The host decides who may do what, and may ask the person at the browser.',
    ...sections,
    '## For the host',
    `\`${name}/host\` is the same protocol with validators for the extension that publishes it.`,
  ].join('\n\n')}\n`;
};

const sentence = (protocols: readonly AnyProtocol[]): string => {
  const versions = protocols.map((protocol) => `\`${protocol.name}\` ${protocol.version}`);
  return `The ${protocols.length > 1 ? 'protocols' : 'protocol'} ${versions.join(', ')}.`;
};

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** A client that does something with the first capability that has members. */
const example = (name: string, key: string, { capabilities }: AnyProtocol): string => {
  const found = Object.entries(capabilities).find(([, { members = {} }]) => Object.keys(members).length > 0);
  const [capability, { members = {} }] = found ?? (Object.entries(capabilities)[0] as [string, Capability]);
  const uses = exampleUses(capability, members);
  return [
    `import { ${key} } from '${name}';`,
    "import { connect } from 'portico/client';",
    '',
    `const { ${capability} } = connect(${key}, { needs: ['${capability}'] });`,
    // In a function: no service worker may await at its top level.
    ...(uses.length > 0
      ? [
          'const use = async () => {',
          ...uses.map((each) => `  ${each}`),
          '};',
          'use().catch((error) => console.error(error.message));',
        ]
      : []),
  ].join('\n');
};

const exampleUses = (capability: string, members: Readonly<Record<string, Member>>): string[] => {
  const methods = Object.entries(members).filter(([, { kind }]) => kind === 'method');
  const easiest = methods.find(([, member]) => requiredOf(member as Method).length === 0) ?? methods[0];
  const [event] = Object.entries(members).find(([, { kind }]) => kind === 'event') ?? [];
  const uses: string[] = [];
  if (easiest) {
    const names = requiredOf(easiest[1] as Method);
    const call = `await ${capability}.${easiest[0]}(${names.length > 0 ? `{ ${names.join(', ')} }` : ''})`;
    uses.push((easiest[1] as Method).result ? `console.log(${call});` : `${call};`);
  }
  if (event) uses.push(`for await (const each of ${capability}.${event}()) console.log(each);`);
  return uses;
};

/** The required parameters, as far as the schema says so at its top. */
const requiredOf = ({ params }: Method): readonly string[] =>
  ((params ?? {}) as { required?: readonly string[] }).required ?? [];

const protocolSections = (key: string, protocol: AnyProtocol, isOneOfSeveral: boolean): string[] => {
  const { name, version, capabilities, errors = {}, hosts = {} } = protocol;
  const of = isOneOfSeveral ? ` of \`${key}\` (${name} ${version})` : '';
  const ids = [
    ['Chromium, Chrome, Edge', hosts.chromium],
    ['Firefox', hosts.firefox],
  ].filter(([, id]) => id !== undefined);
  const declared = Object.entries(errors);
  return [
    `## Capabilities${of}`,
    ...Object.entries(capabilities).flatMap(capabilitySection),
    ...(declared.length === 0
      ? []
      : [
          `## Errors${of}`,
          `\`isError(${key}, error, '${declared[0]?.[0]}')\` of \`portico\` tells them apart, and gives their data its type.`,
          table(
            ['error', 'data'],
            declared.map(([error, schema]) => [`\`${error}\``, propertiesOf(schema)]),
          ),
        ]),
    `## Hosts${of}`,
    'The extensions that `connect` reaches:',
    table(
      ['browser', 'id'],
      ids.map(([browser = '', id]) => [browser, `\`${id}\``]),
    ),
  ];
};

const capabilitySection = ([name, capability]: [string, Capability]): string[] => {
  const { title, description, since, members = {} } = capability;
  const rows = Object.entries(members).map(([key, member]) => [
    `\`${name}.${key}\``,
    member.kind,
    memberWords(member),
    member.since ?? '',
  ]);
  const hasSince = rows.some(([, , , version]) => version !== '');
  return [
    `### \`${name}\`: ${plain(title)}`,
    ...(description === undefined ? [] : [plain(description)]),
    ...(since === undefined ? [] : [`Since ${since}.`]),
    rows.length === 0
      ? 'Opens properties of other capabilities, and has no members of its own.'
      : table(
          ['member', 'kind', 'what it is', ...(hasSince ? ['since'] : [])],
          hasSince ? rows : rows.map((row) => row.slice(0, 3)),
        ),
  ];
};

const memberWords = (member: Member): string => {
  const { params, errors = [], idempotent } = member as Method;
  const parameters = propertiesOf(params);
  return [
    ...[member.title, member.description].filter((text) => text !== undefined).map(ended),
    ...(parameters === '' ? [] : [`Takes ${parameters}.`]),
    ...(member.kind === 'event' ? [`Brings ${propertiesOf((member as Event).payload) || 'a value'}.`] : []),
    ...(errors.length === 0 ? [] : [`May fail with ${errors.map((each) => `\`${each}\``).join(', ')}.`]),
    ...(idempotent ? ['Safe to repeat.'] : []),
  ].join(' ');
};

const ended = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

const propertiesOf = (schema: object | undefined): string => {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Readonly<Record<string, object>>;
    required?: readonly string[];
  };
  return Object.keys(properties)
    .map((key) => `\`${key}${required.includes(key) ? '' : '?'}\``)
    .join(', ');
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const cell = (text: string): string => plain(text).replaceAll('|', '\\|');

/** An author's words as one line that no Markdown or HTML can hide in. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replaceAll('<', '&lt;')
    .replace(/[[\]*]/g, '\\$&');
