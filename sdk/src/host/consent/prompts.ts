/**
 * Questions that are open. Each principal has one at a time, whoever of its sessions asks; all principals
 * together have a few. An open question outlives the background; one about a single call does not.
 */

import { PorticoError } from '../../errors/portico-error.js';
import { after } from '../../platform/alarm.js';
import { keyOf, type Principal } from '../admission/principal.js';
import { type Catalogue, subjectOf } from './catalogue.js';
import { checkedConfirmation } from './confirmation.js';
import type { Ledger, Outcome } from './ledger.js';
import {
  type Answer,
  type ConfirmPrompt,
  type GrantPrompt,
  grantPrompt,
  isSameQuestion,
  type OpenPrompt,
  put,
  readAnswers,
  unanswered,
} from './open-prompt.js';
import type { Windows } from './prompt-windows.js';
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
import type { Asker, Confirmation, Consent, ConsentContext, Request, Subject } from './types.js';

export interface Prompts extends Pick<Consent, 'ask' | 'pending' | 'confirm'> {
  readonly all: readonly OpenPrompt[];
  find(id: string): OpenPrompt | undefined;
  /** Answers a prompt; false where it is open no more. Rejects as {@link readAnswers}. */
  answer(id: string, answers: readonly Answer[]): Promise<boolean>;
  settle(id: string, yes: boolean): boolean;
  /** Ends a principal's prompt: nothing was said. */
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

export const createPrompts = (options: PromptsOptions): Prompts => {
  const { context, storage, readable, catalogue, recall, ledger, windows, page, told } = options;
  const { platform, limits } = context;
  const byId = new Map<string, OpenPrompt>();
  const byKey = new Map<string, OpenPrompt>();
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
      const prompts = [...byId.values()];
      return {
        format: 1,
        prompts: prompts.flatMap((prompt) => (prompt.kind === 'grant' ? storePrompt(prompt) : [])),
        confirms: prompts.flatMap(({ kind, shown }) => (kind === 'confirm' ? (shown?.window ?? []) : [])),
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
    if (!byId.delete(prompt.id)) return false;
    byKey.delete(prompt.key);
    prompt.cancel();
    prompt.shown?.close();
    changed();
    return true;
  };

  const finish = (prompt: GrantPrompt, outcomes: readonly Outcome[]): void => {
    if (!remove(prompt)) return;
    if (outcomes.length > 0) ledger.settle(prompt.asker, outcomes, prompt.waiting);
    const said = new Set(outcomes.map(({ subject }) => subject.capability));
    prompt.end(new Set([...prompt.capabilities.keys()].filter((name) => !said.has(name))));
  };

  const finishConfirm = (prompt: ConfirmPrompt, yes: boolean): void => {
    if (!remove(prompt)) return;
    ledger.record(prompt.asker.principal, yes ? 'confirmed' : 'declined', prompt.subject);
    prompt.end(yes);
  };

  const end = (prompt: OpenPrompt, cause: 'closed' | 'failed'): void =>
    prompt.kind === 'grant' ? finish(prompt, unanswered(prompt, cause)) : finishConfirm(prompt, false);

  const listenerOf = (prompt: OpenPrompt) => ({
    opened: changed,
    closed: () => end(prompt, 'closed'),
    failed: () => end(prompt, 'failed'),
  });

  /** Puts it on the list, at once: the next one to ask finds it. */
  const list = (prompt: OpenPrompt, wait: number): void => {
    byId.set(prompt.id, prompt);
    byKey.set(prompt.key, prompt);
    prompt.cancel = after(platform, wait, () => end(prompt, 'closed'));
  };

  const expiresIn = ({ expires }: OpenPrompt): number =>
    Math.max(0, Math.min(expires - platform.time(), limits.pending));

  const show = (prompt: OpenPrompt): void => {
    // It may be over by the time it is ready.
    if (byId.get(prompt.id) === prompt)
      prompt.shown = windows.show(`${page}?prompt=${prompt.id}`, listenerOf(prompt));
  };

  const checkRoom = (): void => {
    if (byId.size < limits.prompts) return;
    const retryAfter = Math.max(1000, Math.min(...[...byId.values()].map(expiresIn)));
    throw new PorticoError('LIMIT_EXCEEDED', 'too many questions are open', {
      data: { limit: 'prompts', retryAfter },
    });
  };

  const checkFree = (key: string): void => {
    if (byKey.has(key)) throw new PorticoError('CONSENT_PENDING', 'the person is being asked already');
  };

  const baseOf = (asker: Asker, { protocol, line }: Omit<Subject, 'capability'>) => ({
    id: platform.randomId(),
    asker,
    key: keyOf(asker.principal),
    protocol,
    line,
    expires: platform.time() + limits.pending,
    cancel() {},
  });

  const open = (asker: Asker, subject: Omit<Subject, 'capability'>, wanted: Request['capabilities']) => {
    checkRoom();
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
    if (!asker || !first || !isOffered || byKey.has(keyOf(asker.principal))) {
      windows.discard(window);
      return;
    }
    const prompt = grantPrompt({ ...baseOf(asker, first.subject), id, expires });
    for (const { subject, needed, choices } of record.capabilities)
      prompt.capabilities.set(subject.capability, { name: subject.capability, needed, choices, seen: true });
    list(prompt, expiresIn(prompt));
    if (expiresIn(prompt) > 0) prompt.shown = windows.adopt(window, listenerOf(prompt));
    else {
      windows.discard(window);
      end(prompt, 'closed');
    }
  };

  return {
    get all() {
      return [...byId.values()];
    },
    find: (id) => byId.get(id),
    async ask({ asker, protocol, capabilities }) {
      const key = keyOf(asker.principal);
      const deadline = platform.now() + limits.pending;
      const waiting = readable();
      if (waiting) await waiting;
      let left = capabilities;
      for (;;) {
        const wanted = left.filter(({ name }) => {
          const subject = subjectOf(protocol, name);
          const offer = catalogue.find(subject);
          return offer && recall.recall(asker, subject, offer.revision).verdict === 'ask';
        });
        const subject = subjectOf(protocol, '');
        if (wanted.length === 0) return;
        const current = byKey.get(key);
        if (current?.kind === 'confirm') checkFree(key);
        const prompt = current?.kind === 'grant' ? current : open(asker, subject, wanted);
        if (!isSameQuestion(prompt, asker, subject)) {
          // One at a time: this one's turn comes, if there is time left for it.
          await prompt.over;
          if (platform.now() >= deadline) return;
          continue;
        }
        prompt.waiting++;
        if (prompt === current) join(prompt, wanted);
        const unsaid = await prompt.over;
        left = wanted.filter(({ name }) => unsaid.has(name));
        if (left.length === 0 || platform.now() >= deadline) return;
      }
    },
    pending(principal: Principal) {
      const prompt = byKey.get(keyOf(principal));
      if (prompt?.kind !== 'grant') return undefined;
      const { protocol, capabilities } = prompt;
      return { protocol, capabilities: [...capabilities.keys()], expiresIn: expiresIn(prompt) };
    },
    async confirm(asker, subject, confirmation: Confirmation, signal) {
      const checked = checkedConfirmation(confirmation);
      const waiting = readable();
      if (waiting) await waiting;
      if (signal.aborted) return false;
      const base = baseOf(asker, subject);
      checkFree(base.key);
      checkRoom();
      return new Promise<boolean>((resolve) => {
        const prompt: ConfirmPrompt = {
          ...base,
          kind: 'confirm',
          subject,
          confirmation: checked,
          end: resolve,
        };
        const abort = (): void => finishConfirm(prompt, false);
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
      const prompt = byId.get(id);
      if (prompt?.kind !== 'grant') return false;
      await prompt.ready;
      if (byId.get(id) !== prompt) return false;
      finish(prompt, readAnswers(prompt, answers));
      return true;
    },
    settle(id, yes) {
      const prompt = byId.get(id);
      if (prompt?.kind !== 'confirm') return false;
      finishConfirm(prompt, yes);
      return true;
    },
    dismiss(key) {
      const prompt = byKey.get(key);
      if (prompt?.kind === 'confirm') finishConfirm(prompt, false);
      // Nor is it asked again: whoever waits goes on with what is remembered.
      else if (prompt && remove(prompt)) prompt.end(new Set());
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
