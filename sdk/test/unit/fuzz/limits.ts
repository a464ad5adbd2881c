/** So tight that what is sent at random exceeds them now and then. */
export const LIMITS = {
  calls: 12,
  depth: 12,
  earlyMessages: 6,
  eventQueue: 32,
  messageItems: 100,
  messageSize: 12_000,
  messageSteps: 1500,
  subscriptions: 4,
  valueSize: 4000,
} as const;
