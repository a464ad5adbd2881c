import type { SessionControl } from 'portico/client';

/** What a board says of one capability. */
export interface Access {
  readonly mark: 'yes' | 'no' | 'asks' | undefined;
  readonly words: string;
}

const REASONS: Readonly<Record<string, string>> = {
  CONSENT_DENIED: 'you said no',
  GRANT_REVOKED: 'taken back',
};

/** Whether a session has a capability, as it stands now. Without a session nobody knows. */
export const accessTo = (name: string, { state, info }: Pick<SessionControl, 'state' | 'info'>): Access => {
  if (state === 'pending' || info?.pending.includes(name))
    return { mark: 'asks', words: 'you are being asked' };
  if (!info) return { mark: undefined, words: '…' };
  if (info.granted.includes(name)) return { mark: 'yes', words: 'allowed' };
  const code = Object.hasOwn(info.refused, name) ? (info.refused[name] ?? '') : '';
  return { mark: 'no', words: (Object.hasOwn(REASONS, code) && REASONS[code]) || 'not allowed' };
};

/** The errors that say: what was shown may be shown no more. */
const NO_RIGHT: ReadonlySet<unknown> = new Set([
  'REFUSED',
  'CAPABILITY_REFUSED',
  'CONSENT_DENIED',
  'GRANT_REVOKED',
]);

export const saysNoRight = (error: unknown): boolean =>
  NO_RIGHT.has((error as { code?: unknown } | undefined)?.code);
