import {
  immediate,
  isCall,
  leaves,
  makesHosts,
  registrationIn,
  runsFunctions,
  scriptsLoadedBy,
} from './recognise.js';
import { functionNamed, type Scope, scopeOf } from './scopes.js';
import { type Loaded, resolveFile, type Script, type SourceType } from './script-files.js';
import {
  childrenOf,
  isFunction,
  type Node,
  nameOf,
  nodeAt,
  nodesAt,
  type Place,
  placeOf,
} from './syntax-tree.js';

/** Why something runs after the first turn. */
interface Late {
  readonly why: string;
  readonly at: Place;
}

/** What is known while code is followed in the order in which it runs. */
interface Flow {
  late: Late | undefined;
  readonly scope: Scope;
  readonly script: Script;
  /** Whether it is known to run, rather than being a function that somebody may call. */
  readonly certain: boolean;
}

export interface LateListener extends Late {
  readonly file: string;
  readonly place: Place;
  /** As written: `onConnect.addListener()`. */
  readonly what: string;
  readonly certain: boolean;
}

export interface TopLevelAwait extends Place {
  readonly file: string;
}

export interface Analysis {
  readonly listeners: readonly LateListener[];
  /** The first await at the top level of a module, of those that are imported statically. */
  readonly awaits: TopLevelAwait | undefined;
}

type Load = (file: string, type: SourceType) => Loaded;

/**
 * Follows a background script from its first line, into what it imports, calls and passes on, and notes which
 * registrations are reached in the first turn and which only later. Functions that are not seen called are
 * followed too, on the assumption that somebody calls them in the first turn.
 */
