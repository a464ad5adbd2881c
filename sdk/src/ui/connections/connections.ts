import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { extensionName } from '../../platform/browser-messages.js';
import { callerId } from '../caller-view.js';
import { createGuard, type Guard } from '../guard/guard.js';
import { createTexts, type Messages, type Texts } from '../messages/messages.js';
import { plainText } from '../plain-text.js';
import { type Connection, type ConnectionsSource, type OpenSource, openConnections } from '../source.js';
import { baseStyles } from '../styles/base.js';
import { connectionsStyles } from '../styles/connections.js';
import { type Deed, type Doing, deedButton, deedQuestion } from './asking.js';
import { auditLog } from './audit-log.js';
import { blockedCard, type CardControls, connectionCard } from './connection-card.js';
import { type Follower, followConnections, type Overview, type Standing } from './follow.js';

/** Entries of the log that are shown at first, and more each time somebody asks for more. */
const AUDIT_STEP = 50;

/**
 * `<portico-connections>`: who may do what with this extension, since when and by whose word, what happened, and
 * how to take it back. For the host's own pages; it needs the width of a page, and has no heading of its own
 * above its parts' (`h3`). Not for pages of others: they are refused. What it is styled by is in
 * `docs/guides/screens.md`.
 *
 * Define it with `defineConnections()`.
 */
export class PorticoConnections extends LitElement {
  static override properties = {
    hostName: { attribute: 'host-name' },
    source: { attribute: false },
    messages: { attribute: false },
  };
  static override styles = [baseStyles, connectionsStyles];

  /** What the person knows the host as. @defaultValue the extension's name in its manifest */
  declare hostName: string | undefined;
  /** For tests: where it reads, and acts. Read when the element is connected. @defaultValue the host's background */
  declare source: ConnectionsSource | undefined;
  /** Texts instead of the browser's `_locales` and the English ones. */
  declare messages: Messages | undefined;

