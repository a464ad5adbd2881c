import type { Finding } from './finding.js';
import { type Analysis, findLateListeners } from './late-listeners.js';
import { backgroundEntries, createLoader, type Entry, type Loaded, type SourceType } from './script-files.js';
import { error, type Subject } from './subject.js';

/** Whether the background's scripts start at all, and listen in their first turn. */
export const checkScripts = (dir: string, { manifest, browsers }: Subject): readonly Finding[] => {
  const load = createLoader(dir);
  const found = new Map<string, Finding>();
  for (const entry of backgroundEntries(dir, manifest)) {
    if (entry.worker && !browsers.has('chromium')) continue;
    for (const each of checkEntry(entry, load)) {
      found.set(`${each.code} ${each.file} ${each.path}`, each);
    }
  }
  return [...found.values()];
};

const checkEntry = (entry: Entry, load: (file: string, type: SourceType) => Loaded): readonly Finding[] => {
  const problems: Finding[] = [];
  const noting = (file: string, type: SourceType): Loaded => {
    const loaded = load(file, type);
    const problem = problemOf(file, loaded, file === entry.file ? entry.path : undefined);
    if (problem) problems.push(problem);
    return loaded;
  };
  const first = noting(entry.file, entry.type);
  if (!('script' in first)) return problems;
  const analysis = analyse(entry, first.script, noting);
  return analysis
    ? [...problems, ...findingsOf(entry, analysis)]
    : [...problems, unread(entry.file, 'it is nested too deeply')];
};

const analyse = (
  ...[entry, script, load]: [
    Entry,
    Parameters<typeof findLateListeners>[0],
    Parameters<typeof findLateListeners>[2],
  ]
): Analysis | undefined => {
  try {
    return findLateListeners(script, entry.type, load);
  } catch (cause) {
    // A generated file can be nested more deeply than the stack allows.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
};

const unread = (file: string, why: string, path?: string): Finding => ({
  code: 'script-unread',
  severity: 'warning',
  file,
  ...(path === undefined ? {} : { path }),
  message: `This script can't be judged: ${why}. If the browser does not understand it either, nothing of it runs.`,
  remedy: 'Correct it, or see in the browser that it listens in its first turn.',
});

const problemOf = (file: string, loaded: Loaded, path: string | undefined): Finding | undefined => {
  if ('script' in loaded) return undefined;
  if ('tooLarge' in loaded) return unread(file, 'it has more than 16 MiB');
  if ('problem' in loaded) {
    const { line, column, text } = loaded.problem;
    if (!loaded.isModule) return unread(file, text, `${line}:${column}`);
    return {
      code: 'script-not-module',
      severity: 'error',
      file,
      path: `${line}:${column}`,
      message:
        'This is a module, but the browser loads it as a classic script: it does not parse, and nothing of it runs.',
      remedy:
        'Add "type": "module" to the background (or to its script tag), or bundle it as a classic script.',
    };
  }
  if (path !== undefined) {
    return error('script-missing', path, [
      `There is no file ${file} in the folder: the browser refuses the extension or starts no background.`,
      'Build it, or correct the path; it is relative to the folder of the manifest.',
    ]);
  }
  return {
    code: 'script-missing',
    severity: 'warning',
    file,
    message:
      'This file is imported and not in the folder: the import fails, and a static one takes the whole background with it.',
    remedy: 'Build it, or correct the path in the import, which browsers take as it is.',
  };
};

const findingsOf = (entry: Entry, { awaits, listeners }: Analysis): readonly Finding[] => {
  const found: Finding[] = listeners.map(({ file, place, what, why, at, certain }) => ({
    code: 'listener-late',
    severity: certain ? 'error' : 'warning',
    file,
    path: `${place.line}:${place.column}`,
    message: `${what} is called ${why} (${at.line}:${at.column}), after the first turn of the background: a browser that starts the background for a connection may find no listener then, and the port closes with "Receiving end does not exist".`,
    remedy: 'Call it at the top level, before anything is awaited, and await inside the handlers.',
  }));
  if (entry.worker && awaits) {
    found.push({
      code: 'top-level-await',
      severity: 'error',
      file: awaits.file,
      path: `${awaits.line}:${awaits.column}`,
      message:
        'Chromium allows no top-level await in a service worker: the worker is never registered, and nothing of it runs.',
      remedy: 'Move what is awaited into a function, and await that inside the handlers.',
    });
  }
  return found;
};
