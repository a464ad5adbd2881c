import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../setup.mjs';

/**
 * How long `tsc` takes for a large protocol with a client that calls and a host that provides all of it,
 * before and after it is compiled.
 */

const CAPABILITIES = 20;
const METHODS = 20;
const SECONDS = 6;

/** The properties of parameters and results. @param {number} n */
const properties = (n) => `{
  id: Type.Integer({ minimum: 0 }), name${n}: Type.String({ maxLength: 50 }), active: Type.Boolean(),
  kind: Type.Union([Type.Literal('a${n}'), Type.Literal('b'), Type.Literal('c')]),
  tags: Type.Array(Type.String()), at: Type.Optional(Type.Number()), note: Type.Optional(Type.String()),
  size: Type.Tuple([Type.Number(), Type.Number()]), parent: Type.Union([Type.Integer(), Type.Null()]),
  owner: Type.Object({ id: Type.Integer(), name: Type.String() }),
}`;

/** A value of these. @param {number} n */
const value = (n) =>
  `{ id: 1, name${n}: 'x', active: true, kind: 'b', tags: [], size: [1, 2], parent: null, owner: { id: 1, name: 'y' } }`;

/** @param {(capability: number) => string} each */
const capabilities = (each) => Array.from({ length: CAPABILITIES }, (_, index) => each(index)).join('\n');

/** @param {number} capability @param {(n: number) => string} each */
const methods = (capability, each) =>
  Array.from({ length: METHODS }, (_, index) => each(capability * METHODS + index)).join('\n');

/** @param {number} n */
const result = (n) => n + CAPABILITIES * METHODS;

const protocol = () => `
import { defineProtocol, method } from 'portico';
import { Type } from 'typebox';
export const large = defineProtocol({
  name: 'org.example.large', version: '1.0.0',
  errors: { gone: Type.Object({ id: Type.Integer() }) },
  capabilities: { ${capabilities(
    (c) =>
      `c${c}: { title: 'Capability ${c}', members: { ${methods(
        c,
        (n) =>
          `/** Method ${n}. */ m${n}: method({ params: Type.Object(${properties(n)}), result: Type.Array(Type.Object(${properties(result(n))})), errors: ['gone'] }),`,
      )} } },`,
  )} },
});
`;

const client = () => `
import { connect } from 'portico/client';
import { large } from './large.protocol.js';
const client = connect(large, { needs: [${capabilities((c) => `'c${c}',`)}] });
export const run = async (): Promise<void> => {
${capabilities((c) => methods(c, (n) => `void (await client.c${c}.m${n}(${value(n)}))[0]?.owner.id.toFixed();`))}
};
`;

const host = () => `
import { allow, anyExtension, createHost } from 'portico/host';
import { large } from './large.protocol.js';
const admit = [allow(anyExtension())] as const;
export const served = createHost().publish(large, {
${capabilities(
  (c) =>
    `c${c}: { admit, provide: () => ({ ${methods(
      c,
      (n) =>
        `m${n}: ({ id }, call) => { if (id < 0) throw call.fail('gone', { id }); return [${value(result(n))}]; },`,
    )} }) },`,
)}
});
`;

const settings = {
  compilerOptions: {
    ...{ target: 'es2022', module: 'nodenext', types: [], lib: ['es2023', 'dom', 'dom.iterable'] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, noEmit: true },
  },
};

/** Seconds that `tsc` takes in a folder. @param {string} folder */
const check = (folder) => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'], {
    encoding: 'utf8',
  });
  const seconds = Number(/^Total time:\s+([\d.]+)s$/m.exec(stdout)?.[1]);
  if (status !== 0 || Number.isNaN(seconds)) throw new Error(`tsc failed:\n${stdout.slice(0, 2000)}`);
  return seconds;
};

/**
 * Measures it; the SDK has been built.
 * @param {(line: string) => void} say @param {number} times
 * @returns {Promise<{ name: string, metric: string, value: number }[]>} medians
 */
export async function measureTypes(say, times = 5) {
  const { compileProtocol } = await import(/** @type {string} */ ('../../sdk/dist/build.js'));
  // Within the repository, where `portico` and `typebox` are found as they are in anybody's.
  await mkdir(join(root, 'build'), { recursive: true });
  const folder = await mkdtemp(join(root, 'build/bench-types-'));
  try {
    const [uncompiled, compiled] = ['uncompiled', 'compiled'].map((name) => join(folder, name));
    for (const each of /** @type {string[]} */ ([uncompiled, compiled])) {
      await mkdir(each);
      const files = { 'client.ts': client(), 'host.ts': host(), 'package.json': '{ "type": "module" }' };
      for (const [name, text] of Object.entries({ ...files, 'tsconfig.json': JSON.stringify(settings) }))
        await writeFile(join(each, name), text);
    }
    const source = join(/** @type {string} */ (uncompiled), 'large.protocol.ts');
    await writeFile(source, protocol());
    const { declarations } = await compileProtocol(source);
    await writeFile(join(/** @type {string} */ (compiled), 'large.protocol.d.ts'), declarations);
    say(
      `tsc, a protocol of ${CAPABILITIES * METHODS} methods with a client and a host; median of ${times}\n`,
    );
    return [uncompiled, compiled].map((each, index) => {
      const name = index === 0 ? 'uncompiled' : 'compiled';
      const runs = Array.from({ length: times }, () => check(/** @type {string} */ (each)));
      const median = /** @type {number} */ (runs.sort((a, b) => a - b)[Math.floor(times / 2)]);
      say(
        `${name.padEnd(11)} ${median.toFixed(1)} s; target at most ${SECONDS}: ${median <= SECONDS ? 'met' : 'MISSED'}`,
      );
      return { name, metric: 'types', value: median };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
