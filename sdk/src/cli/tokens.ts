import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload, SignJWT } from 'jose';
import { BuildFailure } from '../build/build-failure.js';
import type { FileKey } from './token-keys.js';

/** What stands in a token. `host/partners` reads it; the command line may not import that, and a test holds both together. */
export interface TokenTerms {
  /** `chromium:<id>`, `firefox:<id>` or `key:<thumbprint>`. */
  readonly subject: string;
  readonly hosts: readonly string[];
  readonly protocol: string;
  readonly capabilities: readonly string[];
  /** Seconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly id: string;
}

const TYPE = 'portico-partner+jwt';
const MAX_LENGTH = 4096;

export const signToken = async ({ jwk, algorithm }: FileKey, terms: TokenTerms): Promise<string> => {
  const { subject, hosts, protocol, capabilities, from, until, id } = terms;
  let token: string;
  try {
    token = await new SignJWT({ protocol, capabilities })
      .setProtectedHeader({ alg: algorithm, kid: jwk.kid as string, typ: TYPE })
      .setSubject(subject)
      .setAudience([...hosts])
      .setIssuedAt(from)
      .setExpirationTime(until)
      .setJti(id)
      .sign(await importJWK({ ...jwk, alg: algorithm }, algorithm));
  } catch {
    // Whatever it says, it could say it of the key.
    throw new BuildFailure('the key is broken: make another with portico token key');
  }
  if (token.length > MAX_LENGTH)
    throw new BuildFailure(
      `the token has ${token.length} characters, and hosts read no more than ${MAX_LENGTH}: make several, for fewer capabilities or hosts`,
    );
  return token;
};

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload & Readonly<Record<string, unknown>>;
}

/** Reads a token without believing it. */
export const decodeToken = (token: string): DecodedToken => {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    throw new BuildFailure('this is no token: expected three parts of Base64url with dots between them');
  }
};

/** Why a host with these keys would not take the signature; `undefined` where it would. */
export const faultOf = async (
  token: string,
  { kid, typ }: Readonly<Record<string, unknown>>,
  keys: ReadonlyMap<string, FileKey>,
): Promise<string | undefined> => {
  if (token.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} characters`;
  if (typ !== TYPE) return `not of the type ${TYPE}`;
  const key = keys.get(String(kid));
  if (!key) return 'signed with another key than those given';
  try {
    const algorithms = key.algorithm === 'ES256' ? ['ES256'] : ['Ed25519', 'EdDSA'];
    await compactVerify(token, await importJWK(key.jwk, key.algorithm), { algorithms });
    return undefined;
  } catch {
    return 'does not fit the key';
  }
};
