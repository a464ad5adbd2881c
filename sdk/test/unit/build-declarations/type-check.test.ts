import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Protocol } from 'portico';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tabs } from '../../../../host-extension/src/tabs.protocol.js';
import { declarationsOf } from '../../../src/build/declarations/index.js';
import { notes, oldNotes } from '../../types/notes.protocol.js';
import { rich } from '../../types/rich.protocol.js';
import { odd } from './odd.protocol.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const types = join(root, 'sdk/test/types');

/** Modules of protocols, by the name of the file that is written for each. */
const MODULES = {
  tabs: { file: join(root, 'host-extension/src/tabs.protocol.ts'), protocols: { tabs } },
  notes: { file: join(types, 'notes.protocol.ts'), protocols: { notes, oldNotes } },
  rich: { file: join(types, 'rich.protocol.ts'), protocols: { rich } },
  odd: { file: join(root, 'sdk/test/unit/build-declarations/odd.protocol.ts'), protocols: { odd } },
};

const EQUAL = `
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
`;
/** What a member carries, and nothing of how it is written. */
const TYPES = `
type Types<M> = M extends { readonly '~types'?: infer T } ? T : never;
`;

/** For each member, the demand that its types are the same compiled and not. */
const comparison = (name: keyof typeof MODULES): string => {
  const { file, protocols } = MODULES[name];
  const lines = Object.entries<Protocol>(protocols).flatMap(([exported, protocol]) => {
    const same = (wrap: string, path: string): string => {
      const [ours, theirs] = ['compiled', 'source'].map(
        (from) => `${wrap}<(typeof ${from}.${exported})${path}>`,
      );
      return `true satisfies Equal<${ours}, ${theirs}>;`;
    };
    const members = Object.entries(protocol.capabilities).flatMap(([capability, { members = {} }]) =>
      Object.keys(members).map((member) =>
        same('Types', `['capabilities']['${capability}']['members']['${member}']`),
      ),
    );
    return [...members, same('NonNullable', "['~errors']"), same('NonNullable', "['version']")];
  });
  return [
    `import type * as source from '${file.replace(/\.ts$/, '.js')}';`,
    `import type * as compiled from './${name}.js';`,
    EQUAL,
    TYPES,
    ...lines,
    '',
  ].join('\n');
};

describe('the declarations of compiled protocols', () => {
  let folder = '';
  let errors: string[] = [];
  const written: Record<string, string> = {};

  beforeAll(() => {
    mkdirSync(join(root, 'build'), { recursive: true });
    folder = mkdtempSync(join(root, 'build/declarations-'));
    const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
    for (const [name, { file, protocols }] of Object.entries(MODULES)) {
      const sources = new Map([[file, readFileSync(file, 'utf8')]]);
      written[name] = declarationsOf(new Map(Object.entries<Protocol>(protocols)), sources);
    }
    // What `typed` says of it in the source is not known to the protocol that runs.
    written['notes'] = `${written['notes']}`.replace('Record<string, unknown>', '{ readonly id: number }');
    // Not as .d.ts: in these, with skipLibCheck, mistakes go unseen.
    for (const [name, text] of Object.entries(written)) write(`${name}.ts`, text);
    appendFileSync(join(folder, 'notes.ts'), 'export type Notes = typeof notes;\n');
    write('tabs-equal.ts', comparison('tabs'));
    write('notes-equal.ts', comparison('notes'));
    write('rich-equal.ts', comparison('rich'));
    for (const file of ['client', 'serving', 'rich']) {
      const text = readFileSync(join(types, `${file}.test-d.ts`), 'utf8');
      const compiled = text
        .replace("'./notes.protocol.js'", "'./notes.js'")
        .replace("'./rich.protocol.js'", "'./rich.js'");
      write(`${file}.test-d.ts`, compiled);
    }
    write('wrong.ts', `${EQUAL}true satisfies Equal<{ a: 1 }, { a?: 1 }>;\n`);
    write(
      'tsconfig.json',
      JSON.stringify({ extends: join(root, 'tsconfig.test.json'), include: ['*.ts'], references: [] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    // What is wrong elsewhere is told elsewhere.
    errors = stdout.split('\n').filter((line) => /^[\w.-]+\(/.test(line));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const errorsIn = (...files: string[]): string[] =>
    errors.filter((line) => files.some((file) => line.startsWith(`${file}(`)));

  test('compile by themselves', () => {
    expect(errorsIn(...Object.keys(written).map((name) => `${name}.ts`))).toEqual([]);
  });

  test('have the types that are inferred of the uncompiled ones', () => {
    expect(errorsIn('tabs-equal.ts', 'notes-equal.ts', 'rich-equal.ts')).toEqual([]);
  });

  test('let pass, and refuse, what the uncompiled ones do', () => {
    expect(errorsIn('client.test-d.ts', 'serving.test-d.ts', 'rich.test-d.ts')).toEqual([]);
  });

  test('are compared by a comparison that can fail', () => {
    expect(errorsIn('wrong.ts')).toEqual([expect.stringContaining('error TS1360')]);
    expect(errors).toHaveLength(1);
  });

  test('import from portico alone', () => {
    for (const text of Object.values(written)) {
      expect(text.match(/^import .*$/gm)).toEqual([
        expect.stringMatching(/^import type \{ [\w, ]+ \} from 'portico';$/),
      ]);
      expect(text).not.toMatch(/typebox|import\(|\bany\b/i);
    }
  });
});