export const findLateListeners = (entry: Script, type: SourceType, load: Load): Analysis => {
  const found = new Map<string, LateListener | 'in time'>();
  const followed = new Set<string>();
  const scopes = new Map<Node, Scope>();
  const modules = new Map<string, TopLevelAwait | undefined>();
  /** Whether a script so far makes hosts: one may be made in a module and told to listen in another. */
  let hosts = false;
  /** Functions that were seen, and those among them that something known runs. */
  const seen = new Map<Node, Flow>();
  const reached = new Set<Node>();

  const note = (call: Node, what: string, { late, script, certain }: Flow) => {
    const key = `${script.file} ${call.start}`;
    const known = found.get(key);
    if (!late) {
      if (certain) found.set(key, 'in time');
    } else if (known === undefined || (known !== 'in time' && !known.certain)) {
      found.set(key, { ...late, file: script.file, place: placeOf(call), what, certain });
    }
  };

  const run = (fn: Node, flow: Flow, late: Late | undefined, certain = flow.certain): void => {
    if (certain) reached.add(fn);
    const key = `${flow.script.file} ${fn.start} ${late !== undefined} ${certain}`;
    if (followed.has(key)) return;
    followed.add(key);
    const inner: Flow = { ...flow, late, certain, scope: scopes.get(fn) ?? scopeOf(fn, flow.scope) };
    scopes.set(fn, inner.scope);
    for (const param of nodesAt(fn, 'params')) visit(param, inner);
    const body = nodeAt(fn, 'body');
    if (body) visit(body, inner);
  };

  const runNamed = (node: Node | undefined, flow: Flow, late: Late | undefined): void => {
    const name = node?.type === 'Identifier' ? nameOf(node) : undefined;
    const fn = name === undefined ? undefined : functionNamed(name, flow.scope);
    if (fn) run(fn, { ...flow, scope: scopes.get(fn)?.outer ?? ownerOf(name as string, flow.scope) }, late);
  };

  const visitCall = (call: Node, flow: Flow): void => {
    const callee = nodeAt(call, 'callee');
    const args = nodesAt(call, 'arguments');
    const own = immediate(call);
    if (callee && !own) visit(callee, flow);
    const runs = runsFunctions(call);
    const late = (): Late | undefined =>
      flow.late ?? (runs === 'now' || !runs ? undefined : { why: runs, at: placeOf(call) });
    for (const each of args) {
      if (!isFunction(each)) visit(each, flow);
      if (!runs) {
        if (isFunction(each)) remember(each, flow);
      } else if (isFunction(each)) run(each, flow, late());
      else runNamed(each, flow, late());
    }
    if (own) run(own, flow, flow.late);
    else runNamed(callee, flow, flow.late);
    const what = registrationIn(call, hosts);
    if (what !== undefined) note(call, what, flow);
    loadScripts(call, flow);
  };

  const loadScripts = (call: Node, flow: Flow): void => {
    const { kind, files } = scriptsLoadedBy(call);
    for (const each of files) {
      const file = resolveFile(kind === 'import' ? each : `./${each}`.replace('.//', '/'), flow.script.file);
      if (file === undefined) continue;
      const late =
        flow.late ??
        (kind === 'import' ? { why: 'in a module that import() loads', at: placeOf(call) } : undefined);
      evaluate(file, kind === 'import' ? 'module' : 'script', late, flow.certain);
    }
  };

  const remember = (fn: Node, flow: Flow) => {
    if (!seen.has(fn)) seen.set(fn, { ...flow });
  };

  /** Both ways are followed from the same state; a way that leaves the function leaves no trace. */
  const visitBranches = (flow: Flow, branches: readonly (Node | undefined)[]): void => {
    const before = flow.late;
    let after = before;
    for (const branch of branches) {
      flow.late = before;
      if (branch) visit(branch, flow);
      if (!leaves(branch)) after ??= flow.late;
    }
    flow.late = after;
  };

  const visitChoice = (node: Node, flow: Flow): void => {
    const subject = nodeAt(node, 'test') ?? nodeAt(node, 'discriminant');
    if (subject) visit(subject, flow);
    const ways =
      node.type === 'SwitchStatement'
        ? [undefined, ...nodesAt(node, 'cases')]
        : [nodeAt(node, 'consequent'), nodeAt(node, 'alternate')];
    visitBranches(flow, ways);
  };

  const visitForAwait = (node: Node, flow: Flow): void => {
    for (const key of ['right', 'left', 'body']) {
      const child = nodeAt(node, key);
      if (child) visit(child, flow);
      flow.late ??= awaited(node);
    }
  };

  const visit = (node: Node, flow: Flow): void => {
    if (isFunction(node)) remember(node, flow);
    else if (isCall(node)) visitCall(node, flow);
    else if (/^(If|Switch)Statement$|^ConditionalExpression$/.test(node.type)) visitChoice(node, flow);
    else if (node.type === 'ForOfStatement' && node['await'] === true) visitForAwait(node, flow);
    else {
      for (const child of childrenOf(node)) visit(child, flow);
      if (node.type === 'AwaitExpression') flow.late ??= awaited(node);
    }
  };

  /** Runs a script or module; gives the await at a top level that those who import it wait for. */
  const evaluate = (
    file: string,
    sourceType: SourceType,
    late: Late | undefined,
    certain: boolean,
  ): TopLevelAwait | undefined => {
    const key = `${sourceType} ${file} ${late !== undefined} ${certain}`;
    if (modules.has(key)) return modules.get(key);
    modules.set(key, undefined);
    const loaded = load(file, sourceType);
    if (!('script' in loaded)) return undefined;
    const { script } = loaded;
    hosts ||= makesHosts(script.program, script.text);
    let waits: TopLevelAwait | undefined;
    for (const node of nodesAt(script.program, 'body')) {
      const source =
        /^(Import|Export(Named|All))Declaration$/.test(node.type) && nameOf(nodeAt(node, 'source'));
      const target = source ? resolveFile(source, file) : undefined;
      const waited = target === undefined ? undefined : evaluate(target, 'module', late, certain);
      waits ??= waited;
    }
    const imported = waits && { why: `after the top-level await of ${waits.file}`, at: waits };
    const flow: Flow = {
      late: late ?? imported,
      scope: scopeOf(script.program, undefined),
      script,
      certain,
    };
    for (const node of nodesAt(script.program, 'body')) {
      visit(node, flow);
      if (flow.late && !waits && !late) waits = { ...flow.late.at, file };
    }
    modules.set(key, waits);
    return waits;
  };

  const awaits = evaluate(entry.file, type, undefined, true);
  // The functions that nothing known runs, which may hold others.
  for (let rest = [...seen]; rest.length > 0; rest = [...seen].filter(([fn]) => !reached.has(fn))) {
    for (const [fn, flow] of rest) {
      // A declaration is there from the start; any other function is made where it stands.
      const late = fn.type === 'FunctionDeclaration' ? undefined : flow.late;
      if (!reached.has(fn)) run(fn, flow, late, false);
      reached.add(fn);
    }
  }
  const listeners = [...found.values()].filter((each) => each !== 'in time');
  return { listeners, awaits };
};

const awaited = (node: Node): Late => ({ why: 'after an await', at: placeOf(node) });

const ownerOf = (name: string, scope: Scope): Scope => {
  let owner: Scope | undefined = scope;
  while (owner && !owner.names.has(name)) owner = owner.outer;
  return owner ?? scope;
};
