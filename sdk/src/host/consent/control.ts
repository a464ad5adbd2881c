import type { StorageState } from './storage.js';
import type { Subject } from './types.js';
import type { AuditView, ConnectionView, TrafficView } from './views.js';

/**
 * What `portico/ui` does on its screens, for hosts with screens of their own. Only after `host.listen()`;
 * before, everything rejects with INVALID_ARGUMENT. Waits until storage is read. Keys are those of `list`.
 */
export interface ConsentControl {
  /** Who is connected, or remembered; whoever was seen last comes first. */
  list(): Promise<ConnectionView[]>;
  /**
   * Takes back what a caller was allowed: one capability, or all where no subject is given. Open sessions
   * lose it before this returns; what they were denied they may ask for again.
   * @throws {PorticoError} INTERNAL while storage can't be read; so do `block`, `unblock` and `forget`
   */
  revoke(key: string, subject?: Subject): Promise<void>;
  /**
   * Keeps a caller out, whatever rules and grants say, and ends its sessions; an extension with all its content
   * scripts, which could else come from one more page each time.
   * @throws {PorticoError} INVALID_ARGUMENT for this extension's own pages, and for whom nobody has heard of;
   * LIMIT_EXCEEDED where a thousand are blocked
   */
  block(key: string): Promise<void>;
  unblock(key: string): Promise<void>;
  /** Forgets what a caller was allowed and denied, its name and its key. A block stays. */
  forget(key: string): Promise<void>;
  /** What has happened, newest first: at most 500 entries, which count. */
  audit(): Promise<AuditView[]>;
  /** What a caller has used in the last hour; all callers together where no key is given. */
  usage(key?: string): Promise<TrafficView>;
  /** Whether what is stored can be read; where it can't, nobody is let in but this extension's own pages. */
  storage(): Promise<{ state: StorageState }>;
  /** Throws away what can't be read, and nothing else. Rejects where the browser does not let it. */
  reset(): Promise<void>;
}
