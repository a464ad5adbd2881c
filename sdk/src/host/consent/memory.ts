/** What consent has in memory, and how each part of it is stored. */
import { AUDIT, type AuditLog, createAuditLog, type StoredAudit } from './audit-log.js';
import { type Catalogue, createCatalogue } from './catalogue.js';
import { createGrantBook, type GrantBook } from './grant-book.js';
import { createHoldings, type Holdings } from './once-grants.js';
import { createPauses, type Pauses } from './pauses.js';
import type { Storage } from './storage.js';
import type { StoredPart } from './stored-part.js';
import { entryOf, GRANTS, isStorable, PARTY, type StoredGrants, storeEntry } from './stored-shapes.js';
import { createTraffic, type StoredTraffic, TRAFFIC, type Traffic } from './traffic.js';
import type { ConsentContext } from './types.js';

export interface Memory {
  readonly catalogue: Catalogue;
  readonly book: GrantBook;
  readonly holdings: Holdings;
  readonly pauses: Pauses;
  readonly audit: AuditLog;
  readonly traffic: Traffic;
  readonly stored: { readonly grants: StoredPart; readonly audit: StoredPart; readonly traffic: StoredPart };
  /** Whether what people decided is known. Where it isn't, nothing is allowed by it. */
  readonly readable: boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

export const createMemory = ({ platform, protocols }: ConsentContext, storage: Storage): Memory => {
  const book = createGrantBook();
  const pauses = createPauses();
  const audit = createAuditLog(platform.own);
  const traffic = createTraffic();
  const now = (): number => platform.time();

  const grants = storage.part<StoredGrants>({
    key: 'portico.grants',
    plan: GRANTS,
    adopt({ principals, pauses: paused = [] }) {
      const entries = principals.map((each) => entryOf(each, platform.own));
      if (!entries.every((entry) => entry !== undefined)) return false;
      if (new Set(entries.map(({ key }) => key)).size !== entries.length) return false;
      for (const entry of entries) {
        // Seen while this was being read.
        const since = book.get(entry.key);
        book.adopt(entry);
        if (since) book.see(since.principal, since.seen, since.rawName);
      }
      pauses.adopt(paused);
      return true;
    },
    snapshot: () => ({
      format: 1,
      principals: [...book.entries].filter(({ principal }) => isStorable(principal)).map(storeEntry),
      pauses: pauses.all.filter(({ party }) => party.length <= PARTY),
    }),
  });
  const auditPart = storage.part<StoredAudit>({
    key: 'portico.audit',
    plan: AUDIT,
    adopt: (stored) => audit.adopt(stored),
    snapshot: () => audit.snapshot(),
  });
  const trafficPart = storage.part<StoredTraffic>({
    key: 'portico.traffic',
    plan: TRAFFIC,
    adopt: (stored) => traffic.adopt(stored),
    snapshot: () => traffic.snapshot(now()),
  });

  return {
    catalogue: createCatalogue(protocols),
    book,
    holdings: createHoldings(),
    pauses,
    audit,
    traffic,
    stored: { grants, audit: auditPart, traffic: trafficPart },
    get readable() {
      return grants.state === 'ok';
    },
    now,
  };
};
