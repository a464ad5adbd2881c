import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildFailure, failureAt, shown } from '../build-failure.js';
import { type JsonObject, objectOf } from './json.js';
import { childrenOf, type Node, nodesAt, type Place, parseValue, placeOf } from './syntax-tree.js';

export interface ManifestFile {
  readonly manifest: JsonObject;
  /** Where the first comment of the form that Firefox does not read begins. */
  readonly blockComment: Place | undefined;
}

export const MANIFEST = 'manifest.json';
const BYTE_ORDER_MARK = /^\uFEFF/;

const refusal = (path: string, message: string): BuildFailure =>
  new BuildFailure(`${shown(resolve(path))}: ${message}`);

const refusalAt = (file: string, { line, column }: Place, message: string): BuildFailure =>
  failureAt({ file, line, column: column - 1 }, message);

/**
 * Reads an extension's manifest, with the comments that browsers allow.
 * @throws {BuildFailure} no such folder, no manifest, or not JSON (with line and column)
 */
export const readManifest = async (dir: string): Promise<ManifestFile> => {
  const folder = await stat(dir).catch(() => undefined);
  if (!folder) throw refusal(dir, 'there is no such folder: name the one of the built extension');
  if (!folder.isDirectory()) throw refusal(dir, `this is a file: name the folder that holds ${MANIFEST}`);
  const file = join(resolve(dir), MANIFEST);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw refusal(dir, `there is no ${MANIFEST} in it: name the folder of the built extension`);
    throw refusal(file, `it can't be read (${error.code}): correct its permissions, or the path`);
  });
  return parseManifest(text.replace(BYTE_ORDER_MARK, ''), file);
};

/** @throws {BuildFailure} when the text is no JSON object */
export const parseManifest = (text: string, file: string): ManifestFile => {
  const { plain, blockAt } = withoutComments(text);
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch (cause) {
    throw problemOf(file, plain, cause);
  }
  const manifest = objectOf(value);
  if (!manifest) throw refusalAt(file, START, 'a manifest is a JSON object: write { … }');
  return { manifest, blockComment: blockAt === undefined ? undefined : placeAt(text, blockAt) };
};

const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** Comments become spaces, so that every other character keeps its place. */
const withoutComments = (text: string): { plain: string; blockAt: number | undefined } => {
  let blockAt: number | undefined;
  const plain = text.replace(STRING_OR_COMMENT, (found, offset: number) => {
    if (found.startsWith('"')) return found;
    if (found.startsWith('/*')) blockAt ??= offset;
    return found.replace(/[^\r\n]/g, ' ');
  });
  return { plain, blockAt };
};

const placeAt = (text: string, offset: number): Place => {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
};

const START: Place = { line: 1, column: 1 };

/** V8 does not always say where a text stops being JSON. */
const problemOf = (file: string, plain: string, cause: unknown): BuildFailure => {
  if (plain.trim() === '') return refusalAt(file, START, 'the file is empty: write { … }');
  const parsed = parseValue(plain);
  const found = 'problem' in parsed ? parsed.problem : strayIn(parsed.tree);
  if (found) return refusalAt(file, found, `not JSON: ${found.text}`);
  return refusalAt(file, START, `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
};

const JSON_TYPES =
  /^(ObjectExpression|ObjectProperty|ArrayExpression|(String|Numeric|Boolean|Null)Literal|UnaryExpression)$/;

/** The first thing that JavaScript allows and JSON does not. */
const strayIn = (node: Node): (Place & { text: string }) | undefined => {
  const extra = (node['extra'] ?? {}) as { raw?: unknown; trailingComma?: unknown };
  const at = (text: string) => ({ ...placeOf(node), text });
  if (!JSON_TYPES.test(node.type)) return at('only objects, lists, strings, numbers, true, false and null');
  if (typeof extra.raw === 'string' && !isJson(extra.raw)) {
    return at(`${extra.raw.slice(0, 40)} is not how JSON writes it: strings stand in double quotes`);
  }
  for (const child of childrenOf(node)) {
    const found = strayIn(child);
    if (found) return found;
  }
  if (extra.trailingComma === undefined) return undefined;
  const last = [...nodesAt(node, 'properties'), ...nodesAt(node, 'elements')].at(-1) ?? node;
  return { ...placeOf(last), text: 'remove the comma after the last entry, which begins here' };
};

const isJson = (raw: string): boolean => {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
};
