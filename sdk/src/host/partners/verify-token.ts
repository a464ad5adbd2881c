import { compactVerify, decodeProtectedHeader } from 'jose';
import { ALGORITHMS, type TrustedKey } from './partner-keys.js';

/** Why a token was refused: for the host's log, never for the caller. */
export type TokenRefusal =
  /** The caller brought none. */
  | 'TOKEN_ABSENT'
  /** Not a compact JWS of this type, or claims that are missing, wrong or unknown. */
  | 'TOKEN_MALFORMED'
  /** Longer than 4,096 characters. */
  | 'TOKEN_TOO_LARGE'
  /** Signed by no algorithm, a symmetric one, or another than the key's; or by one that this browser doesn't have. */
  | 'TOKEN_ALGORITHM'
  /** Signed with a key that this host doesn't ship. */
  | 'TOKEN_KEY_UNKNOWN'
  /** Altered, or signed with another key than it says. */
  | 'TOKEN_SIGNATURE'
  | 'TOKEN_EXPIRED'
  /** Good from a later time on. */
  | 'TOKEN_NOT_YET'
  /** Made for another host. */
  | 'TOKEN_AUDIENCE'
  /** Made for another caller, or for a key that this one has not proven: stolen, or mixed up. */
  | 'TOKEN_SUBJECT'
  /** Made for another protocol or other capabilities. */
  | 'TOKEN_CAPABILITY'
  /** Its `jti` is listed as revoked. */
  | 'TOKEN_REVOKED';

/** What is wrong with a token. */
export interface Refused {
  readonly code: TokenRefusal;
  readonly text: string;
}

/** What a token says, once its signature has been verified. Times are seconds since 1970. */
export interface Claims {
  readonly subject: string;
  readonly audience: readonly string[];
  readonly protocol: string;
  readonly capabilities: readonly string[];
  readonly expires: number;
  /** The later of `nbf` and `iat`. */
  readonly begins: number;
  readonly id: string | undefined;
}

const TYPE = 'portico-partner+jwt';
/** In characters. */
export const MAX_LENGTH = 4096;
const HEADERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);
const CLAIMS: ReadonlySet<string> = new Set('iss sub aud protocol capabilities exp nbf iat jti'.split(' '));

/** Verifies what doesn't depend on who asks, and when. Never rejects. */
export const verifyToken = async (
  token: string,
  keys: ReadonlyMap<string, TrustedKey>,
): Promise<Claims | Refused> => {
  const header = headerOf(token);
  if (!header) return refused('TOKEN_MALFORMED', 'not a compact JWS');
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !ALGORITHMS.has(alg))
    return refused('TOKEN_ALGORITHM', 'signed neither by Ed25519 nor by ES256');
  if (typ !== TYPE) return refused('TOKEN_MALFORMED', `its type is not ${TYPE}`);
  const strange = Object.keys(header).find((name) => !HEADERS.has(name));
  if (strange !== undefined) return refused('TOKEN_MALFORMED', 'its header says more than alg, kid and typ');
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (!key) return refused('TOKEN_KEY_UNKNOWN', 'this host ships no such key');
  if (!key.algorithms.includes(alg)) return refused('TOKEN_ALGORITHM', "not the key's algorithm");
  let cryptoKey: CryptoKey;
  try {
    cryptoKey = await key.load();
  } catch {
    return refused('TOKEN_ALGORITHM', 'this browser can not use the key');
  }
  try {
    const { payload } = await compactVerify(token, cryptoKey, { algorithms: [...key.algorithms] });
    return readClaims(payload);
  } catch (error) {
    return (error as { code?: unknown } | undefined)?.code === 'ERR_JWS_INVALID'
      ? refused('TOKEN_MALFORMED', 'not a compact JWS')
      : refused('TOKEN_SIGNATURE', 'the signature does not fit');
  }
};

export const isRefused = (result: Claims | Refused): result is Refused => 'code' in result;

const refused = (code: TokenRefusal, text: string): Refused => ({ code, text });

const headerOf = (token: string): Record<string, unknown> | undefined => {
  // Without a signature it is still a token: one that says `none`.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return undefined;
  try {
    return decodeProtectedHeader(token) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

/** The signature is the host's own publisher's; yet a claim that isn't understood may be a restriction. */
const readClaims = (payload: Uint8Array): Claims | Refused => {
  const wrong = (what: string): Refused => refused('TOKEN_MALFORMED', `${what} is missing or wrong`);
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return wrong('the content');
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return wrong('the content');
  if (!Object.keys(claims).every((name) => CLAIMS.has(name)))
    return refused('TOKEN_MALFORMED', 'it has a claim that this host does not know');
  const { sub, aud, protocol, capabilities, exp, nbf = 0, iat = 0, jti } = claims as Record<string, unknown>;
  const audience = typeof aud === 'string' ? [aud] : aud;
  if (typeof sub !== 'string' || sub === '') return wrong('sub');
  if (!isTexts(audience)) return wrong('aud');
  if (typeof protocol !== 'string' || protocol === '') return wrong('protocol');
  if (!isTexts(capabilities)) return wrong('capabilities');
  if (!isTime(exp)) return wrong('exp');
  if (!isTime(nbf)) return wrong('nbf');
  if (!isTime(iat)) return wrong('iat');
  if (jti !== undefined && typeof jti !== 'string') return wrong('jti');
  return {
    subject: sub,
    audience,
    protocol,
    capabilities,
    expires: exp,
    begins: Math.max(nbf, iat),
    id: jti,
  };
};

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && each !== '');

/** As far as a Date reaches; in milliseconds it is still an exact number. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 8.64e12;
