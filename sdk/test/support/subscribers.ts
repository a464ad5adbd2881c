import { connect, type SubscribeOptions, type Subscription } from 'portico/client';
import type { Limits } from '../../src/limits/limits.js';
import { linked } from './linked.js';
import { settled } from './raw-peer.js';
import { tabs, tabsHost } from './tabs.js';

/** A tab as a friend sees it. */
export const tab = (id: number) => ({ id, title: `${id}` });

/** A client of a real host, with the same limits on both sides. */
export const subscriber = async (limits: Partial<Limits> = {}, wants: readonly 'titles'[] = ['titles']) => {
  const server = tabsHost({ limits });
  const link = linked(server.host);
  const connection = connect(tabs, { needs: ['read', 'control'], wants, platform: link.platform, limits });
  await connection.session.ready();
  return { server, link, ...connection };
};
export type Subscriber = Awaited<ReturnType<typeof subscriber>>;

/** A subscription that the host knows of. */
export const subscribed = async (
  it: Subscriber,
  options?: SubscribeOptions,
): Promise<Subscription<{ id: number; title?: string | undefined }>> => {
  const events = it.read.changed(options);
  await settled();
  return events;
};

/** What is left to read: the ids, and how it ended. */
export const drain = async (events: AsyncIterable<{ id: number }>): Promise<(number | string)[]> => {
  const seen: (number | string)[] = [];
  try {
    for await (const { id } of events) seen.push(id);
    seen.push('end');
  } catch (error) {
    seen.push((error as { code: string }).code);
  }
  return seen;
};
