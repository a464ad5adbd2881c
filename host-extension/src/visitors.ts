import type { Implementation, LogEntry, Principal } from 'portico/host';
import type { overview } from './overview.protocol.js';

export type Visitors = Awaited<ReturnType<Implementation<typeof overview, 'overview'>['visitors']>>;

/** How many different callers that were turned away are remembered. Anybody can knock under many names. */
const REMEMBERED = 20;

export interface VisitorBook {
  /** Takes down what the host logs of comings and goings. */
  write(entry: LogEntry): void;
  readonly visitors: Visitors;
}

/** Who is connected and who was turned away since the background started, gathered from the host's log. */
export const createVisitorBook = (onChange: () => void, now: () => number = Date.now): VisitorBook => {
  const sessions = new Map<string, { readonly principal: Principal; readonly since: number }>();
  const refused = new Map<string, Visitors['turnedAway'][number]>();

  return {
    write({ event, principal, session }) {
      if (!principal) return;
      if (event === 'admitted' && session !== undefined) sessions.set(session, { principal, since: now() });
      else if (event === 'ended' && session !== undefined) sessions.delete(session);
      else if (event === 'refused') {
        const key = keyOf(principal);
        const times = (refused.get(key)?.times ?? 0) + 1;
        refused.delete(key);
        refused.set(key, { caller: callerOf(principal), times, last: now() });
        const [oldest] = refused.keys();
        if (refused.size > REMEMBERED && oldest !== undefined) refused.delete(oldest);
      } else return;
      onChange();
    },
    get visitors() {
      const connected = new Map<string, Visitors['connected'][number]>();
      for (const { principal, since } of sessions.values()) {
        const key = keyOf(principal);
        const { sessions: count, since: first } = connected.get(key) ?? { sessions: 0, since };
        connected.set(key, { caller: callerOf(principal), sessions: count + 1, since: first });
      }
      return { connected: [...connected.values()], turnedAway: [...refused.values()].reverse() };
    },
  };
};

const keyOf = (principal: Principal): string =>
  `${principal.kind} ${'id' in principal ? principal.id : ''} ${principal.origin}`;

const callerOf = (principal: Principal): Visitors['connected'][number]['caller'] => ({
  kind: principal.kind,
  origin: principal.origin,
  ...('id' in principal ? { id: principal.id } : {}),
});
