import { PorticoError } from '../../errors/portico-error.js';
import type { EndReason } from '../../session/interview.js';
import type { Principal } from '../admission/principal.js';

/** One admitted conversation, as providers see it. */
export interface Session {
  readonly id: string;
  readonly principal: Principal;
  /** The version of the protocol that was agreed on. */
  readonly version: string;
  /** The capabilities granted to it, as they are now: the same set for the whole session. */
  readonly grants: ReadonlySet<string>;
  /** Aborted when the session ends, with the reason. */
  readonly signal: AbortSignal;
}

/** A session whose end its owner can tell. */
export interface OwnedSession extends Session {
  /** Replaces what is granted. */
  grant(capabilities: Iterable<string>): void;
  end(reason: EndReason): void;
}

/** A class for its getter: one in an object literal costs a hidden class for each session. */
class ServedSession implements OwnedSession {
  readonly id: string;
  readonly principal: Principal;
  readonly version: string;
  readonly grants: Set<string>;
  #controller: AbortController | undefined;
  #ended: EndReason | undefined;

  constructor({ id, principal, version, grants }: SessionFacts) {
    this.id = id;
    this.principal = principal;
    this.version = version;
    this.grants = new Set(grants);
  }

  /** Made when somebody asks: idle sessions should cost next to nothing. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    this.#abort();
    return this.#controller.signal;
  }

  grant(capabilities: Iterable<string>): void {
    this.grants.clear();
    for (const each of capabilities) this.grants.add(each);
  }

  end(reason: EndReason): void {
    this.#ended = reason;
    this.#abort();
  }

  #abort(): void {
    // A signal that is aborted already keeps its reason.
    if (this.#ended && this.#controller?.signal.aborted === false)
      this.#controller.abort(new PorticoError(this.#ended.code, this.#ended.message));
  }
}

/** What is known when a session begins. */
export interface SessionFacts extends Omit<Session, 'signal' | 'grants'> {
  readonly grants: Iterable<string>;
}

export const createSession = (facts: SessionFacts): OwnedSession => new ServedSession(facts);
