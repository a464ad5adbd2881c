import { html, nothing, type TemplateResult } from 'lit';
import { callerId, foreign } from '../caller-view.js';
import type { MessageKey } from '../messages/english.js';
import type { Texts } from '../messages/messages.js';
import { plainText } from '../plain-text.js';
import type { AuditEntry } from '../source.js';

const DECISIONS: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['admitted', 'decisionAdmitted'],
  ['refused', 'decisionRefused'],
  ['allowed', 'decisionAllowed'],
  ['allowed-once', 'decisionAllowedOnce'],
  ['denied', 'decisionDenied'],
  ['revoked', 'decisionRevoked'],
  ['given-back', 'decisionGivenBack'],
  ['expired', 'decisionExpired'],
  ['confirmed', 'decisionConfirmed'],
  ['declined', 'decisionDeclined'],
  ['blocked', 'decisionBlocked'],
  ['unblocked', 'decisionUnblocked'],
  ['banned', 'decisionBanned'],
  ['quota', 'decisionQuota'],
  ['key-changed', 'decisionKeyChanged'],
  ['uninstalled', 'decisionUninstalled'],
]);

/** A decision that a newer background knows and this page doesn't is shown by its own name. */
export const decisionInWords = (decision: string, texts: Texts): string => {
  const key = DECISIONS.get(decision);
  return key ? texts.say(key) : plainText(decision);
};

export interface AuditControls {
  readonly texts: Texts;
  /** The decision that is shown alone; all of them without. */
  readonly filter: string | undefined;
  readonly most: number;
  setFilter(decision: string | undefined): void;
  more(): void;
}

/** What happened, newest first. */
export const auditLog = (entries: readonly AuditEntry[], controls: AuditControls): TemplateResult => {
  const { texts, filter, most, setFilter, more } = controls;
  if (entries.length === 0) return html`<p class="quiet">${texts.say('auditNone')}</p>`;
  const decisions = [...new Set(entries.map(({ decision }) => decision))];
  const shown = entries.filter(({ decision }) => filter === undefined || decision === filter);
  return html`
    <div class="row controls">
      <label>
        ${texts.say('auditFilter')}
        <select
          class="filter"
          @change=${({ target }: Event) => setFilter((target as HTMLSelectElement).value || undefined)}
        >
          <option value="" ?selected=${filter === undefined}>${texts.say('auditAll')}</option>
          ${decisions.map(
            (decision) =>
              html`<option value=${decision} ?selected=${decision === filter}>
                ${decisionInWords(decision, texts)}
              </option>`,
          )}
        </select>
      </label>
      <button type="button" part="button" class="export" @click=${() => saveAsFile(entries)}>
        ${texts.say('auditExport')}
      </button>
    </div>
    <ol class="lines audit">
      ${shown.slice(0, most).map((entry) => html`<li>${auditLine(entry, texts)}</li>`)}
    </ol>
    ${
      shown.length > most
        ? html`<button type="button" part="button" class="more" @click=${more}>
            ${texts.say('auditMore')}
          </button>`
        : nothing
    }
  `;
};

const auditLine = (
  { caller, decision, title, count, last }: AuditEntry,
  texts: Texts,
): TemplateResult => html`
  <div class="what">
    <p>
      <span class="decision">${decisionInWords(decision, texts)}</span>${
        title === undefined ? nothing : html`: ${foreign(title)}`
      }
    </p>
    <p><bdi class="id quiet" dir="ltr">${callerId(caller)}</bdi></p>
  </div>
  <p class="quiet when">${count > 1 ? `${texts.counted('auditTimes', count)} · ` : nothing}${texts.date(last)}</p>
`;

/** Hands the whole log to the browser as a download. No permission is needed for that. */
const saveAsFile = (entries: readonly AuditEntry[]): void => {
  const blob = new Blob([`${JSON.stringify(entries, null, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `portico-audit-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  // The download reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
