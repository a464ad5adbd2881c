import { html, type TemplateResult } from 'lit';
import type { MessageKey } from '../messages/english.js';
import type { Texts } from '../messages/messages.js';

/** Something that can't be undone, and is asked about first: on the page, never by the browser's own dialog. */
export interface Deed {
  /** What tells it from every other on the page. */
  readonly id: string;
  readonly question: MessageKey;
  readonly yes: MessageKey;
  run(): Promise<unknown>;
}

/** How the parts of the screen do something. */
export interface Doing {
  readonly texts: Texts;
  /** The deed that is being asked about. */
  readonly asking: string | undefined;
  /** Something is under way. */
  readonly isBusy: boolean;
  ask(deed: Deed | undefined): void;
  /** Does what needs no question. */
  run(action: () => Promise<unknown>): void;
  /** Does what was asked about. */
  confirm(deed: Deed): void;
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

/** Asks whether to do it. The safe answer stands first, and has the focus. */
export const deedQuestion = (deed: Deed, doing: Doing): TemplateResult => {
  const { texts } = doing;
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
    <p id="question">${texts.say(deed.question)}</p>
    <div class="row">
      <button type="button" part="button" class="cancel" @click=${() => doing.ask(undefined)}>
        ${texts.say('cancel')}
      </button>
      <button
        type="button"
        part="button danger"
        class="danger"
        ?disabled=${doing.isBusy}
        @click=${() => doing.confirm(deed)}
      >
        ${texts.say(deed.yes)}
      </button>
    </div>
  </div>`;
};
