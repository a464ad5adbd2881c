import { html, nothing, type TemplateResult } from 'lit';
import { callerId } from '../caller-view.js';
import type { Guard } from '../guard/guard.js';
import type { MessageKey } from '../messages/english.js';
import type { Texts } from '../messages/messages.js';
import type { Caller } from '../source.js';

/** Something that changes who may do what, and is asked about first: on the page, never by the browser's own dialog. */
export interface Deed {
  /** What tells it from every other on the page. */
  readonly id: string;
  readonly question: MessageKey;
  readonly yes: MessageKey;
  /** Whose rights it changes. */
  readonly of?: Caller;
  run(): Promise<unknown>;
}

/** How the parts of the screen do something. */
export interface Doing {
  readonly texts: Texts;
  /** The deed that is being asked about. */
  readonly asking: string | undefined;
  /** Whether the person has seen the question. */
  readonly guard: Guard | undefined;
  /** Something is under way. */
  readonly isBusy: boolean;
  ask(deed: Deed | undefined): void;
  /** Does what was asked about, if the press is that of somebody who has seen it. */
  confirm(deed: Deed, event: MouseEvent): void;
}

/** The button of a deed. What it says may need a longer name where several say the same. */
export const deedButton = (deed: Deed, label: string, doing: Doing, name = label): TemplateResult =>
  html`<button
    type="button"
    part="button"
    data-deed=${deed.id}
    aria-label=${name}
    ?disabled=${doing.isBusy}
    @click=${() => doing.ask(deed)}
  >
    ${label}
  </button>`;

/**
 * Asks whether to do it, and about whom. The safe answer stands first, and has the focus; the other one waits as those
 * of the prompt do: any extension can open our page, where and when it likes.
 */
export const deedQuestion = (deed: Deed, doing: Doing): TemplateResult => {
  const { texts, guard } = doing;
  const attention = guard?.attention ?? 'away';
  const obstacle =
    attention === 'off-screen'
      ? texts.say('notOnScreen')
      : attention === 'unseen'
        ? texts.say('askNotInView')
        : undefined;
  return html`<div
    class="question notice"
    role="group"
    aria-labelledby="question"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      doing.ask(undefined);
    }}
  >
    <div>
      <p id="question">${texts.say(deed.question)}</p>
      ${deed.of ? html`<p><bdi class="id quiet" dir="ltr">${callerId(deed.of)}</bdi></p>` : nothing}
      <p id="question-waits" class=${obstacle === undefined ? 'seen-by-none' : 'bad'}>
        ${attention === 'armed' ? nothing : (obstacle ?? texts.say('waitsForYou'))}
      </p>
    </div>
    <div class="row">
      <button type="button" part="button" class="cancel" @click=${() => doing.ask(undefined)}>
        ${texts.say('cancel')}
      </button>
      <button
        type="button"
        part="button danger"
        class="danger"
        aria-disabled=${String(doing.isBusy || attention !== 'armed')}
        aria-describedby="question-waits"
        @pointerdown=${guard?.press.onPress}
        @keydown=${guard?.press.onKey}
        @click=${(event: MouseEvent) => doing.confirm(deed, event)}
      >
        ${texts.say(deed.yes)}
      </button>
    </div>
  </div>`;
};
