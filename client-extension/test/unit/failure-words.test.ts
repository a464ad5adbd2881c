import { PorticoError } from 'portico';
import { expect, test } from 'vitest';
import { failureWords, pictureWords } from '../../src/failure-words.js';

test('every outcome of connecting that a person can do something about has its words', () => {
  const titles = (
    [
      'UNREACHABLE',
      'REFUSED',
      'CAPABILITY_REFUSED',
      'CONSENT_DENIED',
      'CONSENT_PENDING',
      'GRANT_REVOKED',
      'LIMIT_EXCEEDED',
      'NO_COMMON_VERSION',
      'HANDSHAKE_TIMEOUT',
      'DISCONNECTED',
    ] as const
  ).map((code) => failureWords(new PorticoError(code, 'x')).title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles).not.toContain('Something went wrong');
});

test('anything else is shown as it is', () => {
  expect(failureWords(new PorticoError('PROTOCOL_VIOLATION', 'too odd'))).toMatchObject({
    title: 'Something went wrong',
    text: 'PROTOCOL_VIOLATION: too odd',
  });
  expect(failureWords({ code: 'constructor' }).title).toBe('Something went wrong');
  expect(failureWords(undefined).title).toBe('Something went wrong');
});

test('each reason for no picture has words of its own', () => {
  const words = (['no-window', 'page-protected', 'site-access-off'] as const).map(pictureWords);
  expect(new Set(words).size).toBe(3);
});
