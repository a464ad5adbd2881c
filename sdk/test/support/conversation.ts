import { PorticoError } from 'portico';
import { KIND } from './kinds.js';
import { type RawFrame, rawClient, settled } from './raw-peer.js';
import { realClient } from './sessions.js';
import { tabsHost } from './tabs.js';

/** RESULT frames as what they stand for, so that it doesn't matter how they were folded. */
export const unfolded = (frames: readonly RawFrame[]): RawFrame[] =>
  frames.flatMap((frame) =>
    frame[0] === KIND.RESULT
      ? frame.slice(2).map((value, i) => [KIND.RESULT, (frame[1] as number) + i, value])
      : [frame],
  );

/** Posts messages to a real host, one after the other. */
export const playToHost = async (
  messages: readonly unknown[],
): Promise<{ readonly answers: RawFrame[]; readonly closed: boolean }> => {
  const peer = rawClient(tabsHost().host);
  for (const message of messages) {
    if (!peer.closed) peer.post(message);
    await settled();
  }
  return { answers: unfolded(peer.frames), closed: peer.closed };
};

export type Use = readonly [member: string, params?: unknown];
export interface Outcome {
  readonly value?: unknown;
  readonly events?: readonly unknown[];
  readonly code?: string;
  readonly declared?: string;
  readonly data?: unknown;
}

const failed = (error: unknown): Outcome => {
  if (!PorticoError.is(error)) throw error;
  const { code, declared, data } = error;
  return declared === undefined ? { code } : { code, declared, data };
};

/** Posts messages to a real client that has made calls and subscriptions. */
export const playToClient = async (
  uses: readonly Use[],
  messages: readonly unknown[],
  connect: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly outcomes: readonly Outcome[];
  readonly closed: boolean;
  /** The code of the client's goodbye. */
  readonly goodbye: unknown;
}> => {
  const client = realClient({ connect });
  const capabilities = client as unknown as Record<string, Record<string, (params: unknown) => unknown>>;
  const outcomes: Outcome[] = uses.map(() => ({ code: 'it never ended' }));
  uses.forEach(([path, params], i) => {
    const [capability = '', member = ''] = path.split('.');
    const used = capabilities[capability]?.[member]?.(params);
    const settle = (outcome: Outcome): void => {
      outcomes[i] = outcome;
    };
    if (used instanceof Promise) {
      used.then(
        (value) => settle(value === undefined ? {} : { value }),
        (error) => settle(failed(error)),
      );
      return;
    }
    const events: unknown[] = [];
    settle({ events });
    (async () => {
      for await (const each of used as AsyncIterable<unknown>) events.push(each);
    })().catch((error) => settle({ events, ...failed(error) }));
  });
  await settled();
  const { host } = client.raw;
  for (const message of messages) {
    if (!host.closed) host.post(message);
    await settled();
  }
  const [goodbye] = host.of(KIND.GOODBYE);
  return {
    outcomes,
    closed: host.closed,
    goodbye: (goodbye?.[1] as { code?: unknown } | undefined)?.code,
  };
};
