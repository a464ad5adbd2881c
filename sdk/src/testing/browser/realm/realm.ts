import { deserialize, serialize } from 'node:v8';
import { createContext, Script, type Context as VmContext } from 'node:vm';
import { type Deferred, type Outcome, type Toolkit, toolkitScript } from './toolkit.js';

/** What an API of the browser throws or rejects with: becomes an error of the caller's realm. */
export class ApiError extends Error {
  override readonly name: string;
  constructor(message: string, name = 'Error') {
    super(message);
    this.name = name;
  }
}

/** A global scope with its own classes. */
export interface Realm {
  readonly global: Record<string, unknown>;
  readonly toolkit: Toolkit;
  parse(text: string): unknown;
  adopt(value: unknown): unknown;
  /** A function of the realm. What `run` throws as an ApiError is an error of the realm to its caller. */
  fn(name: string, run: (...args: never[]) => unknown): (...args: unknown[]) => unknown;
  deferred(): Deferred;
  error(error: ApiError): Error;
  run(script: Script): unknown;
  /** The function whose source this is, made in the realm. */
  compile(source: string): (...args: unknown[]) => unknown;
}

const outcomeOf = (run: () => unknown): Outcome => {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { error: { name: error.name, message: error.message } };
  }
};

const realmOn = (toolkit: Toolkit, rest: Pick<Realm, 'global' | 'run' | 'compile'>): Realm => ({
  ...rest,
  toolkit,
  parse: toolkit.parse,
  adopt: toolkit.adopt,
  fn: (name, run) => toolkit.fn(name, (args) => outcomeOf(() => run(...(args as never[])))),
  deferred: toolkit.promise,
  error: ({ name, message }) => toolkit.error(name, message),
});

const MOST_KEPT = 200;
const functions = new Map<string, Script>();

/** The same function is often evaluated again and again. */
const functionScript = (source: string): Script => {
  const script = functions.get(source) ?? new Script(`(${source}\n)`, { filename: 'evaluate' });
  if (functions.size >= MOST_KEPT) functions.clear();
  functions.set(source, script);
  return script;
};

/** A fresh realm, for scripts. Extensions may not make code from text. */
export const createVmRealm = (mayEvaluate: boolean): Realm => {
  const global: VmContext = createContext({}, { codeGeneration: { strings: mayEvaluate, wasm: true } });
  const run = (script: Script): unknown => script.runInContext(global);
  return realmOn(run(toolkitScript()) as Toolkit, {
    global: global as Record<string, unknown>,
    run,
    compile: (source) => run(functionScript(source)) as never,
  });
};

/** The test's own realm with a scope of its own, for plain functions. */
export const createPlainRealm = (where: string): Realm =>
  realmOn(toolkitScript().runInThisContext() as Toolkit, {
    global: {},
    run() {
      throw new TypeError(`${where} is a plain function and runs no scripts`);
    },
    compile() {
      throw new TypeError(`${where} is a plain function of the test: call what it gives instead of evaluate`);
    },
  });

/** A copy in the test's own realm of what came out of another one. @throws where it can't be cloned */
export const bringHome = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`evaluate gives what can be cloned; this is a ${typeof value}`);
    return value;
  }
  try {
    return home().adopt(deserialize(serialize(value)));
  } catch (error) {
    throw new TypeError(`evaluate gives what can be cloned: ${(error as Error).message}`);
  }
};

/** An error of another realm as one of the test's own, with what it carries. */
export const bringErrorHome = (thrown: unknown): unknown => {
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  const { name, message, stack } = thrown as Partial<Error>;
  const error = home().error(String(name ?? 'Error'), String(message ?? ''));
  if (typeof stack === 'string') Object.defineProperty(error, 'stack', { value: stack, configurable: true });
  for (const key of Object.keys(thrown)) {
    if (key === 'stack' || key === 'message') continue;
    try {
      Object.assign(error, { [key]: bringHome((thrown as Record<string, unknown>)[key]) });
    } catch {
      // What can't be cloned stays behind.
    }
  }
  return error;
};

/** A copy of a realm's value in Node's own realm: some of Node's functions take no other. */
export const adoptHome = (value: unknown): unknown => home().adopt(value);

let homeToolkit: Toolkit | undefined;
const home = (): Toolkit => {
  homeToolkit ??= toolkitScript().runInThisContext() as Toolkit;
  return homeToolkit;
};
