import { html, nothing, type TemplateResult } from 'lit';
import { callerView, foreign } from '../caller-view.js';
import type { Texts } from '../messages/messages.js';
import { LONGEST_DESCRIPTION, plainText } from '../plain-text.js';
import type { Caller, Connection, ConnectionsSource } from '../source.js';
import { type Deed, type Doing, deedButton, deedQuestion } from './asking.js';

type Grant = Connection['grants'][number];
type Denial = Connection['denials'][number];

/** What a card needs of the element around it. */
export interface CardControls {
  readonly doing: Doing;
  readonly source: ConnectionsSource;
  readonly host: string;
}

/** One caller: who it is, what it may do, and how to take it back. */
export const connectionCard = (connection: Connection, controls: CardControls): TemplateResult => {
  const { caller, grants, denials, since, lastSeen } = connection;
  const { texts } = controls.doing;
  return html`
    <header>
      <div class="caller">${callerView(caller, texts)}</div>
      ${livenessView(connection, controls)}
    </header>
    <dl class="times quiet">
      <div>
        <dt>${texts.say('firstSeen')}</dt>
        <dd>${texts.date(since)}</dd>
      </div>
      <div>
        <dt>${texts.say('lastSeen')}</dt>
        <dd>${texts.date(lastSeen)}</dd>
      </div>
    </dl>
    ${
      grants.length > 0
        ? html`<div>
            <h4>${texts.say('mayDo')}</h4>
            <ul class="lines">
              ${grants.map((grant) => html`<li>${grantLine(caller, grant, controls)}</li>`)}
            </ul>
          </div>`
        : html`<p class="quiet">${texts.say('mayDoNothing')}</p>`
    }
    ${
      denials.length > 0
        ? html`<div>
            <h4>${texts.say('refusedTitle')}</h4>
            <ul class="lines">
              ${denials.map((denial) => html`<li>${denialLine(denial, controls)}</li>`)}
            </ul>
          </div>`
        : nothing
    }
    ${deedsView(connection, controls)}
  `;
};

/** A blocked caller: who it is, and the way back. */
export const blockedCard = (connection: Connection, { doing, source }: CardControls): TemplateResult => {
  const { caller, blockedSince } = connection;
  const { texts } = doing;
  const { key } = caller;
  const unblock: Deed = {
    id: `unblock ${key}`,
    question: 'unblockAsk',
    yes: 'unblock',
    of: caller,
    run: () => source.unblock({ key }),
  };
  return html`
    <div class="caller">${callerView(caller, texts)}</div>
    <p class="quiet">${texts.say('blockedSince', { date: texts.date(blockedSince ?? Number.NaN) })}</p>
    <div class="row">${deedButton(unblock, texts.say('unblock'), doing)}</div>
    ${doing.asking === unblock.id ? deedQuestion(unblock, doing) : nothing}
  `;
};

const livenessView = (
  { disabled, sessions }: Connection,
  { doing: { texts } }: CardControls,
): TemplateResult => {
  const state = disabled ? 'disabled' : sessions > 0 ? 'live' : 'asleep';
  const text = state === 'live' ? texts.counted('live', sessions) : texts.say(state);
  return html`<p class=${`liveness ${state}`}>${text}</p>`;
};

const grantLine = (caller: Caller, grant: Grant, { doing, source, host }: CardControls): TemplateResult => {
  const { key } = caller;
  const { subject, title, description, by, scope } = grant;
  const { texts } = doing;
  const deed: Deed = {
    id: `revoke ${key} ${subject.protocol} ${subject.line} ${subject.capability}`,
    question: 'revokeAsk',
    yes: 'revokeYes',
    of: caller,
    run: () => source.revoke({ key, subject }),
  };
  return html`
    <div class="what">
      <p class="title">${foreign(title)}</p>
      ${description ? html`<p class="quiet">${foreign(description, LONGEST_DESCRIPTION)}</p>` : nothing}
      ${
        scope
          ? html`<p class="quiet">
              ${texts.parts('onlyFor', {
                values: scope.map((label, index) => [index > 0 ? ', ' : '', foreign(label)]),
              })}
            </p>`
          : nothing
      }
      <p class="quiet">${termsOf(grant, texts, host)}</p>
    </div>
    ${
      by === 'person'
        ? deedButton(deed, texts.say('revoke'), doing, texts.say('revokeLabel', { title: plainText(title) }))
        : nothing
    }
    ${doing.asking === deed.id ? deedQuestion(deed, doing) : nothing}
  `;
};

/** Since when, until when, and by whose word: what is not the person's can't be taken back here. */
const termsOf = ({ since, until, once, by }: Grant, texts: Texts, host: string): string =>
  [
    texts.say('allowedSince', { date: texts.date(since) }),
    until === undefined ? '' : texts.say('allowedUntil', { date: texts.date(until) }),
    once ? texts.say('allowedOnce') : '',
    by === 'policy' ? texts.say('byPolicy') : by === 'rule' ? texts.say('byRule', { host }) : '',
  ]
    .filter(Boolean)
    .join(' · ');

const denialLine = (
  { title, since, until }: Denial,
  { doing: { texts } }: CardControls,
): TemplateResult => html`
  <div class="what">
    <p class="title">${foreign(title)}</p>
    <p class="quiet">
      ${texts.say('allowedSince', { date: texts.date(since) })} ·
      ${until > Date.now() ? texts.say('askAgain', { date: texts.date(until) }) : texts.say('askAgainNow')}
    </p>
  </div>
`;

const deedsView = ({ caller, grants }: Connection, controls: CardControls): TemplateResult => {
  const { key } = caller;
  const { doing, source } = controls;
  const { texts } = doing;
  const mine = grants.filter(({ by }) => by === 'person');
  const revokeAll: Deed = {
    id: `revoke-all ${key}`,
    question: 'revokeAllAsk',
    yes: 'revokeAllYes',
    of: caller,
    run: () => source.revoke({ key }),
  };
  const block: Deed = {
    id: `block ${key}`,
    question: 'blockAsk',
    yes: 'blockYes',
    of: caller,
    run: () => source.block({ key }),
  };
  const forget: Deed = {
    id: `forget ${key}`,
    question: 'forgetAsk',
    yes: 'forgetYes',
    of: caller,
    run: () => source.forget({ key }),
  };
  const asked = [revokeAll, block, forget].find(({ id }) => id === doing.asking);
  return html`<div class="row deeds">
      ${mine.length > 1 ? deedButton(revokeAll, texts.say('revokeAll'), doing) : nothing}
      ${deedButton(block, texts.say('block'), doing)} ${deedButton(forget, texts.say('forget'), doing)}
    </div>
    ${asked ? deedQuestion(asked, doing) : nothing}`;
};
