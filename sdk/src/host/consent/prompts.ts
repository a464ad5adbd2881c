/**
 * Questions that are open. Each party has one at a time, whichever of its principals and sessions asks; all parties
 * together have a few. An open question outlives the background and who asked it; one about a single call does not.
 */

import { after } from '../../platform/alarm.js';
import { whileOpen } from '../../session/while-open.js';
import { keyOf, type Principal, partyOf } from '../admission/principal.js';
import { type Catalogue, subjectOf } from './catalogue.js';
import { checkedConfirmation } from './confirmation.js';
import type { Ledger, Outcome } from './ledger.js';
import {
  type Answer,
  attended,
  type ConfirmPrompt,
  type GrantPrompt,
  grantPrompt,
  isSameQuestion,
  mayBeClosedByPerson,
  type OpenPrompt,
  type Presence,
  put,
  readAnswers,
  unanswered,
  wasMet,
} from './open-prompt.js';
import { OpenPrompts, tooMany } from './open-prompts.js';
import { createPauses } from './pauses.js';
import type { Windows } from './prompt-windows.js';
import type { Confirmation } from './questions.js';
import type { Recall } from './recall.js';
import { choicesOf } from './scope-choices.js';
import type { Storage } from './storage.js';
import {
  askerOf,
  isConsistent,
  PROMPTS,
  type StoredPrompt,
  type StoredPrompts,
  storePrompt,
} from './stored-prompts.js';
import type { Asker, Consent, ConsentContext, Request, Subject } from './types.js';

export interface Prompts extends Pick<Consent, 'ask' | 'pending' | 'confirm'> {
  readonly all: readonly OpenPrompt[];
  find(id: string): OpenPrompt | undefined;
  /** Answers a prompt; false where it is open no more. Rejects as {@link readAnswers}. */
  answer(id: string, answers: readonly Answer[]): Promise<boolean>;
  settle(id: string, yes: boolean): boolean;
  /** What a prompt's page tells of the person. */
  attend(id: string, presence: Presence): void;
  /** A page that has shown it is gone. */
  left(id: string): void;
  /** Ends a principal's prompt, and an extension's whole party's: nothing was said. */
  dismiss(key: string): void;
  /** Takes up what was open when the background stopped. Once storage is read. */
  restore(): void;
}

export interface PromptsOptions {
  readonly context: ConsentContext;
  readonly storage: Storage;
  /** Resolves once storage is read; `undefined` where it is. */
  readonly readable: () => Promise<unknown> | undefined;
  readonly catalogue: Catalogue;
  readonly recall: Recall;
  readonly ledger: Ledger;
  readonly windows: Windows;
  /** The extension's page with the prompt. */
  readonly page: string;
  /** The open prompts are others, or one of them is another. */
  readonly told: () => void;
}

/** So many questions about calls may come to nothing in a row: a person who was mistaken tries again. */
const FREE = 2;

