import { defineProtocol, method } from 'portico';
import {
  all,
  allow,
  any,
  anyExtension,
  createHost,
  extensions,
  type LogEntry,
  type Matcher,
  not,
  refuse,
  self,
  tlsChannel,
} from 'portico/host';
import { type Caller, extension, loopback, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { listeningPlatform } from '../../support/listening-platform.js';
import { failureOf } from '../../support/sessions.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  capabilities: { read: { title: 'Read', members: { list: method() } }, write: { title: 'Write' } },
});
const other = { ...notes, name: 'org.example.other' };

const hostOf = (matcher: Matcher, write: Matcher = extensions({})) => {
  const log: LogEntry[] = [];
  const host = createHost({ log: (entry) => log.push(entry), platform: listeningPlatform() });
  const provide = () => ({ list: () => {} });
  host.publish(notes, { read: { admit: [allow(matcher)], provide }, write: { admit: [allow(write)] } });
  return { host, log };
};
const list = (host: ReturnType<typeof createHost>, as: Caller, protocol: typeof notes = notes) =>
  loopback(host, { as })
    .connect(protocol, { needs: ['read'] })
    .read.list();

const bound = all(anyExtension(), tlsChannel('id'));
const HINT = 'it requires a TLS channel ID for something, which no current browser supplies';

describe('a rule that pins a TLS channel ID', () => {
  test('admits who has that one, and nobody else', async () => {
    const { host } = hostOf(bound);
    await list(host, extension('a', { tlsChannelId: 'id' }));
    for (const caller of [
      extension('a'),
      extension('a', { tlsChannelId: '' }),
      extension('a', { tlsChannelId: 'other' }),
    ])
      expect((await failureOf(list(host, caller))).code).toBe('REFUSED');
  });

  test('that requires any admits who has one', async () => {
    const { host } = hostOf(all(anyExtension(), tlsChannel()));
    await list(host, extension('a', { tlsChannelId: 'whatever' }));
    expect((await failureOf(list(host, extension('a')))).code).toBe('REFUSED');
    expect((await failureOf(list(host, extension('a', { tlsChannelId: '' })))).code).toBe('REFUSED');
  });
});

describe('the hint in a refusal', () => {
  test('is the same for everybody, whatever was asked for', async () => {
    const { host } = hostOf(bound);
    const refusals = await Promise.all([
      failureOf(list(host, extension('a'))),
      failureOf(list(host, extension('b', { tlsChannelId: 'other' }))),
      failureOf(list(host, page('https://a.example'))),
      failureOf(list(host, extension('a'), other)),
      failureOf(list(host, { ...extension('a'), sender: {} })),
    ]);
    expect(new Set(refusals.map(({ message }) => message))).toEqual(
      new Set([`REFUSED: this host does not admit this caller; ${HINT}`]),
    );
    expect(new Set(refusals.map(({ data }) => data))).toEqual(new Set([undefined]));
  });

  test('is there, too, where only the capability that requires one is refused', async () => {
    const { host } = hostOf(anyExtension(), bound);
    const { session } = loopback(host, { as: extension('a') }).connect(notes, { needs: ['read', 'write'] });
    const error = await failureOf(session.ready());
    expect(error.code).toBe('CAPABILITY_REFUSED');
    expect(error.message).toContain(HINT);
  });

  test('is not there where nothing requires one', async () => {
    const { host } = hostOf(any(extensions({ chromium: ['z'] }), bound));
    expect((await failureOf(list(host, page('https://a.example')))).message).toBe(
      'REFUSED: this host does not admit this caller',
    );
  });
});

describe('the warning when the host begins to listen', () => {
  const warnings = (matcher: Matcher, write?: Matcher): string[] => {
    const { host, log } = hostOf(matcher, write);
    expect(log).toEqual([]);
    host.listen();
    for (const entry of log) expect(entry).toMatchObject({ level: 'warn', event: 'configuration' });
    return log.map(({ message }) => message);
  };
  const about = (capability: string, text: string) =>
    `org.example.notes ${capability}: allow(${text}) admits nobody in today's browsers, since none supplies a TLS channel ID`;

  test('names each rule that can admit nobody', () => {
    expect(warnings(bound, all(self(), tlsChannel()))).toEqual([
      about('read', '(any extension and TLS channel ID id)'),
      about('write', '(this extension itself and a TLS channel ID)'),
    ]);
  });

  test('is not given for rules that can', () => {
    expect(warnings(anyExtension(), any(anyExtension(), bound))).toEqual([]);
    expect(warnings(all(anyExtension(), not(tlsChannel())))).toEqual([]);
  });

  test('is not given for refusals, which lose nothing by it', () => {
    const log: LogEntry[] = [];
    const host = createHost({ log: (entry) => log.push(entry), platform: listeningPlatform() });
    const admit = [refuse(bound), allow(anyExtension())] as const;
    host.publish(notes, { read: { admit, provide: () => ({ list: () => {} }) }, write: { admit } });
    host.listen();
    expect(log).toEqual([]);
  });
});
