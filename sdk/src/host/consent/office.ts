/** All that asks and remembers, put together when the background starts: the first turn registers listeners. */

import { PorticoError } from '../../errors/portico-error.js';
import { after } from '../../platform/alarm.js';
import { keyOf, type Principal } from '../admission/principal.js';
import type { ConsentControl } from './control.js';
import { createInstalled } from './installed.js';
import { createLedger, type Ledger } from './ledger.js';
import { createMemory, type Memory } from './memory.js';
import type { OpenPrompt } from './open-prompt.js';
import { createWindows } from './prompt-windows.js';
import { createPrompts, type Prompts } from './prompts.js';
import { createRecall, type Recall } from './recall.js';
import type { Announcer, PromptDesk } from './service.js';
import { createStorage } from './storage.js';
import type { ConsentContext } from './types.js';
import { createViews, isForeign, type PromptView } from './views.js';

export interface Office {
  readonly memory: Memory;
  readonly recall: Recall;
  readonly ledger: Ledger;
  readonly prompts: Prompts;
  readonly desk: PromptDesk;
  readonly control: ConsentControl;
  readonly loading: Promise<void> | undefined;
  /** Somebody was admitted: it can't be switched off. */
  heard(principal: Principal): void;
}

export interface OfficeOptions {
  readonly context: ConsentContext;
  readonly page: string;
  readonly lasts: number | undefined;
  readonly announcer: Announcer | undefined;
}

const DAY = 86_400_000;
/** Screens are told of changes at most so often, in milliseconds: callers can cause any number. */
const TOLD = 250;

