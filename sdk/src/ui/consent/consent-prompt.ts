import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { extensionName } from '../../platform/browser-messages.js';
import { ownPlace } from '../../platform/browser-place.js';
import { callerView, foreign } from '../caller-view.js';
import { createGuard, type Guard } from '../guard/guard.js';
import { createTexts, type Messages, type Texts } from '../messages/messages.js';
import { plainText, wholeText } from '../plain-text.js';
import { type OpenSource, openPrompts, type Prompt, type PromptSource } from '../source.js';
import { baseStyles } from '../styles/base.js';
import { consentStyles } from '../styles/consent.js';
import { actionsView } from './actions-view.js';
import { confirmView } from './confirm-view.js';
import { LAST_MINUTE, spokenSeconds } from './countdown.js';
import { grantView } from './grant-view.js';
import { createHandWatch, type HandWatch } from './hand-watch.js';
import {
  followPrompt,
  type Outcome,
  type PromptLife,
  type PromptState,
  type Trouble,
} from './prompt-life.js';
import {
  answersOf,
  carryOver,
  initialSelection,
  obstacleOf,
  type Selection,
  toggleCapability,
  toggleChoice,
} from './selection.js';

/** What `portico-answered` carries. `gone`: it was answered elsewhere, or too late. */
export interface AnsweredDetail {
  readonly outcome: Outcome;
}

/**
 * `<portico-consent-prompt>`: asks the person what a caller may do, or about one call. For a page of its own in a
 * window of its own; inside of a frame it shows nothing. Not for a content script or a web page: grants change
 * from the host's own pages alone. What it is styled by, and its events, are in `docs/guides/screens.md`.
 *
 * Define it with `defineConsentPrompt()`.
 */
export class PorticoConsentPrompt extends LitElement {
  static override properties = {
    prompt: {},
    hostName: { attribute: 'host-name' },
    source: { attribute: false },
    messages: { attribute: false },
  };
  static override styles = [baseStyles, consentStyles];

  /** The prompt's id. @defaultValue `?prompt=` of the page's address; else the prompt that is open for longest */
  declare prompt: string | undefined;
  /** What the person knows the host as. @defaultValue the extension's name in its manifest */
  declare hostName: string | undefined;
  /** For tests: where the question comes from. Read when the element is connected. @defaultValue the host's background */
  declare source: PromptSource | undefined;
  /** Texts instead of the browser's `_locales` and the English ones. */
  declare messages: Messages | undefined;

