import { TITLE } from './fuzz-host.js';

/** What a referee knows of a session: what it was granted, and how bytes come back. */
export interface Terms {
  readonly grants: ReadonlySet<string>;
  readonly nativeBytes: boolean;
}

/** A method as the wire and the protocol describe it: written anew, so that it can't be wrong in the same way. */
export interface Method {
  readonly capability: string;
  readonly fits: (params: unknown) => boolean;
  readonly answer: (params: never, terms: Terms) => unknown;
  /** `now`: before the next frame is read; `soon`: after the message; `released`: when the host is told to. */
  readonly answers: 'now' | 'soon' | 'released';
}

/** An object as JSON brings it. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/** Whether it is plain and has these properties, and no others; those with `?` may be missing. */
const record =
  (spec: Readonly<Record<string, (value: unknown) => boolean>>) =>
  (value: unknown): boolean => {
    if (!isPlain(value)) return false;
    const declared = new Map(
      Object.entries(spec).map(([key, fits]) => [key.replace('?', ''), { key, fits }]),
    );
    for (const key of Object.keys(value))
      if (own(value, key) !== undefined && !declared.has(key)) return false;
    return [...declared].every(([name, { key, fits }]) => {
      const property = own(value, name);
      return property === undefined ? key.endsWith('?') : fits(property);
    });
  };

const isInteger = (value: unknown): boolean => Number.isInteger(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const decoded = (value: unknown): Uint8Array | undefined => {
  if (value instanceof Uint8Array) return value;
  try {
    return typeof value === 'string' ? new Uint8Array(Buffer.from(atob(value), 'latin1')) : undefined;
  } catch {
    return undefined;
  }
};
const isBytes = (value: unknown): boolean => (decoded(value)?.length ?? 1025) <= 1024;

/** Plain data without anything that JSON has no place for. */
const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return Array.from(value).every(isJson);
  return (
    isPlain(value) &&
    Object.keys(value).every(
      (key) => own(value, key) === undefined || (key !== '__proto__' && isJson(own(value, key))),
    )
  );
};

/** Without the properties that are there and undefined. */
const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutUndefined(each)]));
};

const tab = (id: number, { grants }: Terms): object => (grants.has('titles') ? { id, title: TITLE } : { id });
const nothing = (): null => null;
const isTabId = record({ id: isInteger });

export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  [
    'read.list',
    {
      capability: 'read',
      fits: record({ 'windowId?': isInteger }),
      answer: ({ windowId = 1 }: { windowId?: number }, terms) => [tab(windowId, terms)],
      answers: 'soon',
    },
  ],
  [
    'read.get',
    {
      capability: 'read',
      fits: isTabId,
      answer: ({ id }: { id: number }, terms) => tab(id, terms),
      answers: 'now',
    },
  ],
  [
    'read.ping',
    {
      capability: 'read',
      fits: (params) => params === null || record({})(params),
      answer: nothing,
      answers: 'now',
    },
  ],
  [
    'control.close',
    {
      capability: 'control',
      fits: record({ id: isInteger, 'dryRun?': isBoolean }),
      answer: nothing,
      answers: 'now',
    },
  ],
  [
    'control.echo',
    { capability: 'control', fits: record({ value: isJson }), answer: withoutUndefined, answers: 'now' },
  ],
  [
    'control.wait',
    { capability: 'control', fits: record({ 'for?': isText }), answer: nothing, answers: 'released' },
  ],
  [
    'control.store',
    {
      capability: 'control',
      fits: record({ data: isBytes }),
      answer: ({ data }: { data: unknown }, { nativeBytes }) => {
        const bytes = decoded(data) as Uint8Array;
        return nativeBytes ? bytes : Buffer.from(bytes).toString('base64');
      },
      answers: 'now',
    },
  ],
  [
    'control.label',
    {
      capability: 'control',
      fits: record({ toString: isText, 'constructor?': isText }),
      answer: nothing,
      answers: 'now',
    },
  ],
  ['control.archive', { capability: 'control', fits: isTabId, answer: nothing, answers: 'now' }],
  [
    'admin.reset',
    {
      capability: 'admin',
      fits: (params) => params === null || record({})(params),
      answer: nothing,
      answers: 'now',
    },
  ],
]);

/** Events, and the property by which they are coalesced. */
export const EVENTS: ReadonlyMap<string, { readonly capability: string; readonly coalesceBy?: string }> =
  new Map<string, { readonly capability: string; readonly coalesceBy?: string }>([
    ['read.changed', { capability: 'read' }],
    ['read.moved', { capability: 'read', coalesceBy: 'id' }],
    ['control.noted', { capability: 'control' }],
    ['admin.audited', { capability: 'admin' }],
  ]);

/** What a handler is given fits as well, with bytes as bytes. */
export const mayBeGiven = (path: string, params: unknown): boolean =>
  METHODS.get(path)?.fits(params) === true &&
  (path !== 'control.store' || (params as { data: unknown }).data instanceof Uint8Array);
