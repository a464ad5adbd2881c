import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildFailure, failureAt } from './build-failure.js';

/** The files of a bundle, each with what its imports say and lead to. */
type ImportGraph = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Whether a file came with a package. What circles in there is its author's to know. */
export const isInstalled = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

/**
 * The first circle among a protocol's own modules, as a failure that names it. Modules that import each other
 * in a circle see each other's exports too early, which shows as `undefined` in a schema, or not at all.
 */
export const circleAmong = (graph: ImportGraph): BuildFailure | undefined => {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (done.has(file) || isInstalled(file)) return undefined;
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    path.push(file);
    for (const target of graph.get(file)?.values() ?? []) {
      const circle = visit(target);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file);
    if (circle) return failureOf(graph, circle);
  }
  return undefined;
};

const failureOf = (graph: ImportGraph, circle: readonly string[]): BuildFailure => {
  const [first, second] = circle as [string, string];
  const [specifier = ''] = [...(graph.get(first) ?? [])].find(([, target]) => target === second) ?? [];
  const lines = readFileSync(first, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(`'${specifier}'`) || text.includes(`"${specifier}"`));
  const names = circle.map((file) => basename(file)).join(' → ');
  return failureAt(
    { file: first, line: line + 1 || 1, column: 0 },
    `imports in a circle, ${names}: move what they share to a module that imports none of them`,
  );
};
