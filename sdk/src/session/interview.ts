import type { ErrorCode } from '../errors/codes.js';
import type { PorticoError } from '../errors/portico-error.js';
import type { Conversion } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import type { Frame } from '../wire/frames.js';
import type { Refusal, Welcome } from '../wire/handshake.js';
import type { Lasting } from './departure.js';

/** What a session does once it is admitted. */
export interface Admitted {
  readonly welcome: Omit<Welcome, 'native'>;
  /** Called after the welcome was written; what it gives handles the session from then on. */
  begin(context: {
    writer: BatchWriter;
    /** Whether bytes travel as they are, and not as Base64. */
    nativeBytes: boolean;
    end(error: PorticoError): void;
    /** Runs once, when the welcome has left, in the same task: for what need not keep the client waiting. */
    afterwards(run: () => void): void;
  }): SessionHandler;
}

export interface SessionHandler {
  /** A frame after the hello, of kinds that may be skipped, too. Gives what rule it breaks, if any. @param reading of the message that it came in */
  frame(frame: Frame, reading: Conversion): string | undefined;
  /** Ends calls that took too long; gives the time when to look again. */
  expire(now: number): number;
  /** A frame of ours that the browser would not take. */
  unsendable(frame: Frame, error: unknown): void;
  /** Exactly once, and last. */
  ended(reason: EndReason): void;
}

/** Why a session ended. An error is only made of it where somebody is told: most ends are ordinary. */
export interface EndReason {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The host's answer to a hello. */
export type Answer = { readonly admitted: Admitted } | { readonly refused: Refusal };

/** What can be said to a client that has greeted and waits for its answer. */
export interface Interview {
  /** The whole conversation, and the session that follows: until the client has said goodbye, or the port is gone. */
  readonly lasting: Lasting;
  /** Asks for a proof, once. Resolves with the body of the PROOF; never, where the client goes. */
  challenge(body: object): Promise<unknown>;
  /**
   * Tells that a person is being asked: from then on nothing is held, and there is time. Resolves when the
   * client has read it, and so all that it sent before has been dropped; never, where the client goes.
   * @param expiresIn milliseconds after which the host gives up
   */
  pending(expiresIn: number): Promise<void>;
}