  #texts: Texts = createTexts();
  #opened: OpenSource<ConnectionsSource> | undefined;
  #follower: Follower | undefined;
  #guard: Guard | undefined;
  #standing: Standing = 'connecting';
  #overview: Overview | undefined;
  #asking: string | undefined;
  #isBusy = false;
  #problem: string | undefined;
  #said = '';
  #trafficOf: string | undefined;
  #filter: string | undefined;
  #most = AUDIT_STEP;
  /** Where the focus goes once it is drawn. */
  #focusNext: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#opened = this.source ? { source: this.source, close: () => {} } : openConnections();
    this.#follower = followConnections(
      this.#opened.source,
      document,
      (overview) => {
        this.#overview = overview;
        this.requestUpdate();
      },
      (standing) => {
        this.#standing = standing;
        this.requestUpdate();
      },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#question(undefined);
    this.#follower?.stop();
    this.#opened?.close();
    this.#opened = undefined;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('messages')) this.#texts = createTexts(this.messages);
  }

  override updated(): void {
    if (this.#focusNext === undefined) return;
    const wanted = this.renderRoot.querySelector<HTMLElement>(this.#focusNext);
    this.#focusNext = undefined;
    wanted?.focus();
  }

  get #host(): string {
    return plainText(this.hostName ?? extensionName() ?? this.#texts.say('thisExtension'));
  }

  get #doing(): Doing {
    return {
      texts: this.#texts,
      asking: this.#asking,
      guard: this.#guard,
      isBusy: this.#isBusy,
      ask: (deed) => {
        const before = this.#asking;
        this.#question(deed?.id);
        // Back to where it was asked; or to the safe answer.
        this.#focusNext = deed ? '.question .cancel' : `[data-deed="${CSS.escape(before ?? '')}"]`;
        this.requestUpdate();
      },
      confirm: (deed, event) => {
        if (this.#guard?.press.counts(event)) void this.#run(deed.run);
      },
    };
  }

  /** Another question has not been seen yet, wherever it stands. Without one nothing is watched. */
  #question(id: string | undefined): void {
    this.#asking = id;
    this.#guard?.stop();
    this.#guard =
      id === undefined
        ? undefined
        : createGuard(
            window,
            () => [...this.renderRoot.querySelectorAll('.question')],
            () => this.requestUpdate(),
          );
  }

  async #run(action: () => Promise<unknown>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#problem = undefined;
    this.#said = '';
    this.requestUpdate();
    try {
      await action();
      this.#said = this.#texts.say('actionDone');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#problem = this.#texts.say('actionFailed', { reason });
    }
    this.#isBusy = false;
    this.#question(undefined);
    // What was pressed may be gone with what it took back.
    this.#focusNext = this.#problem === undefined ? '#connected' : '#problem';
    await this.#follower?.refresh();
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { language, direction } = this.#texts;
    const overview = this.#overview;
    return html`<div class="screen" part="screen" lang=${language} dir=${direction}>
      ${this.#standingView()}
      ${
        this.#problem === undefined
          ? nothing
          : html`<p class="notice" id="problem" role="alert" tabindex="-1"><span>${this.#problem}</span></p>`
      }
      ${overview ? this.#overviewView(overview) : nothing}
      <p class="seen-by-none" role="status">${this.#said}</p>
    </div>`;
  }

  #standingView(): TemplateResult | typeof nothing {
    const texts = this.#texts;
    switch (this.#standing) {
      case 'live':
        return nothing;
      case 'connecting':
        // What is there already goes on being shown: half a minute of sleep is no news.
        return this.#overview
          ? nothing
          : html`<p class="quiet" role="status">${texts.say('connectionsLoading')}</p>`;
      case 'refused':
        return html`<p class="notice" role="alert"><span>${texts.say('connectionsRefused')}</span></p>`;
      case 'paused':
      case 'failed': {
        const key = this.#standing === 'paused' ? 'connectionsPaused' : 'connectionsFailed';
        return html`<div class="notice" role="alert">
          <p>${texts.say(key, { host: this.#host })}</p>
          <button type="button" part="button" class="retry" @click=${() => this.#follower?.refresh()}>
            ${texts.say('tryAgain')}
          </button>
        </div>`;
      }
    }
  }

  #overviewView(overview: Overview): TemplateResult {
    const texts = this.#texts;
    const blocked = overview.connections.filter(({ blockedSince }) => blockedSince !== undefined);
    const others = overview.connections.filter(({ blockedSince }) => blockedSince === undefined);
    const source = this.#opened?.source;
    if (!source) return html``;
    const controls: CardControls = { doing: this.#doing, source, host: this.#host };
    const cards = (connections: readonly Connection[], card: typeof connectionCard) =>
      html`<ul class="cards">
        ${repeat(
          connections,
          ({ caller }) => caller.key,
          (connection) => html`<li class="card" part="card">${card(connection, controls)}</li>`,
        )}
      </ul>`;
    return html`
      ${this.#storageView(overview, source)}
      <section aria-labelledby="connected">
        <h3 id="connected" tabindex="-1">${texts.say('connected')}</h3>
        ${
          others.length > 0
            ? cards(others, connectionCard)
            : html`<p class="empty">
                ${texts.say(blocked.length > 0 ? 'nobodyLeft' : 'nobodyYet', { host: this.#host })}
              </p>`
        }
      </section>
      ${
        blocked.length > 0
          ? html`<section aria-labelledby="blocked">
              <h3 id="blocked">${texts.say('blocked')}</h3>
              ${cards(blocked, blockedCard)}
            </section>`
          : nothing
      }
      ${overview.connections.length > 0 ? this.#trafficView(overview) : nothing}
      ${
        overview.connections.length > 0 || overview.audit.length > 0
          ? html`<section aria-labelledby="audit">
              <h3 id="audit">${texts.say('audit')}</h3>
              <div class="card" part="card">${this.#auditView(overview)}</div>
            </section>`
          : nothing
      }
    `;
  }

  #storageView({ storage }: Overview, source: ConnectionsSource): TemplateResult | typeof nothing {
    if (storage === 'ok') return nothing;
    const texts = this.#texts;
    const reset: Deed = {
      id: 'reset',
      question: 'resetAsk',
      yes: 'resetYes',
      run: () => source.reset(),
    };
    const doing = this.#doing;
    if (doing.asking === reset.id) return deedQuestion(reset, doing);
    const key = storage === 'corrupt' ? 'storageCorrupt' : 'storageFailed';
    return html`<div class="notice" role="alert">
      <p>${texts.say(key, { host: this.#host })}</p>
      ${storage === 'corrupt' ? deedButton(reset, texts.say('reset'), doing) : nothing}
    </div>`;
  }

  #trafficView({ connections, traffic }: Overview): TemplateResult {
    const texts = this.#texts;
    const choose = ({ target }: Event): void => {
      this.#trafficOf = (target as HTMLSelectElement).value || undefined;
      void this.#follower?.showTraffic(this.#trafficOf);
    };
    return html`<section aria-labelledby="traffic">
      <h3 id="traffic">${texts.say('traffic')}</h3>
      <div class="card" part="card">
        <div class="row controls">
          <label>
            ${texts.say('trafficWho')}
            <select class="traffic-of" @change=${choose}>
              <option value="" ?selected=${this.#trafficOf === undefined}>${texts.say('everybody')}</option>
              ${connections.map(
                ({ caller }) =>
                  html`<option value=${caller.key} ?selected=${caller.key === this.#trafficOf}>
                    ${callerId(caller)}
                  </option>`,
              )}
            </select>
          </label>
        </div>
        <portico-traffic .traffic=${traffic} .texts=${texts}></portico-traffic>
      </div>
    </section>`;
  }

  #auditView({ audit }: Overview): TemplateResult {
    return auditLog(audit, {
      texts: this.#texts,
      filter: this.#filter,
      most: this.#most,
      setFilter: (decision) => {
        this.#filter = decision;
        this.#most = AUDIT_STEP;
        this.requestUpdate();
      },
      more: () => {
        this.#most += AUDIT_STEP;
        this.requestUpdate();
      },
    });
  }
}
