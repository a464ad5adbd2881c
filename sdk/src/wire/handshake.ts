/** What travels in HELLO, WELCOME, REFUSE and GRANTS. What a receiver doesn't know is left out: later versions may add. */
import type { WireError } from '../errors/portico-error.js';
import { isObject } from '../protocol/conversion.js';
import { isNewer, isVersion, lineOf } from '../protocol/versions.js';
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

// All of this is read by hand, and not by plans: a client that reads nothing else with the kinds they take would carry
// them, and a host takes a fifth of the time.
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most;
// Written out, and not by `isText`: minifiers make more of that.
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= 64;

/** Whether it is a list of no more than `most` such values. Spread before they are looked at: `every` would pass over holes. */
const isList = (value: unknown, most: number, is: (each: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.length <= most && [...value].every(is);
const areNames = (value: unknown): value is string[] => isList(value, 256, isName);

/** Reads a hello; `undefined` when it is none. Copies its lists: those of a structured clone can carry more than their items. */
export const readHello = (value: unknown): Hello | undefined => {
  if (!isObject(value)) return undefined;
  const { wire, versions, needs, wants, probe, name, proof, token } = value;
  return isList(wire, 16, isId) &&
    isList(versions, 16, (each) => isText(each, 32)) &&
    areNames(needs) &&
    areNames(wants) &&
    (name === undefined || isText(name, 128)) &&
    (proof === undefined || isId(proof)) &&
    (token === undefined || isText(token, 4096))
    ? ({
        wire: [...wire],
        versions: [...versions],
        needs: [...needs],
        wants: [...wants],
        probe,
        name,
        proof,
        token,
      } as Hello)
    : undefined;
};

/** Whether bytes travel as they are, and not as Base64. */
export const takesNativeBytes = ({ probe }: Hello): boolean => probe instanceof Uint8Array;

/** Reads what a REQUEST asks; `undefined` when it is none. */
export const readGrantRequest = (value: unknown): GrantRequest | undefined => {
  if (!isObject(value)) return undefined;
  const { ask, drop } = value;
  // Copied: a structured clone's list can carry more than its items, and a person may take minutes.
  return areNames(ask) && areNames(drop) ? { ask: [...ask], drop: [...drop] } : undefined;
};

/** A GRANTS, or the beginning of a WELCOME. */
export const standingFrame = (kind: number, { granted, refused, pending }: Standing): unknown[] => [
  kind,
  granted,
  Object.keys(refused),
  Object.values(refused),
  pending,
];

/** A WELCOME in this wire version. */
export const welcomeFrame = (welcome: Omit<Welcome, 'native'>, native: boolean): Frame =>
  [
    ...standingFrame(WELCOME, welcome),
    WIRE_VERSION,
    welcome.version,
    welcome.session,
    welcome.instance,
    welcome.calls,
    native ? 1 : 0,
  ] as never;

/** Reads a GRANTS, or the beginning of a WELCOME; `undefined` when it is none. */
export const readStanding = (frame: Frame): Standing | undefined => {
  const [, granted, refused, reasons, pending] = frame as unknown as string[][];
  return areNames(granted) &&
    areNames(refused) &&
    areNames(reasons) &&
    areNames(pending) &&
    refused.length === reasons.length
    ? {
        granted: [...granted],
        refused: Object.fromEntries(refused.map((each, i) => [each, reasons[i] as string])),
        pending: [...pending],
      }
    : undefined;
};

/** A WELCOME as a client goes by it. */
export interface Arrival {
  readonly info: Standing & { version: string; id: string; instance: string };
  readonly calls: number;
  readonly native: boolean;
}

/** Reads a WELCOME; `undefined` when it is none in this wire version. */
export const readWelcome = (frame: Frame): Arrival | undefined => {
  const standing = readStanding(frame);
  const [wire, version, id, instance, calls, native] = frame.slice(5) as never[];
  return standing &&
    wire === WIRE_VERSION &&
    isVersion(version) &&
    isName(id) &&
    isName(instance) &&
    isId(calls) &&
    calls > 0
    ? { info: { ...standing, version, id, instance }, calls, native: native === 1 }
    : undefined;
};

/** Whether a welcome's version settles on what the hello offered: nobody negotiates one that is newer, or of another line. */
export const answers = (version: string, hello: Hello): boolean =>
  hello.versions.some(
    (offered) => offered === version || (lineOf(offered) === lineOf(version) && !isNewer(version, offered)),
  );
