import { expect, test } from 'vitest';
import type { RuntimePort } from '../../../src/platform/platform.js';
import { listeningPlatform } from '../../support/listening-platform.js';
import { FRIEND, STRANGER, settled } from '../../support/raw-peer.js';
import { bystander } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

/** A port that notes whatever is done with it. */
const watched = (name: string, sender = FRIEND.sender): { port: RuntimePort; done: string[] } => {
  const done: string[] = [];
  const note = (what: string) => () => {
    done.push(what);
  };
  const port: RuntimePort = {
    name,
    sender,
    postMessage: note('postMessage'),
    disconnect: note('disconnect'),
    onMessage: { addListener: note('onMessage') },
    onDisconnect: { addListener: note('onDisconnect') },
  };
  return { port, done };
};

const NAMES = [
  '',
  'portico',
  'Portico:org.example.tabs',
  ' portico:org.example.tabs',
  '\u0440ortico:org.example.tabs',
  'org.example.tabs',
  'other',
  '__proto__',
  'xportico:org.example.tabs',
];

test.each(NAMES)('[W1.1] a port named %j is left alone', async (name) => {
  const platform = listeningPlatform();
  const server = tabsHost({ platform });
  const stop = server.host.listen();
  const unharmed = await bystander(server);
  for (const sender of [FRIEND.sender, STRANGER.sender, {}, undefined]) {
    for (const event of ['external', 'internal'] as const) {
      const { port, done } = watched(name, sender as typeof FRIEND.sender);
      platform.dispatch(event, port);
      await settled();
      expect(done).toEqual([]);
    }
  }
  await unharmed();
  stop();
  expect(server.log.filter(({ event }) => event === 'refused')).toEqual([]);
});

test('[W1.1] a port of ours is not', async () => {
  const platform = listeningPlatform();
  const server = tabsHost({ platform });
  server.host.listen();
  const ours = watched('portico:org.example.tabs');
  const refused = watched('portico:', STRANGER.sender);
  for (const { port } of [ours, refused]) platform.dispatch('external', port);
  await settled();
  expect(ours.done).toEqual(['onMessage', 'onDisconnect']);
  expect(refused.done).toEqual(['postMessage', 'disconnect']);
});

test('a port that is dead when it is refused harms nobody', async () => {
  const platform = listeningPlatform();
  const server = tabsHost({ platform });
  server.host.listen();
  const unharmed = await bystander(server);
  const { port } = watched('portico:org.example.tabs', STRANGER.sender);
  const dead = {
    ...port,
    postMessage: () => {
      throw new Error('Attempting to use a disconnected port object');
    },
  };
  platform.dispatch('external', dead);
  await unharmed();
});
