import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { BuildFailure, shown, systemWords } from '../build/build-failure.js';

export type Algorithm = 'ES256' | 'Ed25519';

/** A key in a file, with the algorithm for which alone it is used. */
export interface FileKey {
  readonly jwk: JWK;
  readonly algorithm: Algorithm;
}

/** Makes a key pair, and gives the paths of its files. Neither may be there: who overwrites a key can't sign again. */
export const makeKeys = async (
  out: string,
  algorithm: Algorithm,
): Promise<{ readonly privateFile: string; readonly publicFile: string; readonly kid: string }> => {
  const base = resolve(out.replace(/\.json$/, ''));
  const privateFile = `${base}.json`;
  const publicFile = `${base}.public.json`;
  for (const file of [privateFile, publicFile]) {
    if (await stat(file).catch(() => undefined))
      throw new BuildFailure(
        `${shown(file)}: is there already, and keys are never overwritten: name another with --out`,
      );
  }
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const { d } = await exportJWK(pair.privateKey);
  const common = { kid, alg: algorithm, use: 'sig', ...jwk };
  await create(privateFile, { ...common, d }, 0o600);
  try {
    await create(publicFile, common, 0o644);
  } catch (error) {
    await rm(privateFile);
    throw error;
  }
  return { privateFile, publicFile, kid };
};

/** `wx`: another file may have come there since we looked, and a link would lead elsewhere. */
const create = async (file: string, value: unknown, mode: number): Promise<void> => {
  try {
    await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode });
  } catch (error) {
    throw new BuildFailure(`${shown(file)}: can't be written (${systemWords(error)})`);
  }
};

/** Reads the key that signs, and whether others on this machine can read it, too. */
export const readPrivateKey = async (file: string): Promise<FileKey & { readonly isOpen: boolean }> => {
  const key = fileKey(await readJson(file), file);
  if (typeof key.jwk.d !== 'string')
    throw new BuildFailure(`${shown(file)}: is a public key: tokens are signed with the private one`);
  const { mode } = await stat(file);
  return { ...key, isOpen: process.platform !== 'win32' && (mode & 0o077) !== 0 };
};

/** Reads keys by name: a file has one JWK, a list of them, or a set as of RFC 7517. */
export const readPublicKeys = async (file: string): Promise<ReadonlyMap<string, FileKey>> => {
  const content = await readJson(file);
  const set = isObject(content) && Array.isArray(content['keys']) ? content['keys'] : content;
  const keys = (Array.isArray(set) ? set : [set]).map((each) => fileKey(each, file));
  return new Map(keys.map(({ jwk: { d: _, ...jwk }, algorithm }) => [String(jwk.kid), { jwk, algorithm }]));
};

const readJson = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new BuildFailure(`${shown(file)}: can't be read (${systemWords(error)})`);
  });
  try {
    return JSON.parse(text);
  } catch {
    // Node's own words quote the text, which may be a private key.
    throw new BuildFailure(`${shown(file)}: is no JSON`);
  }
};

const fileKey = (value: unknown, file: string): FileKey => {
  const jwk = (isObject(value) ? value : {}) as JWK;
  const algorithm =
    jwk.kty === 'OKP' && jwk.crv === 'Ed25519'
      ? 'Ed25519'
      : jwk.kty === 'EC' && jwk.crv === 'P-256'
        ? 'ES256'
        : undefined;
  if (!algorithm || typeof jwk.kid !== 'string')
    throw new BuildFailure(`${shown(file)}: is no key that portico token key has made`);
  return { jwk, algorithm };
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
