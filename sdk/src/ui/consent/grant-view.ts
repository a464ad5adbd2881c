import { html, nothing, type TemplateResult } from 'lit';
import { foreign } from '../caller-view.js';
import type { Texts } from '../messages/messages.js';
import { LONGEST_DESCRIPTION } from '../plain-text.js';
import type { Prompt } from '../source.js';
import { isChoosable, type Selection } from './selection.js';

type Capability = Prompt['capabilities'][number];

/** What the view needs of the element around it. */
export interface GrantControls {
  readonly texts: Texts;
  readonly selection: Selection;
  toggle(capability: string): void;
  toggleChoice(capability: string, place: number): void;
}

/** What a prompt for grants asks for, capability by capability, in the protocol's own words. */
export const grantView = (prompt: Prompt, controls: GrantControls): TemplateResult => {
  const { texts } = controls;
  return html`
    ${
      prompt.keyChanged
        ? html`<section class="key-changed" aria-labelledby="key-changed">
            <h2 id="key-changed">${texts.say('keyChangedTitle')}</h2>
            <p>${texts.say('keyChanged')}</p>
          </section>`
        : nothing
    }
    <section aria-labelledby="asks">
      <h2 id="asks">${texts.say('asksFor')}</h2>
      <ul class="capabilities">
        ${prompt.capabilities.map(
          (capability, index) => html`<li class="card">${capabilityView(capability, index, controls)}</li>`,
        )}
      </ul>
      ${
        prompt.held.length > 0
          ? html`<p class="quiet">
              ${texts.parts('held', {
                titles: prompt.held.map((title, index) => [index > 0 ? ', ' : '', foreign(title)]),
              })}
            </p>`
          : nothing
      }
    </section>
  `;
};

const capabilityView = (capability: Capability, index: number, controls: GrantControls): TemplateResult => {
  const { texts, selection, toggle } = controls;
  const { name, title, description, needed, grew, choices } = capability;
  const isTicked = selection.ticked.has(name);
  const can = isChoosable(capability);
  const notes = `about-${index}`;
  return html`<div class="capability">
    <input
      type="checkbox"
      id=${`capability-${index}`}
      .checked=${isTicked}
      ?disabled=${!can}
      aria-describedby=${`need-${index} ${notes}`}
      @change=${() => toggle(name)}
    />
    <div>
      <div class="title">
        <label for=${`capability-${index}`}>${foreign(title)}</label>
        <span class="badge" id=${`need-${index}`}>${texts.say(needed ? 'needed' : 'optional')}</span>
      </div>
      <div id=${notes}>
        ${description ? html`<p class="quiet">${foreign(description, LONGEST_DESCRIPTION)}</p>` : nothing}
        ${grew ? html`<p class="grew">${texts.say('grew')}</p>` : nothing}
        ${can ? nothing : html`<p class="bad">${texts.say('nothingToChoose')}</p>`}
        ${can && needed && !isTicked ? html`<p class="bad">${texts.say('neededMissing')}</p>` : nothing}
      </div>
      ${isTicked && choices ? choicesView(name, choices, controls) : nothing}
    </div>
  </div>`;
};

const choicesView = (
  capability: string,
  choices: readonly string[],
  { texts, selection, toggleChoice }: GrantControls,
): TemplateResult =>
  html`<fieldset class="choices">
    <legend>${texts.say('chooseWhich')}</legend>
    ${choices.map(
      (label, place) => html`<label class="choice">
        <input
          type="checkbox"
          .checked=${selection.chosen.get(capability)?.has(place) ?? false}
          @change=${() => toggleChoice(capability, place)}
        />
        ${foreign(label)}
      </label>`,
    )}
  </fieldset>`;
