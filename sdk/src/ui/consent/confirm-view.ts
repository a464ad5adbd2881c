import { html, nothing, type TemplateResult } from 'lit';
import { wholeText } from '../plain-text.js';
import type { Prompt } from '../source.js';

type Confirmation = NonNullable<Prompt['confirmation']>;

/**
 * What a host says of one call, below the title. Values are shown whole and as they are: this is the text that
 * somebody agrees to, and whatever is left out of it was not agreed to.
 */
export const confirmView = ({ message, details }: Confirmation): TemplateResult => html`
  ${message ? html`<p class="message"><bdi>${wholeText(message)}</bdi></p>` : nothing}
  ${
    details.length > 0
      ? html`<dl class="details card">
          ${details.map(
            ({ label, value }) => html`<div>
              <dt><bdi>${wholeText(label)}</bdi></dt>
              <dd><bdi>${wholeText(value)}</bdi></dd>
            </div>`,
          )}
        </dl>`
      : nothing
  }
`;
