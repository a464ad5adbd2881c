/** What travels in HELLO, WELCOME and REFUSE. Keys that a receiver doesn't know are dropped: later versions may add. */
import type { WireError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import { type Codec, convert, FAIL } from '../protocol/conversion.js';
import { maxItems, maxLength, minimum } from '../protocol/kinds/checks.js';
import { codecOf, type LinkedField, type LinkedPlan } from '../protocol/kinds/kind.js';
import { list } from '../protocol/kinds/list.js';
import { object } from '../protocol/kinds/object.js';
import { integer, oneOf, string } from '../protocol/kinds/scalars.js';

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
  /** 1: the client can answer a CHALLENGE. */
  proof?: number;
  /** A partner token. */
  token?: string;
}

/** What a session may use. The lists are of capabilities that were asked for, and no capability is in two of them. */
export interface Standing {
  granted: string[];
  /** With the code of the reason. */
  refused: Record<string, string>;
  /** A person is being asked. Absent for none. */
  pending?: string[];
}

/** What a client asks for beside what it has, and what it gives back. */
export interface GrantRequest {
  ask: string[];
  drop: string[];
}

/** The host's word that a person is being asked, instead of an answer. */
export interface Pending {
  capabilities: string[];
  /** Milliseconds after which the host gives up. */
  expiresIn: number;
}

/** The host's answer to an admitted client. */
export interface Welcome extends Standing {
  wire: number;
  /** The version both speak from now on. */
  version: string;
  session: string;
  /** The run of the host's background; a new one each time it starts. */
  instance: string;
  limits: { calls: number };
  bytes: 'native' | 'base64';
}

/** The host's answer to everybody else. */
export type Refusal = WireError;

const text = (most: number): LinkedPlan => [string, [[maxLength, most]]];
const several = (item: LinkedPlan, most: number): LinkedPlan => [list, item, [[maxItems, most]]];
const names = several(text(64), 256);
const count: LinkedPlan = [integer, [[minimum, 0]]];

const HELLO: LinkedPlan = [
  object,
  [
    ['wire', several(count, 16), 1],
    ['versions', several(text(32), 16), 1],
    ['needs', names, 1],
    ['wants', names, 1],
    ['name', text(128), 0],
    ['proof', count, 0],
    ['token', text(4096), 0],
  ],
];
const standing: readonly LinkedField[] = [
  ['granted', names, 1],
  ['refused', [object, [], [['', text(64)]]], 1],
  ['pending', names, 0],
];
const WELCOME: LinkedPlan = [
  object,
  [
    ...standing,
    ['wire', count, 1],
    ['version', text(32), 1],
    ['session', text(64), 1],
    ['instance', text(64), 1],
    ['limits', [object, [['calls', [integer, [[minimum, 1]]], 1]]], 1],
    ['bytes', [oneOf, ['native', 'base64']], 1],
  ],
];

const reader = <T>(plan: LinkedPlan): ((value: unknown, limits: ClientLimits) => T | undefined) => {
  let codec: Codec | undefined;
  return (value, limits) => {
    codec ??= codecOf(plan, { strict: false, plain: true, bytes: 'read' });
    const result = convert(codec, value, limits);
    return result === FAIL ? undefined : (result as T);
  };
};

/** Reads a hello; `undefined` when it is none. */
export const readHello = /* @__PURE__ */ reader<Hello>(HELLO);

/** Reads a welcome; `undefined` when it is none. */
export const readWelcome = /* @__PURE__ */ reader<Welcome>(WELCOME);

/** Reads what a GRANTS says; `undefined` when it is none. */
export const readStanding = /* @__PURE__ */ reader<Standing>([object, standing]);

/** Reads what a PENDING says; `undefined` when it is none. */
export const readPending = /* @__PURE__ */ reader<Pending>([
  object,
  [
    ['capabilities', names, 1],
    ['expiresIn', count, 1],
  ],
]);

/** Reads what a REQUEST asks; `undefined` when it is none. */
export const readGrantRequest = /* @__PURE__ */ reader<GrantRequest>([
  object,
  [
    ['ask', names, 1],
    ['drop', names, 1],
  ],
]);
