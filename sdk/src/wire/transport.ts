/** Why a transport ended. */
export type CloseReason =
  /** The other end is absent, disabled or not listening. Nothing that was sent arrived. */
  | 'unreachable'
  /** The two manifests ask for different serialization. Nothing that was sent arrived. */
  | 'serialization'
  /** The browser has no such connections. Nothing that was sent arrived. */
  | 'unsupported'
  /** Closed by the other end, or died: browsers tell no difference. */
  | 'closed';

/** Anything that carries batches in order, at most once, without acknowledgement. */
export interface Transport {
  /**
   * Sends one batch. The transport may keep the batch, and the receiver of a batch owns it.
   * Throws when the transport has ended or can't carry the value.
   */
  send(batch: readonly unknown[]): void;
  /** Ends it. Batches sent before still arrive. `onClosed` is not told of it. */
  close(): void;
}

/** What a transport tells its owner. Nothing more comes after `closed`. */
export interface TransportListener {
  batch(batch: unknown): void;
  closed(reason: CloseReason, detail?: string): void;
}
