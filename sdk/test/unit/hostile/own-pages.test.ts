import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, consent, contentScripts, createHost, self } from 'portico/host';
import { contentScript, ownPage } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { consentProtocol } from '../../../src/consent/consent-protocol.js';
import { KIND } from '../../support/kinds.js';
import { FRIEND, linkedTo, rawClient, STRANGER, settled } from '../../support/raw-peer.js';
import { codeIn } from '../../support/sessions.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  capabilities: { read: { title: 'Read', members: { list: method() } } },
});
const NOTES = 'portico:org.example.notes';
const SCREENS = 'portico:org.portico.consent';

const start = (options: Omit<NonNullable<Parameters<typeof createHost>[0]>, 'consent'> = {}) => {
  const asks = consent();
  const host = createHost({ ...options, consent: asks });
  host.publish(notes, {
    read: {
      admit: [
        allow(anyExtension()),
        allow(contentScripts({ chromium: [STRANGER.sender.id as string] })),
        allow(self()),
      ],
      provide: () => ({ list() {} }),
    },
  });
  /** A page of ours, as the person opens it. */
  const screen = () =>
    connect(consentProtocol, {
      needs: ['prompts', 'connections'],
      host: 'self',
      platform: linkedTo(host, ownPage()),
    });
  const blocked = async (key: string): Promise<boolean> => {
    const { connections } = screen();
    await connections.block({ key });
    return (await connections.list()).some(
      ({ caller, blockedSince }) => caller.key === key && blockedSince !== undefined,
    );
  };
  return { host, asks, screen, blocked };
};

const HELLO = [KIND.HELLO, { wire: [1], versions: ['1.0.0'], needs: [], wants: [] }];
const KEY = `extension ${FRIEND.sender.id}`;

describe('[A13] what the person needs to decide has room of its own', () => {
  test('[W5.26] a host full of strangers lets its own pages in', async () => {
    const { host, asks, blocked } = start({ limits: { sessions: 100, sessionsPerPrincipal: 10 } });
    await asks.loading;
    rawClient(host, { name: NOTES }).send(HELLO);
    for (let n = 0; n < 20; n++)
      for (let port = 0; port < 10; port++)
        rawClient(host, {
          as: contentScript(STRANGER.sender.id as string, `https://${n}.example`),
          name: NOTES,
        });
    await settled();
    expect(host.sessions).toBe(100);
    expect(await blocked(KEY)).toBe(true);
  });

  test('[W5.26] nor do they take room from others', async () => {
    const { host } = start({ limits: { sessions: 3, sessionsPerPrincipal: 3 } });
    for (let n = 0; n < 3; n++) rawClient(host, { as: ownPage(), name: SCREENS });
    const friends = [0, 1, 2, 3].map(() => rawClient(host, { name: NOTES }));
    await settled();
    expect(friends.map(({ closed }) => closed)).toEqual([false, false, false, true]);
  });

  test('[W5.26] of too many own pages, opened by whomever, the first yields to the newest', async () => {
    const { host, blocked } = start();
    rawClient(host, { name: NOTES }).send(HELLO);
    const pages = Array.from({ length: 200 }, () => rawClient(host, { as: ownPage(), name: SCREENS }));
    for (const page of pages) page.send(HELLO);
    await settled();
    const open = pages.filter(({ closed }) => !closed);
    expect(open).toEqual(pages.slice(-64));
    expect(new Set(pages.slice(0, -64).map(({ frames }) => codeIn(frames.at(-1))))).toEqual(
      new Set(['DISCONNECTED']),
    );
    expect(await blocked(KEY)).toBe(true);
    expect(host.sessions).toBe(64);
  });

  test('a page that had to yield answers all the same: it dials again when it is used', async () => {
    const { host, screen } = start();
    const { prompts, session } = screen();
    await prompts.list();
    for (let n = 0; n < 64; n++) rawClient(host, { as: ownPage(), name: SCREENS });
    await settled();
    expect(session.state).toBe('dormant');
    expect(await prompts.list()).toEqual([]);
    expect(session.state).toBe('open');
  });

  test('the quotas of the author and bans are not for them', async () => {
    const { host, blocked } = start({
      quotas: (principal) => {
        if (principal.kind === 'self') throw new Error('nobody has thought of that');
        return { callsPerSecond: 1, strikes: 1 };
      },
    });
    rawClient(host, { name: NOTES }).send(HELLO);
    for (let n = 0; n < 20; n++) rawClient(host, { as: ownPage(), name: SCREENS }).send('nonsense');
    await settled();
    expect(await blocked(KEY)).toBe(true);
  });
});