  #texts: Texts = createTexts();
  #opened: OpenSource<PromptSource> | undefined;
  #life: PromptLife | undefined;
  #guard: Guard | undefined;
  #hand: HandWatch | undefined;
  #state: PromptState = { phase: 'loading' };
  #selection: Selection = { ticked: new Set(), chosen: new Map() };
  /** It asks for something else than when it was looked at. */
  #isChanged = false;
  /** What has just happened, for those who don't see it. */
  #said = '';
  #ticking: ReturnType<typeof setInterval> | undefined;
  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#isFramed) return;
    this.#state = { phase: 'loading' };
    this.#opened = this.source ? { source: this.source, close: () => {} } : openPrompts();
    this.#guard = createGuard(
      window,
      () => [...this.renderRoot.querySelectorAll('.caller, .buttons')],
      () => this.#notice(),
    );
    const hand = createHandWatch(window, () => this.#life?.attend());
    this.#hand = hand;
    const id = this.prompt ?? new URLSearchParams(location.search).get('prompt') ?? undefined;
    const place = ownPlace();
    this.#life = followPrompt(this.#opened.source, id, (state) => this.#take(state), {
      get state() {
        return hand.state;
      },
      place,
    });
    this.#ticking = setInterval(() => this.#tick(), 1_000);
    document.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#life?.stop();
    this.#guard?.stop();
    this.#hand?.stop();
    this.#opened?.close();
    this.#opened = undefined;
    clearInterval(this.#ticking);
    document.removeEventListener('keydown', this.#onKey);
  }

  /** Whoever frames the prompt could lay another page over it. */
  get #isFramed(): boolean {
    return window.top !== window;
  }

  get #isArmed(): boolean {
    return this.#guard?.isArmed ?? false;
  }

  #notice(): void {
    const obstacle = this.#sightObstacle;
    // For those who don't see it: why the buttons do nothing.
    if (this.#state.phase === 'open' && obstacle !== undefined) this.#said = obstacle;
    this.requestUpdate();
  }

  /** What keeps the person from seeing what they decide about, in words. */
  get #sightObstacle(): string | undefined {
    const attention = this.#guard?.attention;
    if (attention === 'off-screen') return this.#texts.say('notOnScreen');
    return attention === 'unseen' ? this.#texts.say('notInView') : undefined;
  }

  #take(state: PromptState): void {
    const before = this.#state;
    this.#state = state;
    if (state.phase === 'open') {
      const { prompt } = state;
      if (before.phase !== 'open') this.#selection = initialSelection(prompt);
      else if (looksOf(before.prompt) !== looksOf(prompt)) {
        this.#selection = carryOver(this.#selection, before.prompt, prompt);
        // Whoever can't have read it yet is not told that it was another one.
        this.#isChanged ||= this.#isArmed;
        if (this.#isChanged) this.#said = this.#texts.say('askedMore');
        // What is there now has not been looked at for half a second.
        this.#guard?.restart();
      }
    }
    if (state.phase === 'over') {
      clearInterval(this.#ticking);
      const detail: AnsweredDetail = { outcome: state.outcome };
      this.dispatchEvent(new CustomEvent('portico-answered', { detail, bubbles: true, composed: true }));
    }
    this.requestUpdate();
  }

  #tick(): void {
    if (this.#state.phase !== 'open') return;
    const left = this.#state.prompt.expires - Date.now();
    if (left > LAST_MINUTE) return;
    const spoken = spokenSeconds(left);
    if (spoken !== undefined) this.#said = this.#texts.counted('secondsLeft', spoken);
    // The background decides when it is over: its clock is the one that counts.
    if (left <= 0) void this.#life?.refresh();
    this.requestUpdate();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || event.repeat) return;
    event.preventDefault();
    // A key that was meant for the window before this one says nothing.
    if (event.isTrusted && this.#guard?.isSettled) this.#deny();
  };

  #deny(): void {
    if (this.#state.phase !== 'open') return;
    const { prompt } = this.#state;
    void this.#life?.reply(
      prompt.kind === 'confirm'
        ? { kind: 'confirm', yes: false }
        : { kind: 'grant', answers: answersOf(this.#selection, prompt, 'deny'), allows: false },
    );
  }

  #allow(verdict: 'always' | 'once', event: MouseEvent): void {
    if (this.#state.phase !== 'open' || !this.#guard?.press.counts(event)) return;
    const { prompt } = this.#state;
    if (prompt.kind === 'confirm') {
      void this.#life?.reply({ kind: 'confirm', yes: true });
      return;
    }
    if (obstacleOf(this.#selection, prompt)) {
      this.#said = this.#obstacle(prompt) ?? '';
      this.requestUpdate();
      return;
    }
    const answers = answersOf(this.#selection, prompt, verdict);
    void this.#life?.reply({ kind: 'grant', answers, allows: true });
  }

  #obstacle(prompt: Prompt): string | undefined {
    const obstacle = prompt.kind === 'grant' ? obstacleOf(this.#selection, prompt) : undefined;
    if (!obstacle) return undefined;
    return obstacle.kind === 'nothing-ticked'
      ? this.#texts.say('tickSomething')
      : this.#texts.say('chooseSomething', { title: plainText(obstacle.title) });
  }

  get #host(): string {
    return plainText(this.hostName ?? extensionName() ?? this.#texts.say('thisExtension'));
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('messages')) this.#texts = createTexts(this.messages);
  }

  override updated(): void {
    // Measured once it is drawn, and drawn again where that changes what stands still.
    const isPinned = this.#guard?.hasRoom ?? false;
    if (isPinned !== this.#isPinned) {
      this.#isPinned = isPinned;
      this.requestUpdate();
    }
    const heading = this.renderRoot.querySelector<HTMLElement>('h1');
    const phase = this.#isFramed ? 'framed' : this.#state.phase;
    if (!heading || this.#focusedIn === phase || phase === 'loading') return;
    this.#focusedIn = phase;
    // Reading begins at the question, and no key that is pressed by habit answers it.
    heading.focus();
  }
  #focusedIn: string | undefined;
  /** Who asks, and the answers, stay in view while the rest is scrolled. */
  #isPinned = false;

  override render(): TemplateResult {
    const { language, direction } = this.#texts;
    const attention = this.#guard?.attention ?? 'away';
    return html`<div
      class=${`frame ${attention}${this.#isPinned ? ' pinned' : ''}`}
      part="frame"
      role="dialog"
      aria-labelledby="title"
      lang=${language}
      dir=${direction}
    >
      ${this.#isFramed ? this.#plain(this.#texts.say('promptFramed')) : this.#content()}
      <p class="seen-by-none" role="status">${this.#said}</p>
    </div>`;
  }

  #plain(text: string, more: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="over"><h1 id="title" tabindex="-1">${text}</h1>
      ${more}</div>`;
  }

  #content(): TemplateResult {
    const state = this.#state;
    const texts = this.#texts;
    switch (state.phase) {
      case 'loading':
        return state.trouble
          ? this.#plain(
              this.#troubleText(state.trouble),
              html`<button type="button" @click=${() => this.#life?.refresh()}>${texts.say('tryAgain')}</button>`,
            )
          : this.#plain(texts.say('promptLoading'));
      case 'over': {
        const { outcome } = state;
        const key = { allowed: 'promptAllowed', denied: 'promptDenied', gone: 'promptGone' } as const;
        return this.#plain(texts.say(key[outcome]));
      }
      case 'open':
        return this.#question(state);
    }
  }

  #troubleText(trouble: Trouble): string {
    const key = {
      unreachable: 'promptUnreachable',
      unanswered: 'answerFailed',
      refused: 'answerRefused',
    } as const;
    return this.#texts.say(key[trouble], { host: this.#host });
  }

  #question({ prompt, sending, trouble }: Extract<PromptState, { phase: 'open' }>): TemplateResult {
    const texts = this.#texts;
    const { caller, confirmation } = prompt;
    const asks = { page: 'askPage', 'content-script': 'askContentScript' } as const;
    const ask =
      caller.kind === 'page' || caller.kind === 'content-script' ? asks[caller.kind] : 'askExtension';
    const host = html`<b>${foreign(this.#host)}</b>`;
    const isConfirm = prompt.kind === 'confirm';
    // Nobody says yes to nothing.
    if (isConfirm && !confirmation) return this.#plain(texts.say('promptGone'));
    return html`
      <h1 id="title" tabindex="-1" part="title">
        ${isConfirm && confirmation ? html`<bdi>${wholeText(confirmation.title)}</bdi>` : texts.parts(ask, { host })}
      </h1>
      ${isConfirm && confirmation ? confirmView(confirmation) : nothing}
      <section class="who" aria-labelledby="who">
        <h2 id="who" class=${isConfirm ? '' : 'seen-by-none'}>${texts.say('whoAsks')}</h2>
        <div class="card caller" part="caller">${callerView(caller, texts)}</div>
      </section>
      ${this.#isChanged ? html`<p class="notice"><span>${texts.say('askedMore')}</span></p>` : nothing}
      ${
        isConfirm
          ? nothing
          : grantView(prompt, {
              texts,
              selection: this.#selection,
              toggle: (name) => this.#select(toggleCapability(this.#selection, name)),
              toggleChoice: (name, place) => this.#select(toggleChoice(this.#selection, name, place)),
            })
      }
      ${actionsView(prompt, {
        texts,
        sending,
        guard: this.#guard,
        trouble: trouble && this.#troubleText(trouble),
        unseen: this.#sightObstacle,
        obstacle: this.#obstacle(prompt),
        deny: (event) => {
          if (this.#guard?.pressNo.counts(event)) this.#deny();
        },
        allow: (verdict, event) => this.#allow(verdict, event),
      })}
    `;
  }

  #select(selection: Selection): void {
    this.#selection = selection;
    this.#isChanged = false;
    this.#said = '';
    this.requestUpdate();
  }
}

/** All that a person reads in a prompt. */
const looksOf = ({ caller, capabilities, confirmation, keyChanged, held, kind }: Prompt): string =>
  JSON.stringify([caller, capabilities, confirmation, keyChanged, held, kind]);
