import { dirname, resolve } from 'node:path';
import { parse } from '@babel/parser';

/** The source of a protocol, as far as comments and names of constants are read from it. */

type Program = ReturnType<typeof parse>['program'];
type Statement = Program['body'][number];
type Declaration = Extract<Statement, { type: 'VariableDeclaration' }>;
export type Expression = NonNullable<Declaration['declarations'][number]['init']>;
export type ObjectLiteral = Extract<Expression, { type: 'ObjectExpression' }>;
type Commented = Pick<Statement, 'leadingComments'>;

interface Constant {
  readonly init: Expression;
  readonly comment: string | undefined;
}

export interface SourceModule {
  readonly path: string;
  readonly constants: ReadonlyMap<string, Constant>;
  /** What an imported name is called where it comes from, and where that is. */
  readonly imports: ReadonlyMap<string, { readonly name: string; readonly from: string }>;
}

/** A module's top-level constants and imports; `undefined` where it can't be parsed. */
export const readModule = (path: string, text: string): SourceModule | undefined => {
  const body = statements(text);
  if (body === undefined) return undefined;
  const constants = new Map<string, Constant>();
  const imports = new Map<string, { name: string; from: string }>();
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      for (const each of statement.specifiers) {
        if (each.type !== 'ImportSpecifier') continue;
        const { imported } = each;
        const name = imported.type === 'Identifier' ? imported.name : imported.value;
        imports.set(each.local.name, { name, from: statement.source.value });
      }
      continue;
    }
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'VariableDeclaration') addConstants(declared, statement, constants);
    if (statement.type === 'ExportDefaultDeclaration') {
      const init = statement.declaration as Expression;
      constants.set('default', { init, comment: commentBefore(statement) });
    }
  }
  return { path, constants, imports };
};

const statements = (text: string): readonly Statement[] | undefined => {
  try {
    const plugins = ['typescript', 'decorators'] as const;
    return parse(text, { sourceType: 'module', errorRecovery: true, plugins: [...plugins] }).program.body;
  } catch {
    // Comments are a courtesy: whoever compiles the module tells what is wrong with it.
    return undefined;
  }
};

const addConstants = (
  declared: Declaration,
  statement: Statement,
  constants: Map<string, Constant>,
): void => {
  for (const { id, init } of declared.declarations) {
    if (id.type !== 'Identifier' || !init) continue;
    // Of several in one statement, nobody knows whom the comment is about.
    const comment = declared.declarations.length === 1 ? commentBefore(statement) : undefined;
    constants.set(id.name, { init, comment });
  }
};

/** The text of the doc comment that stands right before. */
export const commentBefore = ({ leadingComments }: Commented): string | undefined => {
  const last = leadingComments?.at(-1);
  if (last?.type !== 'CommentBlock' || !last.value.startsWith('*')) return undefined;
  const lines = last.value.slice(1).split(/\r\n?|\n/);
  return lines
    .map((line, index) => (index === 0 ? line : line.replace(/^\s*\* ?/, '')))
    .join('\n')
    .trim();
};

/** The module that another one imports, if its source is at hand. */
export const importedModule = (
  modules: ReadonlyMap<string, SourceModule>,
  from: string,
  specifier: string,
): SourceModule | undefined => {
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(from), specifier);
  // TypeScript is imported by the name that its output will have.
  const written = path.replace(/\.(m?)js$/, '.$1ts');
  const candidates = [path, written, `${path}.ts`, `${path}.js`, `${path}/index.ts`, `${path}/index.js`];
  return candidates.map((each) => modules.get(each)).find((each) => each !== undefined);
};
