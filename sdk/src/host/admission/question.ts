import type { ExtensionList } from '../../platform/platform.js';
import type { Principal } from './principal.js';

/** A key that the caller has proven to hold in this very handshake. */
export interface ProvenKey {
  /** The key's JWK thumbprint (RFC 7638, SHA-256, Base64url). */
  readonly thumbprint: string;
  readonly algorithm: 'Ed25519' | 'ES256';
}

/** What a caller brought along besides being who it is. */
export interface Evidence {
  /** The partner token of the hello: nobody has looked at it yet. */
  readonly token?: string | undefined;
  readonly key?: ProvenKey | undefined;
}

/** What a matcher is asked about, besides the principal. */
export interface Question {
  readonly protocol: string;
  readonly capability: string;
  /** Absent before the hello: a matcher that needs it names so in `needs`, and is not asked before. */
  readonly evidence: Evidence | undefined;
  /** The host's id, as clients reach it. */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The browser's list of extensions; absent where the host may not look there. */
  readonly extensions?: ExtensionList | undefined;
  /** A match is good until then (milliseconds since 1970); the earliest of several counts. */
  until(time: number): void;
  /** A match asks that the proven key be remembered, and be the one that is remembered. */
  remember(): void;
  /** The next rule is asked: what the last one said of a match that was none counts no more. */
  reset?(): void;
  /** For the host's log: why not, with a code of its own. */
  report(code: string, text: string): void;
}

/** Asks a matcher. */
export type Test = (principal: Principal, question: Question) => boolean | Promise<boolean>;

/** What has to be there before a matcher can be asked. Proof comes after the hello. */
export type Need = 'hello' | 'proof';
