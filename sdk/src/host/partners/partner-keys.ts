import { importJWK } from 'jose';
import { PorticoError } from '../../errors/portico-error.js';

/** A public key as a JWK (RFC 7517), as `portico token key` writes it. */
export interface PartnerKey {
  /** By this name tokens say with which key they were signed. */
  readonly kid?: string | undefined;
  /** `OKP` (Ed25519) or `EC` (P-256). */
  readonly kty?: string | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
}

/** A key with what it may be used for. The header of a token never decides that. */
export interface TrustedKey {
  /** The names that the one algorithm of this key goes by. */
  readonly algorithms: readonly string[];
  /** Rejects where this browser can't use the key. */
  load(): Promise<CryptoKey>;
}

// RFC 9864 gives the first of these names to what RFC 8037 called the second.
const ED25519 = ['Ed25519', 'EdDSA'];
const ES256 = ['ES256'];

/** Every name of an algorithm that any key can have. */
export const ALGORITHMS: ReadonlySet<string> = new Set([...ED25519, ...ES256]);

/**
 * Reads the keys that a host ships, by name.
 * @throws {PorticoError} INVALID_ARGUMENT for no key, a private one, one of another kind, and names that are missing or double
 */
export const readKeys = (keys: readonly PartnerKey[]): ReadonlyMap<string, TrustedKey> => {
  const known = new Map<string, TrustedKey>();
  for (const key of keys) {
    const { kid } = key;
    if (typeof kid !== 'string' || kid === '')
      throw mistake('a key without "kid": make keys by portico token key');
    if (known.has(kid)) throw mistake(`two keys named ${JSON.stringify(kid)}`);
    known.set(kid, trusted(key, kid));
  }
  if (known.size === 0) throw mistake('no keys, and so no token could be verified');
  return known;
};

const trusted = (key: PartnerKey, kid: string): TrustedKey => {
  const name = JSON.stringify(kid);
  // Whoever reads the extension could sign for everybody.
  if ('d' in key)
    throw mistake(`the key ${name} is a private one: ship the public file only, and make new keys`);
  const { kty, crv, x, y, alg, use = 'sig' } = key;
  const isEdwards = kty === 'OKP' && crv === 'Ed25519';
  const isPoint = kty === 'EC' && crv === 'P-256' && isCoordinate(y);
  const algorithms = isEdwards ? ED25519 : ES256;
  if (
    !(isEdwards || isPoint) ||
    !isCoordinate(x) ||
    use !== 'sig' ||
    !algorithms.includes(alg ?? (algorithms[0] as string))
  )
    throw mistake(`the key ${name} is neither one for Ed25519 nor one for ES256`);
  const jwk = isEdwards ? { kty, crv, x } : { kty, crv, x, y };
  let loaded: Promise<CryptoKey> | undefined;
  return {
    algorithms,
    load: () => {
      loaded ??= importJWK(jwk as { kty: 'OKP' | 'EC' }, algorithms[0] as string) as Promise<CryptoKey>;
      return loaded;
    },
  };
};

const isCoordinate = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value);

const mistake = (text: string): PorticoError => new PorticoError('INVALID_ARGUMENT', `partnerToken: ${text}`);
