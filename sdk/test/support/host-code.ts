import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hostCode } from '../../src/build/host-code/index.js';
import type { Limits } from '../../src/limits/limits.js';
import { fromEither, toBase64, toBytes } from '../../src/protocol/base64.js';
import { type Codec, Conversion, FAIL, type Failure } from '../../src/protocol/conversion.js';
import { withPlans } from '../../src/protocol/define-protocol.js';
import * as kinds from '../../src/protocol/kinds/index.js';
import { codecOf, type LinkedPlan } from '../../src/protocol/kinds/kind.js';
import { generatedFor, linkedPlanOf, planOf } from '../../src/protocol/plan.js';
import type { AnyProtocol, Method } from '../../src/protocol/protocol.js';
import { toTable } from '../../src/protocol/table-codec.js';

/** Runs a compiled module, with these sources' own kinds: Node would look for those of a package. */
export const importCode = async (compiled: string): Promise<Record<string, AnyProtocol>> => {
  const code = compiled.replace(
    /^import \{(.*)\} from 'portico\/kinds';$/m,
    (_, names: string) => `const {${names.replaceAll(' as ', ': ')}} = globalThis.porticoKinds;`,
  );
  Object.assign(globalThis, { porticoKinds: kinds });
  const folder = await mkdtemp(join(tmpdir(), 'portico-host-code-'));
  try {
    const file = join(folder, 'host.mjs');
    await writeFile(file, code);
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** A protocol as the compiler writes it down: plans in place of schemas. */
export const dataOf = (protocol: AnyProtocol): object =>
  JSON.parse(
    JSON.stringify(protocol, (_key, value) =>
      typeof value === 'object' && value !== null && '~plan' in value ? planOf(value) : value,
    ),
  );

/** A way in which values cross: what the interpreter does with them, and what was generated for it. */
export interface Way {
  readonly name: string;
  readonly interpreted: Codec;
  /** `undefined` where the interpreter has to do the work. */
  readonly generated: Codec | undefined;
}

/** Compiles schemas for hosts, together, and gives the ways of each. */
export const waysOf = async (schemas: readonly object[], grants: ReadonlySet<string>): Promise<Way[][]> => {
  const members = Object.fromEntries(
    schemas.map((schema, i) => [`m${i}`, { kind: 'method' as const, params: schema, result: schema }]),
  );
  const protocol = withPlans({
    name: 'org.example.generated',
    version: '1.0.0',
    capabilities: { all: { title: 'All', members } },
  });
  const { made } = await importCode(hostCode(new Map([['made', protocol]]), dataOf));
  return schemas.map((_, i) => ways(made?.capabilities['all']?.members?.[`m${i}`] as Method, grants));
};

const ways = ({ params, result }: Method, grants: ReadonlySet<string>): Way[] => {
  const plan = linkedPlanOf(params as object) as LinkedPlan;
  const out = (name: string, open: ReadonlySet<string>, full: boolean): Way => ({
    name,
    interpreted: codecOf(plan, {
      strict: false,
      opened: (fields) => fields.filter(([, , , gate]) => gate === undefined || open.has(gate)),
      bytes: full ? 'native' : 'base64',
      table: full ? toTable : undefined,
    }),
    generated: generatedFor(result).write?.(full ? toBytes : toBase64, open, full),
  });
  return [
    {
      name: 'parameters',
      interpreted: codecOf(plan, { strict: true, plain: true, bytes: 'read' }),
      generated: generatedFor(params).read?.(fromEither),
    },
    out('results, all gates open, lists as tables', grants, true),
    out('results, all gates shut, lists as they are', new Set(), false),
  ];
};

/** What came of a value: its copy, its size and the steps it took; or why there is none, where the interpreter says. */
export type Answer =
  | { readonly copy: unknown; readonly size: number; readonly steps: number }
  | { readonly refused: Failure['limit'] | 'misfit' };

export const byInterpreter = ({ interpreted }: Way, value: unknown, limits: Limits): Answer => {
  const conversion = new Conversion(limits);
  const copy = conversion.convert(interpreted, value);
  const { size, steps } = conversion;
  return copy === FAIL ? { refused: conversion.failure.limit ?? 'misfit' } : { copy, size, steps };
};

export const byGenerated = ({ generated }: Way, value: unknown, limits: Limits): Answer | undefined => {
  const conversion = new Conversion(limits);
  const copy = conversion.convert(generated as Codec, value);
  const { size, steps } = conversion;
  return copy === undefined ? undefined : { copy, size, steps };
};
