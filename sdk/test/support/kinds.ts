/** The kinds of frames as docs/wire.md numbers them: by hand, so that a test fails where the code differs. */
export const KIND = {
  HELLO: 0,
  WELCOME: 1,
  REFUSE: 2,
  PENDING: 3,
  CHALLENGE: 4,
  PROOF: 5,
  GOODBYE: 6,
  CALL: 7,
  RESULT: 8,
  ERROR: 9,
  CANCEL: 10,
  SUBSCRIBE: 11,
  UNSUBSCRIBE: 12,
  EVENT: 13,
  END: 14,
  CREDIT: 15,
  DATA: 16,
  PART: 17,
  LEASE: 18,
  RELEASE: 19,
  GRANTS: 20,
  REQUEST: 21,
  ACK: 22,
  RESUME: 23,
} as const;

/** The kinds that only a host sends. */
export const FROM_HOST = [
  KIND.WELCOME,
  KIND.REFUSE,
  KIND.CHALLENGE,
  KIND.GRANTS,
  KIND.RESULT,
  KIND.ERROR,
  KIND.EVENT,
  KIND.END,
];

/** The kinds that only a client sends, apart from the hello. */
export const FROM_CLIENT = [
  KIND.PROOF,
  KIND.REQUEST,
  KIND.CALL,
  KIND.CANCEL,
  KIND.SUBSCRIBE,
  KIND.UNSUBSCRIBE,
  KIND.CREDIT,
];

/** The kinds whose fields are not settled, and those that must not be skipped. */
export const RESERVED = [16, 17, 18, 19, 22, 23];
