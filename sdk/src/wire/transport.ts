import type { LocalCode } from '../errors/codes.js';

/** Anything that carries batches in order, at most once, without acknowledgement. */
export interface Transport {
  /**
   * Sends one batch. The transport may keep the batch, and the receiver of a batch owns it.
   * Throws when it can't carry the value; does nothing once it has ended.
   */
  send(batch: readonly unknown[]): void;
  /** Ends it. Batches sent before still arrive. `closed` is not told of it. */
  close(): void;
}

/** What a transport tells its owner. Nothing more comes after `closed`. */
export interface TransportListener {
  batch(batch: unknown): void;
  /**
   * With UNREACHABLE, SERIALIZATION_MISMATCH and UNSUPPORTED_BROWSER nothing that was sent has arrived.
   * DISCONNECTED: closed by the other end, or died; browsers tell no difference. CONTEXT_INVALIDATED: this end was
   * left behind by its extension.
   */
  closed(code: LocalCode, browserSays?: string): void;
}
