import { PorticoError } from '../../errors/portico-error.js';
import type { EndReason } from '../../session/host-session.js';
import type { Principal } from '../admission/principal.js';

/** One admitted conversation, as providers see it. */
export interface Session {
  readonly id: string;
  readonly principal: Principal;
  /** The version of the protocol that was agreed on. */
  readonly version: string;
  /** The capabilities granted to it. */
  readonly grants: ReadonlySet<string>;
  /** Aborted when the session ends, with the reason. */
  readonly signal: AbortSignal;
}

/** A session whose end its owner can tell. */
export interface OwnedSession extends Session {
  end(reason: EndReason): void;
}

/** The signal is made when somebody asks: idle sessions should cost next to nothing. */
export const createSession = (facts: Omit<Session, 'signal'>): OwnedSession => {
  let controller: AbortController | undefined;
  let ended: EndReason | undefined;
  const abort = ({ code, message }: EndReason): void => controller?.abort(new PorticoError(code, message));
  return {
    ...facts,
    get signal() {
      controller ??= new AbortController();
      if (ended && !controller.signal.aborted) abort(ended);
      return controller.signal;
    },
    end(reason) {
      ended = reason;
      if (controller) abort(reason);
    },
  };
};