export const openOffice = ({ context, page, lasts, announcer }: OfficeOptions): Office => {
  const { platform, log } = context;
  const storage = createStorage({ store: platform.store, clock: platform, log });
  const memory = createMemory(context, storage);
  const recall = createRecall(memory);
  let loading: Promise<void> | undefined;
  /** The same, of what the browser did not give at first. */
  let renewing: Promise<void> | undefined;

  let isTelling = false;
  const told = (): void => {
    if (isTelling || !announcer?.isHeard) return;
    isTelling = true;
    after(platform, TOLD, () => {
      isTelling = false;
      announcer.connections();
    });
  };

  const ledger = createLedger({ context, memory, recall, lasts, told });

  const lapses = (principal: Principal): boolean => !(installed.isKnown && isForeign(principal));

  const resume = (): void => {
    ledger.sweep(lapses);
    // An answer has to find what was decided before.
    if (memory.readable) prompts.restore();
  };

  /** Storage could not be read at first, or has been thrown away: everybody is judged afresh. */
  const renewed = (): void => {
    resume();
    context.changed();
    told();
  };

  /** Resolves once what can be read is read; `undefined` where nothing is to be waited for. */
  const readable = (): Promise<void> | undefined => {
    if (loading || renewing) return loading ?? renewing;
    renewing = storage.retry()?.then((read) => {
      renewing = undefined;
      if (read) renewed();
    });
    return renewing;
  };

  const end = (key: string, why: string): void =>
    context.end(key, new PorticoError('REFUSED', `this host does not admit this caller any more: ${why}`));

  const uninstalled = (principal: Principal): void => {
    const key = keyOf(principal);
    prompts.dismiss(key);
    ledger.forget(key);
    ledger.record(principal, 'uninstalled');
    end(key, 'it is not installed');
  };

  const extensionsOf = (id: string): Principal[] =>
    [...memory.book.entries]
      .map(({ principal }) => principal)
      .filter((principal) => isForeign(principal) && principal.id === id);

  const installed = createInstalled(platform.extensions, platform, (id, how) => {
    void (loading ?? Promise.resolve()).then(() => {
      // Its sessions die by themselves; it is shown as switched off, and has its grants when it is back.
      if (how === 'uninstalled') for (const principal of extensionsOf(id)) uninstalled(principal);
      told();
    });
  });

  const windows = createWindows(platform.windows, platform, log);
  const prompts = createPrompts({
    context,
    storage,
    readable,
    catalogue: memory.catalogue,
    recall,
    ledger,
    windows,
    page,
    told: () => announcer?.prompts(prompts.all.map(({ id }) => id)),
  });
  const views = createViews({ context, memory, recall, installed });

  /** Of whom the browser has not said for a day that they are there. */
  const probe = async (): Promise<void> => {
    const due = [...memory.book.entries].filter(
      ({ principal, checked }) => isForeign(principal) && Math.abs(memory.now() - checked) > DAY,
    );
    const ids = due.flatMap(({ principal }) => ('id' in principal ? principal.id : []));
    const there = await installed.probe([...new Set(ids)]);
    for (const { principal, key } of due) {
      const isThere = 'id' in principal ? there.get(principal.id) : undefined;
      if (isThere) ledger.checked(key);
      else if (isThere === false) uninstalled(principal);
    }
  };

  storage.load();
  // Where there is no storage there is nothing to wait for.
  loading = storage.loading?.then(() => {
    loading = undefined;
    resume();
    void probe();
  });

  const changeable = async (): Promise<void> => {
    await readable();
    // Upon what can't be read nothing can be built: it would be lost, or would bury what is there.
    if (!memory.readable) throw new PorticoError('INTERNAL', 'what people decided can not be read');
  };

  const control: ConsentControl = {
    async list() {
      await readable();
      ledger.sweep(lapses);
      return views.connections();
    },
    async revoke(key, subject) {
      await changeable();
      ledger.revoke(key, 'revoked', subject && [subject]);
    },
    async block(key) {
      await changeable();
      const principal =
        memory.book.get(key)?.principal ??
        context.sessions.find((each) => keyOf(each.principal) === key)?.principal ??
        memory.audit.find(key);
      if (!principal) throw new PorticoError('INVALID_ARGUMENT', 'nobody of this key has been heard of');
      if (principal.kind === 'self')
        throw new PorticoError('INVALID_ARGUMENT', 'without its own pages nobody could unblock anybody');
      ledger.block(principal);
      prompts.dismiss(key);
      end(key, 'the person blocks it');
    },
    async unblock(key) {
      await changeable();
      ledger.unblock(key);
    },
    async forget(key) {
      await changeable();
      prompts.dismiss(key);
      ledger.forget(key);
    },
    async audit() {
      await readable();
      return views.audit();
    },
    async usage(key) {
      await readable();
      return memory.traffic.series(key, memory.now());
    },
    async storage() {
      await readable();
      return { state: storage.state };
    },
    async reset() {
      await readable();
      await storage.reset();
      renewed();
    },
  };

  /** As a page sees it; from then on what it does not answer is denied. */
  const showTo = async (prompt: OpenPrompt): Promise<PromptView | undefined> => {
    if (prompt.kind === 'grant') await prompt.ready;
    const view = await views.prompt(prompt);
    if (prompts.find(prompt.id) !== prompt) return undefined;
    prompt.read = true;
    if (prompt.kind === 'grant')
      for (const { name } of view.capabilities) {
        const asked = prompt.capabilities.get(name);
        if (asked) asked.seen = true;
      }
    return view;
  };

  const desk: PromptDesk = {
    async list() {
      await readable();
      const shown = await Promise.all(prompts.all.map(showTo));
      return shown.filter((view) => view !== undefined);
    },
    async get(id) {
      await readable();
      const prompt = prompts.find(id);
      return prompt && showTo(prompt);
    },
    async answer(id, answers) {
      await readable();
      return prompts.answer(id, answers);
    },
    async confirm(id, yes) {
      await readable();
      return prompts.settle(id, yes);
    },
    attend: (id, presence) => prompts.attend(id, presence),
    left: (id) => prompts.left(id),
  };

  return {
    memory,
    recall,
    ledger,
    prompts,
    desk,
    control,
    get loading() {
      return readable();
    },
    heard(principal) {
      if (isForeign(principal)) installed.heard(principal.id);
    },
  };
};
