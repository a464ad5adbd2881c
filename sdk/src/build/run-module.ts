import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { failureAt, type Place } from './build-failure.js';
import type { BundledModule } from './bundle-module.js';
import { ownPackage } from './own-package.js';

/** Why a module could not be run: what it threw, and the place in its sources, as far as the stack tells. */
export class ModuleThrew extends Error {
  readonly thrown: unknown;
  readonly place: Place | undefined;

  constructor(thrown: unknown, place: Place | undefined) {
    super('the module threw');
    this.thrown = thrown;
    this.place = place;
  }
}

/**
 * Runs a bundled module in this process and gives its exports. Not for code that nobody here has chosen to
 * run: a protocol's module may do what the build may do. Nothing stays in Node's cache of modules, so that
 * watching for days takes no more memory than an hour.
 * @throws {ModuleThrew}
 */
export const runModule = (file: string, { code, map }: BundledModule): Record<string, unknown> => {
  const filename = `${file}?compiled`;
  const module = { exports: {} as Record<string, unknown> };
  const run = compileFunction(code, ['module', 'exports', 'require'], { filename });
  try {
    run(module, module.exports, createRequire(file));
  } catch (thrown) {
    throw new ModuleThrew(thrown, placeOf(thrown, file, filename, map));
  }
  // Getters become values: nothing of the module runs again.
  return { ...module.exports };
};

const placeOf = (thrown: unknown, file: string, filename: string, map: string): Place | undefined => {
  const { stack = '' } = (thrown ?? {}) as Error;
  const frames = stack.split(`${filename}:`).slice(1);
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload);
  for (const frame of frames) {
    const [, line, column] = /^(\d+):(\d+)/.exec(frame) ?? [];
    const entry = sourceMap.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) continue;
    const source = resolve(dirname(file), entry.originalSource);
    if (ownPackage().owns(source)) continue;
    return { file: source, line: entry.originalLine + 1, column: entry.originalColumn };
  }
  return undefined;
};

/** Says of a module that threw what a person needs: where, and what. */
export const threwFailure = (file: string, { thrown, place }: ModuleThrew) => {
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return failureAt(place ?? file, `the module throws when it is run: ${words.replace(/\s*\n\s*/g, ' ')}`);
};
