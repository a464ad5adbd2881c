/** The small pieces of a declaration file: comments, names of properties, literals, and their layout. */

/** Beyond this, what could stand on one line is written on several. */
const WIDTH = 80;

/**
 * A doc comment, with the line break that ends it; nothing where there is nothing to say. Whatever the
 * text holds stays inside of the comment, and looks like what it is.
 */
export const docComment = (text: string | undefined): string => {
  const lines = commentLines(text ?? '');
  const [first = ''] = lines;
  if (lines.length > 1) return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
  return first === '' ? '' : `/** ${first} */\n`;
};

const commentLines = (text: string): string[] =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    // Control characters, and those that make a line read otherwise than it is.
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    // Last: what was taken out may have stood between the two.
    .replaceAll('*/', '*\\/')
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());

/** The text of a string literal type. */
export const quoted = (text: string): string => {
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.includes("'") && !text.includes('"')) return escaped;
  return `'${escaped.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
};

/** The type of one constant that JSON knows. */
export const literal = (value: unknown): string =>
  typeof value === 'string' ? quoted(value) : String(value);

/** How a property's name is written. */
export const propertyKey = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

/** What a type's property says, ready to be laid out. */
export interface Field {
  readonly doc?: string | undefined;
  /** Name and type: `id?: number | undefined`. */
  readonly text: string;
}

/** An object type: on one line where it is short and nothing in it has a comment. */
export const objectType = (fields: readonly Field[]): string => {
  if (fields.length === 0) return 'Record<never, never>';
  const line = `{ ${fields.map(({ text }) => text).join('; ')} }`;
  const plain = fields.every(({ doc }) => docComment(doc) === '');
  if (plain && fits(line)) return line;
  const lines = fields.map(({ doc, text }) => `${docComment(doc)}${text};\n`);
  return `{\n${indented(lines.join(''))}}`;
};

/** A generic type with its arguments, each on lines of its own where they are long. */
export const genericType = (name: string, types: readonly string[]): string => {
  const line = `${name}<${types.join(', ')}>`;
  return types.length === 1 || fits(line) ? line : `${name}<\n${indented(`${types.join(',\n')}\n`)}>`;
};

const fits = (line: string): boolean => line.length <= WIDTH && !line.includes('\n');

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
