import { consentProtocol } from '../../consent/consent-protocol.js';
import { PorticoError } from '../../errors/portico-error.js';
import { isError } from '../../protocol/declared-errors.js';
import type { Answers, Prompt, PromptSource } from '../source.js';
import type { Hand } from './hand-watch.js';

/** What came of it, as far as this page knows. */
export type Outcome = 'allowed' | 'denied' | 'gone';

/** What stands in the way, while the question is open. */
export type Trouble =
  /** The background does not answer; it is being tried again. */
  | 'unreachable'
  /** An answer was sent, and nobody knows whether it arrived. */
  | 'unanswered'
  /** The background takes no answers from this page. */
  | 'refused';

export type PromptState =
  | { readonly phase: 'loading'; readonly trouble?: Trouble }
  | {
      readonly phase: 'open';
      readonly prompt: Prompt;
      /** An answer is under way. */
      readonly sending: boolean;
      readonly trouble?: Trouble;
    }
  | { readonly phase: 'over'; readonly outcome: Outcome };

/** An answer to a prompt of either kind. */
export type Reply =
  | { readonly kind: 'grant'; readonly answers: Answers; readonly allows: boolean }
  | { readonly kind: 'confirm'; readonly yes: boolean };

/** What the background is told of the page besides the answer. */
export interface Presence {
  readonly state: Hand;
  /** The window or tab that the page is in, by the browser's number. */
  readonly place: Promise<number | undefined>;
}

export interface PromptLife {
  readonly state: PromptState;
  reply(reply: Reply): Promise<void>;
  /** Reads the question again, at once. */
  refresh(): Promise<void>;
  /** Tells what is known of the person's hand: before the window can close, or it would count as nobody's. */
  attend(): void;
  stop(): void;
}

/** Chromium stops a background after 30 s without a word; a prompt that is being read must not lose it. */
const KEEP_AWAKE = 20_000;
const RETRY_FIRST = 1_000;
const RETRY_LAST = 20_000;

/**
 * Follows one prompt from the background to its answer: keeps it fresh, keeps the background awake, and finds out
 * what became of an answer that got lost on the way.
 * @param id the prompt's; without it the one that has been open for longest
 * @param presence without it the background hears nothing of the person
 */
export const followPrompt = (
  source: PromptSource,
  id: string | undefined,
  tell: (state: PromptState) => void,
  presence?: Presence,
): PromptLife => {
  let state: PromptState = { phase: 'loading' };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry = RETRY_FIRST;
  const stopped = new AbortController();

  const set = (next: PromptState): void => {
    if (stopped.signal.aborted) return;
    state = next;
    if (next.phase === 'over') life.stop();
    tell(next);
  };
  const again = (milliseconds: number): void => {
    clearTimeout(timer);
    if (!stopped.signal.aborted) timer = setTimeout(() => void life.refresh(), milliseconds);
  };
  const fetchPrompt = async (): Promise<Prompt | undefined> => {
    if (id === undefined) id = (await source.list())[0]?.id;
    if (id === undefined) return undefined;
    // In this order: from the first look on, the background knows what a closed window means.
    await attend(id);
    return source.get({ id });
  };
  let place: number | undefined;
  const attend = async (id: string): Promise<void> => {
    if (!presence) return;
    place ??= await presence.place;
    // What does not arrive is told again with the next look.
    source.attend({ id, state: presence.state, ...(place !== undefined && { place }) }).catch(() => {});
  };
  const troubled = (trouble: Trouble): void => {
    if (state.phase === 'loading') set({ phase: 'loading', trouble });
    else if (state.phase === 'open') set({ phase: 'open', prompt: state.prompt, sending: false, trouble });
  };

  /** Hears at once when the prompt changes or ends; that it goes on being asked is known without. */
  const listen = async (): Promise<void> => {
    try {
      for await (const open of source.changed({ signal: stopped.signal, onGap: () => {} })) {
        if (state.phase === 'open' && !state.sending && !open.includes(state.prompt.id)) {
          set({ phase: 'over', outcome: 'gone' });
          return;
        }
        void life.refresh();
      }
    } catch {
      // The next look at the prompt finds out why, and listens again.
    }
    listening = false;
  };
  let listening = false;

  const life: PromptLife = {
    get state() {
      return state;
    },
    async refresh() {
      if (stopped.signal.aborted || (state.phase === 'open' && state.sending)) return;
      try {
        if (!listening) {
          listening = true;
          void listen();
        }
        const prompt = await fetchPrompt();
        // An answer that left meanwhile knows better.
        if (state.phase === 'over' || (state.phase === 'open' && state.sending)) return;
        retry = RETRY_FIRST;
        if (!prompt) return set({ phase: 'over', outcome: 'gone' });
        const unanswered = state.phase === 'open' && state.trouble === 'unanswered';
        set({ phase: 'open', prompt, sending: false, ...(unanswered && { trouble: 'unanswered' }) });
        again(KEEP_AWAKE);
      } catch (error) {
        if (isGone(error)) return set({ phase: 'over', outcome: 'gone' });
        if (isRefusal(error)) return troubled('refused');
        troubled('unreachable');
        again(retry);
        retry = Math.min(retry * 2, RETRY_LAST);
      }
    },
    async reply(reply) {
      if (state.phase !== 'open' || state.sending) return;
      const { prompt } = state;
      set({ phase: 'open', prompt, sending: true });
      try {
        if (reply.kind === 'grant') await source.answer({ id: prompt.id, answers: reply.answers });
        else await source.confirm({ id: prompt.id, yes: reply.yes });
        const allows = reply.kind === 'grant' ? reply.allows : reply.yes;
        set({ phase: 'over', outcome: allows ? 'allowed' : 'denied' });
      } catch (error) {
        if (isGone(error)) return set({ phase: 'over', outcome: 'gone' });
        if (isRefusal(error)) return troubled('refused');
        // It may have arrived: the prompt is gone then, which the next look finds out.
        troubled('unanswered');
        await life.refresh();
      }
    },
    attend() {
      if (id !== undefined && state.phase === 'open' && !stopped.signal.aborted) void attend(id);
    },
    stop() {
      clearTimeout(timer);
      stopped.abort();
    },
  };
  void life.refresh();
  return life;
};

const isGone = (error: unknown): boolean => isError(consentProtocol, error, 'promptGone');

const isRefusal = (error: unknown): boolean =>
  PorticoError.is(error) && (error.code === 'REFUSED' || error.code === 'CAPABILITY_REFUSED');
