import type { SessionInfo } from 'portico/client';
import { expect, test } from 'vitest';
import { accessTo, saysNoRight } from '../../src/access.js';

const info = (more: Partial<SessionInfo>): SessionInfo => ({
  id: 's',
  instance: 'i',
  version: '1.0.0',
  granted: [],
  refused: {},
  pending: [],
  ...more,
});

test.each([
  ['nobody knows before there is a session', 'connecting', undefined, { mark: undefined, words: '…' }],
  ['nor after', 'dormant', undefined, { mark: undefined, words: '…' }],
  ['while the person is asked', 'pending', undefined, { mark: 'asks', words: 'you are being asked' }],
  [
    'while they are asked for this alone',
    'open',
    info({ pending: ['titles'] }),
    { mark: 'asks', words: 'you are being asked' },
  ],
  ['granted', 'open', info({ granted: ['titles'] }), { mark: 'yes', words: 'allowed' }],
  ['denied', 'open', info({ refused: { titles: 'CONSENT_DENIED' } }), { mark: 'no', words: 'you said no' }],
  ['taken back', 'open', info({ refused: { titles: 'GRANT_REVOKED' } }), { mark: 'no', words: 'taken back' }],
  [
    'refused',
    'open',
    info({ refused: { titles: 'CAPABILITY_REFUSED' } }),
    { mark: 'no', words: 'not allowed' },
  ],
  [
    'a reason that nobody knows',
    'open',
    info({ refused: { titles: 'constructor' } }),
    { mark: 'no', words: 'not allowed' },
  ],
] as const)('what the board says of a capability: %s', (_what, state, info, expected) => {
  expect(accessTo('titles', { state, info })).toEqual(expected);
});

test('without the right to show them, tabs go; without a connection they stay, and are called old', () => {
  expect(
    ['REFUSED', 'CAPABILITY_REFUSED', 'CONSENT_DENIED', 'GRANT_REVOKED'].map((code) => saysNoRight({ code })),
  ).toEqual([true, true, true, true]);
  expect(['UNREACHABLE', 'DISCONNECTED', 'HANDSHAKE_TIMEOUT'].some((code) => saysNoRight({ code }))).toBe(
    false,
  );
  expect(saysNoRight(undefined)).toBe(false);
});
