/** The functions and constants of a generated module: what is the same is written once. */
export interface Functions {
  /** The name of the function with this key; `body` is asked once, and may ask for itself. */
  named(key: string, body: () => string): string;
  /** The name of a constant. */
  value(expression: string): string;
  /** All of them, as statements. */
  text(): string;
}

export const createFunctions = (): Functions => {
  const names = new Map<string, string>();
  const lines: string[] = [];
  const define = (key: string, letter: string, body: () => string): string => {
    const known = names.get(key);
    if (known) return known;
    const name = `${letter}${names.size}`;
    names.set(key, name);
    const text = body();
    lines.push(`const ${name} = ${text};\n`);
    return name;
  };
  return {
    named: (key, body) => define(key, 'f', body),
    value: (expression) => define(expression, 'c', () => expression),
    text: () => lines.join(''),
  };
};
