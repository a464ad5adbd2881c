import { PorticoError } from 'portico';
import { connect } from 'portico/client';
import { extension } from 'portico/testing';
import { expect } from 'vitest';
import { KIND } from './kinds.js';
import {
  linkedTo,
  type RawClientOptions,
  type RawFrame,
  type RawHosts,
  type RawHostsOptions,
  type RawPeer,
  rawClient,
  rawHosts,
  settled,
} from './raw-peer.js';
import { hello, type TabsHost, tabs, type WelcomeChanges, welcome } from './tabs.js';

/** A raw client whose hello was accepted. */
export const admitted = async (
  server: TabsHost,
  options: RawClientOptions = {},
  changes: Readonly<Record<string, unknown>> = {},
): Promise<RawPeer> => {
  const peer = rawClient(server.host, options);
  peer.send(hello(changes));
  await settled();
  expect(peer.of(KIND.WELCOME)).toHaveLength(1);
  return peer;
};

/** Sends frames in one message, and gives what comes back. */
export const exchange = async (peer: RawPeer, ...frames: readonly unknown[]): Promise<RawFrame[]> => {
  const before = peer.frames.length;
  peer.send(...frames);
  await settled();
  return peer.frames.slice(before);
};

/** The code in a frame that carries an error last. */
export const codeIn = (frame: RawFrame | undefined): unknown =>
  (frame?.at(-1) as { code?: unknown } | undefined)?.code;

/** The last thing a peer heard is a violation, and its port is closed. */
export const expectViolated = (peer: RawPeer, kind: number = KIND.GOODBYE): void => {
  expect([peer.frames.at(-1)?.[0], codeIn(peer.frames.at(-1)), peer.closed]).toEqual([
    kind,
    'PROTOCOL_VIOLATION',
    true,
  ]);
};

const GUEST = extension('e'.repeat(32));
const SENTINEL = 990_099;

/**
 * Somebody else on the same host, connected before a test does its worst. What it gives expects that both
 * this session and a new one still work.
 */
export const bystander = async (server: TabsHost): Promise<() => Promise<void>> => {
  const platform = linkedTo(server.host, GUEST);
  const { read } = connect(tabs, { needs: ['read'], platform });
  await read.ping();
  return async () => {
    const later = connect(tabs, { needs: ['read'], platform });
    for (const each of [read, later.read])
      expect(await each.list({ windowId: SENTINEL })).toEqual([{ id: SENTINEL }]);
    later.session.close();
  };
};

/** The handlers that ran for others than the {@link bystander}. */
export const handlersRun = ({ ran }: TabsHost): string[] =>
  ran
    .filter(
      ([path, params]) => path !== 'read.ping' && JSON.stringify(params ?? null).indexOf(`${SENTINEL}`) < 0,
    )
    .map(([path]) => path);

/** A real client of {@link tabs} with raw hosts at its other end. */
export const realClient = (
  options: RawHostsOptions & { readonly connect?: Readonly<Record<string, unknown>> } = {},
) => {
  const raw: RawHosts = rawHosts(options);
  const connection = connect(tabs, {
    needs: ['read', 'control'],
    wants: ['titles'],
    ...options.connect,
    platform: raw.platform,
  });
  return { raw, ...connection };
};

/** A real client that a raw host has welcomed. */
export const welcomed = async (
  options: RawHostsOptions & { readonly connect?: Readonly<Record<string, unknown>> } = {},
  changes: WelcomeChanges = {},
) => {
  const client = realClient(options);
  await settled();
  client.raw.host.send(welcome(changes));
  await client.session.ready();
  return client;
};

/** What a promise rejects with; fails the test when it resolves. */
export const failureOf = async (promise: Promise<unknown>): Promise<PorticoError> => {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`it resolved with ${JSON.stringify(outcome.value)}`);
  if (!PorticoError.is(outcome.error)) throw outcome.error;
  return outcome.error;
};

/** The code that a promise rejects with. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => (await failureOf(promise)).code;
