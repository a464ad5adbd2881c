import { connect } from '../client/connect.js';
import type { CapabilityClient } from '../client/types.js';
import { consentProtocol } from '../consent/consent-protocol.js';

type Protocol = typeof consentProtocol;

/** Where the prompt gets its question, and takes the answer: the capability `prompts` of the host's own screens. */
export type PromptSource = CapabilityClient<Protocol, 'prompts'>;
/** Where the connections screen gets what it shows: the capability `connections` of the host's own screens. */
export type ConnectionsSource = CapabilityClient<Protocol, 'connections'>;

/** One question for the person. */
export type Prompt = Awaited<ReturnType<PromptSource['get']>>;
export type Caller = Prompt['caller'];
export type Answers = Parameters<PromptSource['answer']>[0]['answers'];
/** Somebody who has asked, and what became of it. */
export type Connection = Awaited<ReturnType<ConnectionsSource['list']>>[number];
export type AuditEntry = Awaited<ReturnType<ConnectionsSource['audit']>>[number];
export type Traffic = Awaited<ReturnType<ConnectionsSource['traffic']>>;
export type StorageState = Awaited<ReturnType<ConnectionsSource['storage']>>['state'];

/** A source, and how to let go of it. */
export interface OpenSource<S> {
  readonly source: S;
  close(): void;
}

/** @throws {PorticoError} INVALID_ARGUMENT where there is no extension */
export const openPrompts = (): OpenSource<PromptSource> => {
  const { prompts, session } = connect(consentProtocol, { host: 'self', needs: ['prompts'] });
  return { source: prompts, close: () => session.close() };
};

/** @throws {PorticoError} INVALID_ARGUMENT where there is no extension */
export const openConnections = (): OpenSource<ConnectionsSource> => {
  const { connections, session } = connect(consentProtocol, { host: 'self', needs: ['connections'] });
  return { source: connections, close: () => session.close() };
};
