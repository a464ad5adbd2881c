import type { AnyProtocol } from '../../protocol/protocol.js';
import {
  commentBefore,
  type Expression,
  importedModule,
  type ObjectLiteral,
  type SourceModule,
} from './source-module.js';

/**
 * Where something of a protocol is written: the expression behind wrappers and names of constants. Found by
 * reading alone, so where a definition is computed there is no place, and nothing depends on there being one.
 */
export interface Place {
  readonly expression: Expression;
  readonly module: SourceModule;
  readonly modules: ReadonlyMap<string, SourceModule>;
  /** The doc comment before the property or the constant that holds it. */
  readonly comment: string | undefined;
  /** The constant that holds it. */
  readonly constant: { readonly name: string; readonly comment: string | undefined } | undefined;
}

/** Names that lead to names: more than anybody writes, and an end to those that lead in circles. */
const STEPS = 32;

type Origin = Pick<Place, 'module' | 'modules'>;

/** Follows names to what they stand for. */
const placeOf = (
  expression: Expression,
  origin: Origin,
  comment?: string,
  constant?: Place['constant'],
  steps = STEPS,
): Place | undefined => {
  if (steps === 0) return undefined;
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return placeOf(expression.expression, origin, comment, constant, steps - 1);
    case 'Identifier': {
      const { name } = expression;
      const found = lookUp(name, origin, steps);
      if (!found) return undefined;
      const { init, comment: own } = found.constant;
      const held = constant ?? { name, comment: own };
      return placeOf(init, { ...origin, module: found.module }, comment ?? own, held, steps - 1);
    }
    default:
      return { expression, module: origin.module, modules: origin.modules, comment, constant };
  }
};

const lookUp = (name: string, { module, modules }: Origin, steps: number) => {
  let from: SourceModule | undefined = module;
  let sought = name;
  for (let left = steps; from && left > 0; left--) {
    const constant = from.constants.get(sought);
    if (constant) return { constant, module: from };
    const imported = from.imports.get(sought);
    if (!imported) return undefined;
    from = importedModule(modules, from.path, imported.from);
    sought = imported.name;
  }
  return undefined;
};

/** What stands at a key of an object literal, spreads included. */
export const property = (place: Place | undefined, key: string, steps = STEPS): Place | undefined => {
  if (place?.expression.type !== 'ObjectExpression' || steps === 0) return undefined;
  // From the end: of two, the later one counts.
  for (const each of place.expression.properties.toReversed()) {
    if (each.type === 'ObjectProperty' && keyOf(each) === key) {
      return placeOf(each.value as Expression, place, commentBefore(each));
    }
    if (each.type !== 'SpreadElement') continue;
    const spread = placeOf(each.argument, place);
    const found = property(spread, key, steps - 1);
    if (found) return found;
  }
  return undefined;
};

const keyOf = ({
  key,
  computed,
}: Extract<ObjectLiteral['properties'][number], { type: 'ObjectProperty' }>) => {
  if (key.type === 'StringLiteral') return key.value;
  return key.type === 'Identifier' && !computed ? key.name : undefined;
};

/** The arguments of a call; of anything else, none. */
export const argumentsOf = (place: Place | undefined): (Place | undefined)[] =>
  place?.expression.type === 'CallExpression'
    ? place.expression.arguments.map((each) => placeOf(each as Expression, place))
    : [];

/** The elements of a list; of anything else, none. */
export const elementsOf = (place: Place | undefined): (Place | undefined)[] =>
  place?.expression.type === 'ArrayExpression'
    ? place.expression.elements.map((each) => (each ? placeOf(each as Expression, place) : undefined))
    : [];

/** The last name of what is called: `Object` for `Type.Object(…)`, `typed` for `typed<Tree>()(…)`. */
export const calledName = ({ expression }: Place): string | undefined => {
  if (expression.type !== 'CallExpression') return undefined;
  let { callee } = expression;
  while (callee.type === 'CallExpression') callee = callee.callee;
  const named = callee.type === 'MemberExpression' ? callee.property : callee;
  return named.type === 'Identifier' ? named.name : undefined;
};

/** Where a protocol is defined: the argument of its `defineProtocol`. */
export const definitionOf = (
  modules: ReadonlyMap<string, SourceModule>,
  exported: string,
  { name, version }: AnyProtocol,
): Place | undefined => {
  const found = [...modules.values()].flatMap((module) =>
    [...module.constants].flatMap(([constant, { init, comment }]) => {
      const call = placeOf(init, { module, modules }, comment);
      if (!call || calledName(call) !== 'defineProtocol') return [];
      const [definition] = argumentsOf(call);
      if (!definition || differs(definition, 'name', name) || differs(definition, 'version', version))
        return [];
      return [{ constant, definition: { ...definition, comment: call.comment } }];
    }),
  );
  return (found.find(({ constant }) => constant === exported) ?? found[0])?.definition;
};

/** Whether the source says something else in so many words. */
const differs = (definition: Place, key: string, value: string): boolean => {
  const expression = property(definition, key)?.expression;
  return expression?.type === 'StringLiteral' && expression.value !== value;
};
