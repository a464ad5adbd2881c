import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Matcher, Principal } from 'portico/host';
import { type PartnerKey, type PartnerTokenOptions, partnerToken } from 'portico/partners';
import { matches } from '../../../src/host/admission/matchers.js';
import type { Question } from '../../../src/host/admission/question.js';
import { PRINCIPALS } from '../../support/principals.js';
import { question } from '../../support/questions.js';

export const HOST = 'h'.repeat(32);
/** Seconds since 1970. */
export const NOW = 1_800_000_000;

export interface Signer {
  readonly publicKey: PartnerKey & JWK;
  readonly privateKey: CryptoKey;
  readonly alg: string;
}

export const signer = async (alg: 'ES256' | 'Ed25519'): Promise<Signer> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    publicKey: { kid: await calculateJwkThumbprint(jwk), alg, use: 'sig', ...jwk } as Signer['publicKey'],
    privateKey,
    alg,
  };
};

/** What stands in a good token. */
export const CLAIMS = {
  sub: `chromium:${PRINCIPALS.extension.id}`,
  aud: [HOST, 'tabs@example.org'],
  protocol: 'org.example.tabs',
  capabilities: ['read', 'titles'],
  iat: NOW - 10,
  exp: NOW + 3600,
  jti: 'one',
};

export type Changes = Readonly<Record<string, unknown>>;

const utf8 = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** Signs whatever it is given. */
export const sign = (
  { publicKey, privateKey, alg }: Signer,
  claims: unknown = CLAIMS,
  header: Changes = {},
): Promise<string> =>
  new CompactSign(utf8(claims))
    .setProtectedHeader({ alg, kid: publicKey.kid as string, typ: 'portico-partner+jwt', ...header })
    .sign(privateKey);

/** Those whose keys the host ships. */
export const SIGNERS = { ES256: await signer('ES256'), Ed25519: await signer('Ed25519') };

export const matcherOf = (options: Partial<PartnerTokenOptions> = {}): Matcher =>
  partnerToken({ keys: Object.values(SIGNERS).map(({ publicKey }) => publicKey), ...options });

export const claims = (changes: Changes): object => ({ ...CLAIMS, ...changes });

/** A good token, but for the changes. */
export const signed = (changes: Changes = {}, header: Changes = {}): Promise<string> =>
  sign(SIGNERS.ES256, claims(changes), header);

/** Puts a token together by hand, whatever jose would say to it. */
export const handmade = (header: unknown, claims: unknown, signature = ''): string =>
  [...[header, claims].map((each) => Buffer.from(utf8(each)).toString('base64url')), signature].join('.');

export interface Answer {
  readonly matched: boolean;
  readonly until: readonly number[];
  readonly reported: readonly (readonly [code: string, text: string])[];
}

/** Asks a matcher about a caller that brought this token. */
export const asked = async (
  matcher: Matcher,
  token: string | undefined,
  changes: Partial<Question> = {},
  principal: Principal = PRINCIPALS.extension,
): Promise<Answer> => {
  const until: number[] = [];
  const reported: [string, string][] = [];
  const matched = await matches(
    matcher,
    principal,
    question({
      evidence: { token },
      host: HOST,
      time: NOW * 1000,
      until: (time) => void until.push(time),
      report: (code, text) => void reported.push([code, text]),
      ...changes,
    }),
  );
  return { matched, until, reported };
};

/** The code with which a token was refused; `matched` where it was not. */
export const codeOf = async (...args: Parameters<typeof asked>): Promise<string> => {
  const { matched, until, reported } = await asked(...args);
  if (matched) return reported.length === 0 && until.length === 1 ? 'matched' : 'matched, and complained';
  return until.length === 0 && reported.length === 1 ? (reported[0]?.[0] as string) : 'not one report';
};
