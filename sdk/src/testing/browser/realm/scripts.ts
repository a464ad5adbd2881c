import { Script } from 'node:vm';

/** How a script is run. In modules of a page `await` may stand at the top; in those of a worker it may not. */
export type ScriptKind = 'classic' | 'module' | 'worker-module';

/** What is asked for the files of an extension. */
export type ReadFile = (path: string) => string | undefined;

const MOST_KEPT = 200;
interface Compiled {
  readonly text: string;
  readonly script: Script | Promise<Script>;
}
/** By kind and address, the last text of each: compiling a script again and again costs more than running it. */
const compiled = new Map<string, Compiled>();

/**
 * Compiles a script once for all contexts. Modules become functions: a bundle in one file needs no more, and
 * what has imports is bundled first.
 * @throws SyntaxError as the browser would
 */
export const compileScript = (
  kind: ScriptKind,
  address: string,
  text: string,
  linkage: { readonly path: string; readonly read: ReadFile },
): Script | Promise<Script> => {
  const key = `${kind} ${address}`;
  const known = compiled.get(key);
  if (known?.text === text) return known.script;
  const script =
    kind === 'classic'
      ? new Script(text, { filename: address })
      : compileModule(kind, address, text, linkage);
  const [oldest] = compiled.keys();
  if (compiled.size >= MOST_KEPT && oldest !== undefined) compiled.delete(oldest);
  compiled.set(key, { text, script });
  if (script instanceof Promise) script.catch(() => compiled.delete(key));
  return script;
};

const MODULE_SYNTAX = /\b(?:import|export)\b/;

const compileModule = (
  kind: ScriptKind,
  address: string,
  text: string,
  linkage: { readonly path: string; readonly read: ReadFile },
): Script | Promise<Script> => {
  try {
    return wrap(kind, address, text);
  } catch (error) {
    if (!MODULE_SYNTAX.test(text)) throw error;
    return import('./link-module.js').then(async ({ linkModule }) =>
      wrap(kind, address, await linkModule(address, text, linkage)),
    );
  }
};

const wrap = (kind: ScriptKind, address: string, text: string): Script => {
  // On the same line, so that the lines of errors are those of the file.
  const head = `(${kind === 'worker-module' ? '' : 'async '}function () { 'use strict'; `;
  return new Script(`${head}${text}\n})`, { filename: address, columnOffset: -head.length });
};
