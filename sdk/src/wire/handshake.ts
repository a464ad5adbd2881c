/** What travels in HELLO, WELCOME and REFUSE. Keys that a receiver doesn't know are dropped: later versions may add. */
import type { WireError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Codec, convert, FAIL } from '../protocol/conversion.js';
import { interpret } from '../protocol/interpret.js';

/** Ports of Portico are named so, followed by the protocol's name. Ports of other names are left alone. */
export const PORT_PREFIX = 'portico:';

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
  /** A `Uint8Array([80])`: whether it arrives as one tells how bytes may travel. */
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

const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
const text = (maxLength: number): object => ({ type: 'string', maxLength });
const integer = { type: 'integer', minimum: 0 };
const names = list(text(64), 256);

// Behind functions, so that a bundle carries only the half that it reads.
const helloSchema = (): object => ({
  type: 'object',
  required: ['wire', 'versions', 'needs', 'wants'],
  properties: {
    wire: list(integer, 16),
    versions: list(text(32), 16),
    needs: names,
    wants: names,
    name: text(128),
  },
});
const welcomeSchema = (): object => ({
  type: 'object',
  required: ['wire', 'version', 'session', 'instance', 'granted', 'refused', 'limits', 'bytes'],
  properties: {
    wire: integer,
    version: text(32),
    session: text(64),
    instance: text(64),
    granted: names,
    refused: { type: 'object', additionalProperties: text(64) },
    limits: { type: 'object', required: ['calls'], properties: { calls: { type: 'integer', minimum: 1 } } },
    bytes: { enum: ['native', 'base64'] },
  },
});

const reader = <T>(schema: () => object): ((value: unknown, limits: Limits) => T | undefined) => {
  let codec: Codec | undefined;
  return (value, limits) => {
    codec ??= interpret(schema(), { direction: 'decode', copies: true, strict: false });
    const result = convert(codec, value, limits);
    return result === FAIL ? undefined : (result as T);
  };
};

/** Reads a hello; `undefined` when it is none. */
export const readHello = /* @__PURE__ */ reader<Hello>(helloSchema);

/** Reads a welcome; `undefined` when it is none. */
export const readWelcome = /* @__PURE__ */ reader<Welcome>(welcomeSchema);
