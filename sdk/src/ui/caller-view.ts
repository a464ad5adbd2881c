import { html, nothing, type TemplateResult } from 'lit';
import type { Texts } from './messages/messages.js';
import { LONGEST_NAME, plainText } from './plain-text.js';
import type { Caller } from './source.js';

/** Somebody else's words among ours: they can neither turn our line around nor pass for markup. */
export const foreign = (text: string, most?: number): TemplateResult =>
  html`<bdi>${plainText(text, most)}</bdi>`;

/** What the browser vouches for, letter by letter. Always from left to right, as it is written. */
const vouched = (text: string): TemplateResult => html`<bdi class="id" dir="ltr">${text}</bdi>`;

/** A caller in one line, where there is room for no more: what the browser vouches for, or who it proves to be. */
export const callerId = ({ kind, id, origin }: Caller): string =>
  kind === 'page' ? origin : kind === 'content-script' ? `${id ?? '–'} @ ${origin}` : (id ?? origin);

export const kindInWords = ({ kind }: Caller, texts: Texts): string => {
  switch (kind) {
    case 'extension':
      return texts.say('kindExtension');
    case 'content-script':
      return texts.say('kindContentScript');
    case 'page':
      return texts.say('kindPage');
    case 'self':
      return texts.say('kindSelf');
  }
};

/**
 * Who a caller is: first what the browser vouches for, then what its list of extensions says, and what the caller
 * says of itself last, marked as such. An extension's origin is left out: in Chromium it repeats the id, in Firefox
 * it is a random one that tells nobody anything.
 */
export const callerView = (caller: Caller, texts: Texts): TemplateResult => {
  const { kind, id, origin, installedName, claimedName, thumbprint } = caller;
  return html`
    <p class="kind">${kindInWords(caller, texts)}</p>
    ${id !== undefined && kind !== 'page' ? html`<p>${vouched(id)}</p>` : nothing}
    ${
      kind === 'content-script'
        ? html`<p>${texts.say('kindContentScriptIn')} ${vouched(origin)}</p>
            <p class="quiet">${texts.say('contentScriptRisk')}</p>`
        : nothing
    }
    ${kind === 'page' ? html`<p>${vouched(origin)}</p>` : nothing}
    ${
      installedName
        ? html`<p class="fact">${texts.parts('installedAs', { name: html`<b>${foreign(installedName, LONGEST_NAME)}</b>` })}</p>`
        : nothing
    }
    ${
      claimedName
        ? html`<p class="fact quiet">
            ${texts.parts('callsItself', { name: foreign(claimedName, LONGEST_NAME) })}
            <span class="badge unverified">${texts.say('notVerified')}</span>
          </p>`
        : nothing
    }
    ${thumbprint ? html`<p class="key">${texts.say('provenKey')} ${vouched(thumbprint)}</p>` : nothing}
  `;
};
