/** What travels in HELLO, WELCOME and REFUSE. Keys that a receiver doesn't know are dropped: later versions may add. */
import type { WireError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Codec, convert, FAIL } from '../protocol/conversion.js';
import { interpret } from '../protocol/interpret.js';
import type { Plan } from '../protocol/plan.js';

/** Ports of Portico are named so, followed by the protocol's name. Ports of other names are left alone. */
export const PORT_PREFIX = 'portico:';

/** What a hello carries to find out how bytes may travel. */
export const PROBE = /* @__PURE__ */ new Uint8Array([80]);

/** The client's first frame. */
export interface Hello {
  /** Wire versions, any order. */
  wire: number[];
  /** Versions of the protocol that the client speaks: a set, not one offer. */
  versions: string[];
  /** Capabilities without which the client would not go on. */
  needs: string[];
  /** Capabilities it can do without. */
  wants: string[];
  /** {@link PROBE}: whether it arrives as one tells how bytes may travel. */
  probe?: unknown;
  /** What the client calls itself; nobody vouches for it. */
  name?: string;
}

/** The host's answer to an admitted client. */
export interface Welcome {
  wire: number;
  /** The version both speak from now on. */
  version: string;
  session: string;
  /** The run of the host's background; a new one each time it starts. */
  instance: string;
  granted: string[];
  /** Refused capabilities among those wanted, with the code of the reason. */
  refused: Record<string, string>;
  limits: { calls: number };
  bytes: 'native' | 'base64';
}

/** The host's answer to everybody else. */
export interface Refusal extends WireError {
  /** Milliseconds after which asking again may help; absent when it won't. */
  retryAfter?: number;
}

const text = (maxLength: number): Plan => ['s', { maxLength }];
const list = (item: Plan, maxItems: number): Plan => ['a', item, { maxItems }];
const names = list(text(64), 256);
const count: Plan = ['i', { minimum: 0 }];

const HELLO: Plan = [
  'o',
  [
    ['wire', list(count, 16), 1],
    ['versions', list(text(32), 16), 1],
    ['needs', names, 1],
    ['wants', names, 1],
    ['name', text(128), 0],
  ],
];
const WELCOME: Plan = [
  'o',
  [
    ['wire', count, 1],
    ['version', text(32), 1],
    ['session', text(64), 1],
    ['instance', text(64), 1],
    ['granted', names, 1],
    ['refused', ['o', [], [['', text(64)]]], 1],
    ['limits', ['o', [['calls', ['i', { minimum: 1 }], 1]]], 1],
    ['bytes', ['e', ['native', 'base64']], 1],
  ],
];

const reader = <T>(plan: Plan): ((value: unknown, limits: Limits) => T | undefined) => {
  let codec: Codec | undefined;
  return (value, limits) => {
    codec ??= interpret(plan, { strict: false, plain: true, bytes: () => undefined });
    const result = convert(codec, value, limits);
    return result === FAIL ? undefined : (result as T);
  };
};

/** Reads a hello; `undefined` when it is none. */
export const readHello = /* @__PURE__ */ reader<Hello>(HELLO);

/** Reads a welcome; `undefined` when it is none. */
export const readWelcome = /* @__PURE__ */ reader<Welcome>(WELCOME);