export const createPrompts = (options: PromptsOptions): Prompts => {
  const { context, storage, readable, catalogue, recall, ledger, windows, page, told } = options;
  const { platform, limits } = context;
  const expiresIn = ({ expires }: OpenPrompt): number =>
    Math.max(0, Math.min(expires - platform.time(), limits.pending));
  const prompts = new OpenPrompts(limits.prompts, expiresIn);
  /** Who has asked about calls in vain, again and again. In memory alone, as the calls. */
  const vain = createPauses();
  let stored: StoredPrompts | undefined;

  const part = storage.part<StoredPrompts>({
    key: 'portico.prompts',
    plan: PROMPTS,
    adopt(value) {
      if (!isConsistent(value, platform.own)) return false;
      stored = value;
      return true;
    },
    snapshot() {
      const { all } = prompts;
      return {
        format: 1,
        prompts: all.flatMap((prompt) => (prompt.kind === 'grant' ? storePrompt(prompt) : [])),
        confirms: all.flatMap(({ kind, shown }) => (kind === 'confirm' ? (shown?.window ?? []) : [])),
      };
    },
  });

  const choices = (subject: Subject, { principal }: Asker) =>
    catalogue.find(subject)?.scoped ? choicesOf(context, subject, principal) : undefined;

  const changed = (): void => {
    part.save();
    told();
  };

  /** Takes it off the list, and its window from the screen. Whether it was there. */
  const remove = (prompt: OpenPrompt): boolean => {
    if (!prompts.delete(prompt)) return false;
    prompt.cancel();
    prompt.shown?.close();
    changed();
    return true;
  };

  const finish = (prompt: GrantPrompt, outcomes: readonly Outcome[]): void => {
    if (!remove(prompt)) return;
    const [first] = prompt.waiting;
    if (outcomes.length > 0) ledger.settle(prompt.asker, outcomes, first);
    // What was allowed once is one session's: to all others nothing was said of it.
    const said = new Set(
      outcomes.filter(({ verdict }) => verdict !== 'once').map(({ subject }) => subject.capability),
    );
    prompt.end(new Set([...prompt.capabilities.keys()].filter((name) => !said.has(name))));
  };

  /** `said`: nothing, where it is not the person who ended it. */
  const finishConfirm = (prompt: ConfirmPrompt, said: boolean | undefined): void => {
    if (!remove(prompt)) return;
    const { asker, party, subject } = prompt;
    if (said !== undefined) ledger.record(asker.principal, said ? 'confirmed' : 'declined', subject);
    if (said) vain.end(party);
    else vain.begin(party, platform.now(), FREE);
    prompt.end(said === true);
  };

  const end = (prompt: OpenPrompt, cause: 'closed' | 'failed'): void =>
    prompt.kind === 'grant'
      ? finish(prompt, unanswered(prompt, cause))
      : finishConfirm(prompt, cause === 'closed' ? false : undefined);

  /** Its window is gone, by no act of the person: they are asked again, once. */
  const lose = (prompt: OpenPrompt): void => {
    if (prompt.again) end(prompt, 'failed');
    else {
      Object.assign(prompt, { again: true, read: false, hand: undefined });
      show(prompt);
    }
  };

  const listenerOf = (prompt: OpenPrompt) => ({
    opened: changed,
    closed: () => (mayBeClosedByPerson(prompt) ? end(prompt, 'closed') : lose(prompt)),
    lost: () => lose(prompt),
    failed: () => end(prompt, 'failed'),
  });

  /** Puts it on the list, at once: the next one to ask finds it. */
  const list = (prompt: OpenPrompt, wait: number): void => {
    prompts.add(prompt);
    prompt.cancel = after(platform, wait, () => end(prompt, wasMet(prompt) ? 'closed' : 'failed'));
  };

  const show = (prompt: OpenPrompt): void => {
    // It may be over by the time it is ready.
    if (prompts.find(prompt.id) === prompt)
      prompt.shown = windows.show(`${page}?prompt=${prompt.id}`, listenerOf(prompt));
  };

  /** Ends it: nothing was said. Nor is it asked again: whoever waits goes on with what is remembered. */
  const drop = (prompt: GrantPrompt): void => {
    if (remove(prompt)) prompt.end(new Set());
  };

  /** One that nobody waits for any more makes room for one that somebody waits for, and is no denial. */
  const makeRoom = (): void => {
    const prompt = prompts.inTheWay();
    if (prompt) drop(prompt);
  };

  const baseOf = (asker: Asker, { protocol, line }: Omit<Subject, 'capability'>) => ({
    id: platform.randomId(),
    asker,
    key: keyOf(asker.principal),
    party: partyOf(asker.principal),
    protocol,
    line,
    expires: platform.time() + limits.pending,
    cancel() {},
  });

  const open = (asker: Asker, subject: Omit<Subject, 'capability'>, wanted: Request['capabilities']) => {
    makeRoom();
    const prompt = grantPrompt(baseOf(asker, subject));
    list(prompt, limits.pending);
    ledger.see(asker.principal, asker.name);
    put(prompt, wanted, choices);
    show(prompt);
    told();
    return prompt;
  };

  const join = (prompt: GrantPrompt, wanted: Request['capabilities']): void => {
    if (put(prompt, wanted, choices)) void prompt.ready.then(changed);
    prompt.shown?.focus();
  };

  const reopen = (record: StoredPrompt): void => {
    const asker = askerOf(record, platform.own);
    const first = record.capabilities[0];
    // Updated meanwhile, the host may offer these no more.
    const isOffered = record.capabilities.every(({ subject, choices }) => {
      const offer = catalogue.find(subject);
      return offer?.scoped === (choices !== undefined);
    });
    const { id, expires, window } = record;
    if (!asker || !first || !isOffered || prompts.of(partyOf(asker.principal))) {
      windows.discard(window);
      return;
    }
    // Once is enough, and nobody who waits for it is left.
    const prompt = grantPrompt({ ...baseOf(asker, first.subject), id, expires, again: true });
    for (const { subject, needed, choices } of record.capabilities)
      prompt.capabilities.set(subject.capability, { name: subject.capability, needed, choices, seen: true });
    list(prompt, expiresIn(prompt));
    if (expiresIn(prompt) > 0) prompt.shown = windows.adopt(window, listenerOf(prompt));
    else {
      windows.discard(window);
      end(prompt, 'failed');
    }
  };

  return {
    get all() {
      return prompts.all;
    },
    find: (id) => prompts.find(id),
    async ask({ asker, protocol, capabilities, session, lasting }) {
      const party = partyOf(asker.principal);
      const deadline = platform.now() + limits.pending;
      const waiting = readable();
      if (waiting) await whileOpen(waiting, lasting);
      let left = capabilities;
      for (;;) {
        const wanted = left.filter(({ name }) => {
          const subject = subjectOf(protocol, name);
          const offer = catalogue.find(subject);
          return offer && recall.recall(asker, subject, offer.revision, session).verdict === 'ask';
        });
        const subject = subjectOf(protocol, '');
        if (wanted.length === 0) return;
        const current = prompts.of(party);
        if (current?.kind === 'confirm') prompts.checkFree(party);
        const prompt = current?.kind === 'grant' ? current : open(asker, subject, wanted);
        if (!isSameQuestion(prompt, asker, subject)) {
          // One at a time: this one's turn comes, if there is time left for it.
          await whileOpen(prompt.over, lasting);
          if (platform.now() >= deadline) return;
          continue;
        }
        prompt.waiting.set(session, lasting);
        const stay = lasting.whenOver(() => prompt.waiting.delete(session));
        if (prompt === current) join(prompt, wanted);
        const unsaid = await whileOpen(prompt.over, lasting);
        stay();
        left = wanted.filter(({ name }) => unsaid.has(name));
        if (left.length === 0 || platform.now() >= deadline) return;
      }
    },
    pending(principal: Principal) {
      const prompt = prompts.of(partyOf(principal));
      if (prompt?.kind !== 'grant' || prompt.key !== keyOf(principal)) return undefined;
      const { protocol, capabilities } = prompt;
      return { protocol, capabilities: [...capabilities.keys()], expiresIn: expiresIn(prompt) };
    },
    async confirm(asker, subject, confirmation: Confirmation, signal) {
      const checked = checkedConfirmation(confirmation);
      const waiting = readable();
      if (waiting) await waiting;
      if (signal.aborted) return false;
      const base = baseOf(asker, subject);
      const wait = vain.remaining(base.party, platform.now());
      if (wait > 0) throw tooMany('the person has been asked in vain too often', wait);
      prompts.checkFree(base.party);
      makeRoom();
      return new Promise<boolean>((resolve) => {
        const prompt: ConfirmPrompt = {
          ...base,
          kind: 'confirm',
          subject,
          confirmation: checked,
          end: resolve,
        };
        const abort = (): void => finishConfirm(prompt, undefined);
        list(prompt, limits.pending);
        signal.addEventListener('abort', abort, { once: true });
        const { cancel } = prompt;
        prompt.cancel = () => {
          cancel();
          signal.removeEventListener('abort', abort);
        };
        show(prompt);
        told();
      });
    },
    async answer(id, answers) {
      const prompt = prompts.find(id);
      if (prompt?.kind !== 'grant') return false;
      await prompt.ready;
      if (prompts.find(id) !== prompt) return false;
      finish(prompt, readAnswers(prompt, answers));
      return true;
    },
    settle(id, yes) {
      const prompt = prompts.find(id);
      if (prompt?.kind !== 'confirm') return false;
      finishConfirm(prompt, yes);
      return true;
    },
    attend(id, presence) {
      const prompt = prompts.find(id);
      if (prompt && attended(prompt, presence)) prompt.shown?.check();
    },
    left: (id) => prompts.find(id)?.shown?.check(),
    dismiss(key) {
      for (const prompt of prompts.all.filter((each) => each.key === key || each.party === key))
        if (prompt.kind === 'confirm') finishConfirm(prompt, undefined);
        else drop(prompt);
    },
    restore() {
      const before = stored;
      stored = undefined;
      for (const window of before?.confirms ?? []) windows.discard(window);
      for (const record of before?.prompts ?? []) reopen(record);
      if (before && before.prompts.length + before.confirms.length > 0) changed();
    },
  };
};
