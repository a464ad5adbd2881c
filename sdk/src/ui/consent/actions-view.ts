import { html, nothing, type TemplateResult } from 'lit';
import type { Guard } from '../guard/guard.js';
import type { Texts } from '../messages/messages.js';
import type { Prompt } from '../source.js';
import { LAST_MINUTE } from './countdown.js';

/** What the view needs of the element around it. */
export interface ActionControls {
  readonly texts: Texts;
  /** An answer is under way. */
  readonly sending: boolean;
  readonly guard: Guard | undefined;
  /** What went wrong, in words. */
  readonly trouble: string | undefined;
  /** What keeps the person from seeing what they decide about, in words. */
  readonly unseen: string | undefined;
  /** What keeps the selection from being allowed, in words. */
  readonly obstacle: string | undefined;
  deny(event: MouseEvent): void;
  allow(verdict: 'always' | 'once', event: MouseEvent): void;
}

/** The answers: the safe one first, and all of one look. */
export const actionsView = ({ kind, expires }: Prompt, controls: ActionControls): TemplateResult => {
  const { texts, sending, guard, trouble, unseen, obstacle } = controls;
  const isArmed = guard?.isArmed ?? false;
  const isConfirm = kind === 'confirm';
  const isInert = sending || obstacle !== undefined || !isArmed;
  const left = expires - Date.now();
  // Not `disabled`: the focus would leave it, and a screen reader pass it by, for half a second.
  const allow = (verdict: 'always' | 'once', label: string): TemplateResult =>
    html`<button
      type="button"
      class="allow"
      part="button allow"
      aria-disabled=${String(isInert)}
      aria-describedby="hint"
      @pointerdown=${guard?.press.onPress}
      @keydown=${guard?.press.onKey}
      @click=${(event: MouseEvent) => controls.allow(verdict, event)}
    >
      ${label}
    </button>`;
  return html`<div class="actions" part="actions">
    ${trouble === undefined ? nothing : html`<p class="bad" role="alert">${trouble}</p>`}
    <p class="quiet hint" id="hint">
      ${unseen === undefined ? (obstacle ?? (isConfirm ? nothing : texts.say('onceMeans'))) : html`<span class="bad">${unseen}</span>`}
      ${
        left <= LAST_MINUTE
          ? html`<span role="timer">
              ${texts.counted('secondsLeft', Math.max(Math.ceil(left / 1_000), 0))}
            </span>`
          : nothing
      }
      <span class="seen-by-none">${isArmed ? nothing : texts.say('waitsForYou')}</span>
    </p>
    <div class=${isConfirm ? 'buttons' : 'buttons three'}>
      <button
        type="button"
        class="deny"
        part="button deny"
        aria-disabled=${String(sending || !guard?.isSettled)}
        @pointerdown=${guard?.pressNo.onPress}
        @keydown=${guard?.pressNo.onKey}
        @click=${(event: MouseEvent) => controls.deny(event)}
      >
        ${texts.say(isConfirm ? 'no' : 'deny')}
      </button>
      ${
        isConfirm
          ? allow('once', texts.say('yes'))
          : [allow('once', texts.say('allowOnce')), allow('always', texts.say('allowAlways'))]
      }
    </div>
  </div>`;
};
