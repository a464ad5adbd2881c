import { posix } from 'node:path';
import { define } from '../realm/define.js';
import { compileScript, type ScriptKind } from '../realm/scripts.js';
import { wordsOf } from '../trace/errors.js';
import type { Context } from './context.js';
import { moveOn } from './document.js';
import { scopeOf } from './scope.js';

/** Runs one script of the context's extension. Says whether it ran to its end. */
const runFile = async (context: Context, kind: ScriptKind, path: string): Promise<boolean> => {
  const { extension } = context;
  const file = posix.normalize(path.replace(/^\//, ''));
  const text = extension?.files.text(file);
  const address = `${extension?.origin}/${file}`;
  if (text === undefined) {
    context.world.report('start', context, `${file} is not there`);
    return false;
  }
  return runText(context, kind, address, text, file);
};

const runText = async (
  context: Context,
  kind: ScriptKind,
  address: string,
  text: string,
  path: string,
): Promise<boolean> => {
  try {
    const read = (file: string): string | undefined => context.extension?.files.text(file);
    const compiled = compileScript(kind, address, text, { path, read });
    // No turn is given away to a script that is compiled already.
    const script = compiled instanceof Promise ? await compiled : compiled;
    const result = context.realm.run(script);
    if (kind === 'classic') return true;
    // A module that waits at its top goes on by itself.
    const running = (result as () => Promise<void> | undefined)();
    running?.then(undefined, (error: unknown) => context.world.report('uncaught', context, error));
    return true;
  } catch (error) {
    context.world.report('uncaught', context, error);
    return false;
  }
};

/** Runs what the manifest names as the background, or the test's function. Says whether it is up. */
export const runBackground = async (context: Context): Promise<boolean> => {
  const { extension, world } = context;
  if (!extension) return false;
  const { background: run } = extension.package;
  if (run) {
    try {
      run(scopeOf(context).chrome, scopeOf(context));
      return true;
    } catch (error) {
      world.report('uncaught', context, error);
      return world.profile.family === 'firefox';
    }
  }
  const { service_worker, scripts = [], type } = extension.manifest.background ?? {};
  if (world.profile.family === 'firefox') {
    for (const script of scripts) await runFile(context, type === 'module' ? 'module' : 'classic', script);
    moveOn(context, 'interactive');
    moveOn(context, 'complete');
    return true;
  }
  if (type !== 'module') giveImportScripts(context);
  const ran = await runFile(context, type === 'module' ? 'worker-module' : 'classic', service_worker ?? '');
  if (!ran) world.report('start', context, 'Service worker registration failed. Status code: 15');
  return ran;
};

const giveImportScripts = (context: Context): void => {
  const { realm, extension } = context;
  const load = (...paths: string[]): void => {
    for (const path of paths) {
      const file = posix.normalize(path.replace(/^\//, ''));
      const text = extension?.files.text(file) ?? '';
      const script = compileScript('classic', `${extension?.origin}/${file}`, text, {
        path: file,
        read: () => undefined,
      });
      if (!(script instanceof Promise)) realm.run(script);
    }
  };
  define(realm.global, 'importScripts', realm.fn('importScripts', load));
};

/** The scripts of a content script's declaration, or the test's function for it. */
export const runContentScript = async (
  context: Context,
  scripts: readonly string[],
  run: ((api: never, scope: never) => void) | undefined,
): Promise<void> => {
  if (run) {
    const scope = scopeOf(context);
    context.call(() => run(scope.chrome as never, scope as never));
  }
  for (const script of scripts) await runFile(context, 'classic', script);
};

interface FoundScript {
  readonly attributes: string;
  readonly text: string;
}

/** The scripts that a document's HTML names, in the order in which they run. */
const scriptsIn = (html: string): FoundScript[] => {
  const found = [...html.matchAll(/<script\b([^>]*)>(.*?)<\/script>/gis)].map(
    ([, attributes = '', text = '']) => ({ attributes, text }),
  );
  const waits = ({ attributes }: FoundScript): boolean => /\bdefer\b|type=["']?module/i.test(attributes);
  return [...found.filter((each) => !waits(each)), ...found.filter(waits)];
};

/** Runs a document's scripts, and tells it how far it is. */
export const runDocument = async (context: Context): Promise<void> => {
  const { html } = context.facts;
  for (const { attributes, text } of html === undefined ? [] : scriptsIn(html)) {
    const kind: ScriptKind = /type=["']?module/i.test(attributes) ? 'module' : 'classic';
    const source = /\bsrc=["']?([^"'\s>]+)/i.exec(attributes)?.[1];
    if (context.state !== 'alive') return;
    if (source === undefined) await runInline(context, kind, text);
    else if (context.extension) await runFile(context, kind, pathFrom(context, source));
  }
  moveOn(context, 'interactive');
  moveOn(context, 'complete');
};

const pathFrom = (context: Context, source: string): string => new URL(source, context.facts.url).pathname;

const runInline = async (context: Context, kind: ScriptKind, text: string): Promise<void> => {
  if (!context.extension) {
    await runText(context, kind, context.facts.url, text, 'inline');
    return;
  }
  const words =
    'Refused to execute inline script because it violates the following Content Security Policy directive: "script-src \'self\'".';
  context.world.report('refused-script', context, words);
};

/** Runs a function of a test in the context, by its source. */
export const evaluateIn = async (
  context: Context,
  source: string,
  args: readonly unknown[],
): Promise<unknown> => {
  const { realm } = context;
  let run: (...args: unknown[]) => unknown;
  try {
    run = realm.compile(source);
  } catch (error) {
    if (wordsOf(error).startsWith('TypeError')) throw error;
    // A method's source has no `function`.
    run = realm.compile(`function ${source}`);
  }
  return run(...args.map((arg) => realm.adopt(structuredClone(arg))));
};
