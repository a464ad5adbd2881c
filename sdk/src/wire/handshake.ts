/** What travels in HELLO, WELCOME, REFUSE and GRANTS. What a receiver doesn't know is left out: later versions may add. */
import type { WireError } from '../errors/portico-error.js';
import type { ClientLimits } from '../limits/limits.js';
import { type Codec, convert, FAIL } from '../protocol/conversion.js';
import { maxItems, maxLength, minimum } from '../protocol/kinds/checks.js';
import { codecOf, type LinkedPlan } from '../protocol/kinds/kind.js';
import { list } from '../protocol/kinds/list.js';
import { object } from '../protocol/kinds/object.js';
import { integer, string } from '../protocol/kinds/scalars.js';
import { compareVersions, isVersion, lineOf } from '../protocol/versions.js';
import { type Frame, WELCOME, WIRE_VERSION } from './frames.js';
import { isId } from './read-batch.js';

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
  /** A person is being asked. */
  pending: string[];
}

/** What a client asks for beside what it has, and what it gives back. */
export interface GrantRequest {
  ask: string[];
  drop: string[];
}

/** The host's answer to an admitted client. */
export interface Welcome extends Standing {
  /** The version both speak from now on. */
  version: string;
  session: string;
  /** The run of the host's background; a new one each time it starts. */
  instance: string;
  /** How many calls the client may have under way. */
  calls: number;
  /** Whether bytes travel as they are, and not as Base64. */
  native: boolean;
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

/** Reads what a REQUEST asks; `undefined` when it is none. */
export const readGrantRequest = /* @__PURE__ */ reader<GrantRequest>([
  object,
  [
    ['ask', names, 1],
    ['drop', names, 1],
  ],
]);

/** A GRANTS, or the beginning of a WELCOME. */
export const standingFrame = (kind: number, { granted, refused, pending }: Standing): unknown[] => [
  kind,
  granted,
  Object.keys(refused),
  Object.values(refused),
  pending,
];

/** A WELCOME in this wire version. */
export const welcomeFrame = (welcome: Welcome): Frame =>
  [
    ...standingFrame(WELCOME, welcome),
    WIRE_VERSION,
    welcome.version,
    welcome.session,
    welcome.instance,
    welcome.calls,
    welcome.native ? 1 : 0,
  ] as never;

// By hand, and not by a plan: a client that reads nothing else with the kinds this takes would carry them.
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= 64;

/** Reads a GRANTS, or the beginning of a WELCOME; `undefined` when it is none. */
export const readStanding = (frame: Frame): Standing | undefined => {
  const lists = [...frame.slice(1, 5)] as string[][];
  const [granted, refused, reasons, pending] = lists as [string[], string[], string[], string[]];
  // Spread before they are looked at: `every` would pass over holes.
  return lists.length === 4 &&
    lists.every((list) => Array.isArray(list) && list.length <= 256 && [...list].every(isName)) &&
    refused.length === reasons.length
    ? {
        granted,
        refused: Object.fromEntries(refused.map((each, i) => [each, reasons[i] as string])),
        pending,
      }
    : undefined;
};

/** Reads a WELCOME; `undefined` when it is none in this wire version. */
export const readWelcome = (frame: Frame): Welcome | undefined => {
  const standing = readStanding(frame);
  const [wire, version, session, instance, calls, native] = frame.slice(5) as never[];
  return standing &&
    wire === WIRE_VERSION &&
    isVersion(version) &&
    isName(session) &&
    isName(instance) &&
    isId(calls) &&
    calls > 0
    ? { ...standing, version, session, instance, calls, native: native === 1 }
    : undefined;
};

/** Whether a welcome's version settles on what the hello offered: nobody negotiates one that is newer, or of another line. */
export const answers = (version: string, hello: Hello): boolean =>
  hello.versions.some(
    (offered) => lineOf(offered) === lineOf(version) && compareVersions(version, offered) <= 0,
  );
