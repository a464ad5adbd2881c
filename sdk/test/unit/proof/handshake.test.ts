import { IDBFactory } from 'fake-indexeddb';
import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { all, allow, anyExtension, createHost, type LogEntry, type Matcher, provenKey } from 'portico/host';
import { type PartnerKey, partnerToken } from 'portico/partners';
import { keyProof, type Proof } from 'portico/proof';
import { extension, loopback } from 'portico/testing';
import { Type } from 'typebox';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sign, signer } from '../partners/tokens.js';

beforeEach(() => void vi.stubGlobal('indexedDB', new IDBFactory()));
afterEach(() => vi.unstubAllGlobals());

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  capabilities: { read: { title: 'Read', members: { count: method({ result: Type.Integer() }) } } },
});

const CALLER = 'a'.repeat(32);

/** A whole handshake and a call, with a host whose one rule has this matcher. */
const count = async (
  matcher: Matcher,
  options: { readonly proof?: Proof; readonly token?: string },
  id = CALLER,
) => {
  const log: LogEntry[] = [];
  const host = createHost({ log: (entry) => void log.push(entry) });
  host.publish(notes, { read: { admit: [allow(matcher)], provide: () => ({ count: async () => 7 }) } });
  const as = extension(id);
  const { platform } = loopback(host, { as });
  const { read, session } = connect(notes, {
    needs: ['read'],
    host: as.own.id,
    // The client's own id is in what it signs.
    platform: { ...platform, own: { ...as.own, id } },
    ...options,
  });
  const outcome = await read.count().catch((error: { code: string }) => error.code);
  session.close();
  return { outcome, codes: log.flatMap(({ code }) => (code === undefined ? [] : [code])) };
};

test('a pinned key is let in by its proof, and nobody else is', async () => {
  const proof = keyProof();
  const pinned = all(anyExtension(), provenKey(await proof.thumbprint()));
  expect((await count(pinned, { proof })).outcome).toBe(7);
  expect((await count(pinned, { proof: keyProof({ name: 'other' }) })).outcome).toBe('REFUSED');
  expect((await count(pinned, {})).outcome).toBe('REFUSED');
});

test('an answer to another handshake is refused', async () => {
  const proof = keyProof();
  const pinned = all(anyExtension(), provenKey(await proof.thumbprint()));
  let seen: ReturnType<Proof['prove']> | undefined;
  const replaying: Proof = {
    ...proof,
    prove: (question) => {
      seen ??= proof.prove(question);
      return seen;
    },
  };
  expect((await count(pinned, { proof: replaying })).outcome).toBe(7);
  expect((await count(pinned, { proof: replaying })).outcome).toBe('REFUSED');
});

test('a token lets its partner in, and a stolen one nobody', async () => {
  const partner = await signer('ES256');
  const host = extension(CALLER).own.id;
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { aud: host, protocol: notes.name, capabilities: ['read'], exp: seconds + 60 };
  const token = await sign(partner, { ...claims, sub: `chromium:${CALLER}` });
  const tokens = partnerToken({ keys: [partner.publicKey as PartnerKey] });
  expect(await count(tokens, { token })).toEqual({ outcome: 7, codes: [] });
  expect(await count(tokens, { token }, 'b'.repeat(32))).toEqual({
    outcome: 'REFUSED',
    codes: ['TOKEN_SUBJECT'],
  });
  expect(await count(tokens, {})).toEqual({ outcome: 'REFUSED', codes: ['TOKEN_ABSENT'] });

  const proof = keyProof();
  const keyed = partnerToken({ keys: [partner.publicKey as PartnerKey], keyed: true });
  const forKey = await sign(partner, { ...claims, sub: `key:${await proof.thumbprint()}` });
  expect((await count(keyed, { token: forKey, proof }, 'b'.repeat(32))).outcome).toBe(7);
  expect(await count(keyed, { token: forKey })).toEqual({ outcome: 'REFUSED', codes: ['TOKEN_SUBJECT'] });
});
