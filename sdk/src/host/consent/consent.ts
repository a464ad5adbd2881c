import { PorticoError } from '../../errors/portico-error.js';
import { keyOf } from '../admission/principal.js';
import { subjectKey } from './catalogue.js';
import type { ConsentControl } from './control.js';
import { type Office, openOffice } from './office.js';
import { UNREADABLE } from './recall.js';
import { type Announcer, type PromptDesk, publishConsent } from './service.js';
import type { Consent } from './types.js';

export interface ConsentOptions {
  /**
   * The page of this extension that shows a prompt, by its path; opened with `?prompt=` and the prompt's id.
   * Put a `<portico-consent-prompt>` of `portico/ui` into it. @defaultValue 'consent.html'
   */
  readonly page?: string;
  /**
   * How long "always" lasts, in milliseconds; then the person is asked again. @defaultValue for good, or until
   * nobody has used it for ninety days, where the browser does not tell who is uninstalled (without the permission
   * `management`, and of web pages)
   */
  readonly lasts?: number;
}

/** What {@link consent} makes: `createHost` takes it, and the host's author may look into it. */
export interface HostConsent extends Consent, ConsentControl {}

/**
 * Asks the person about callers that a rule says `ask` of, and remembers the answers. For one host:
 * `createHost({ consent: consent({ page: 'consent.html' }) })`. Not needed where no rule asks.
 *
 * Needs the permission `storage`; without it everything is forgotten when the background stops. With
 * `management` it hears of clients that are uninstalled, and shows what the browser calls them.
 *
 * An answer holds from when it was given. Where it can't be written, it holds as long as the background
 * runs, is tried again, and the log says so: after a restart what was written last counts. Where what was
 * written can't be read, nobody knows whom the person blocks: callers are refused, those that rules let in, too,
 * with CONSENT_DENIED and `data.retryAfter`. Only this extension's own pages and the administrator's word are
 * not held up by that.
 * @throws {PorticoError} INVALID_ARGUMENT for a page that is no path, or a duration that is none
 */
export const consent = ({ page = 'consent.html', lasts }: ConsentOptions = {}): HostConsent => {
  if (!/^(?!\/\/)[^?#:\s]+$/.test(page))
    throw new PorticoError('INVALID_ARGUMENT', 'consent: page is the path of a page of this extension');
  if (lasts !== undefined && !(Number.isFinite(lasts) && lasts > 0))
    throw new PorticoError('INVALID_ARGUMENT', 'consent: lasts is a number of milliseconds');

  let announcer: Announcer | undefined;
  let office: Office | undefined;

  const opened = (): Office => {
    if (!office) throw new PorticoError('INVALID_ARGUMENT', 'consent: the host does not listen yet');
    return office;
  };

  const control: ConsentControl = {
    list: async () => opened().control.list(),
    revoke: async (key, subject) => opened().control.revoke(key, subject),
    block: async (key) => opened().control.block(key),
    unblock: async (key) => opened().control.unblock(key),
    forget: async (key) => opened().control.forget(key),
    audit: async () => opened().control.audit(),
    usage: async (key) => opened().control.usage(key),
    storage: async () => opened().control.storage(),
    reset: async () => opened().control.reset(),
  };
  const desk: PromptDesk = {
    list: async () => opened().desk.list(),
    get: async (id) => opened().desk.get(id),
    answer: async (id, answers) => opened().desk.answer(id, answers),
    confirm: async (id, yes) => opened().desk.confirm(id, yes),
    attend: (id, presence) => opened().desk.attend(id, presence),
    left: (id) => office?.desk.left(id),
  };

  return {
    ...control,
    attach(host) {
      if (announcer) throw new PorticoError('INVALID_ARGUMENT', 'consent: made for one host, given to two');
      announcer = publishConsent(host, desk, control);
    },
    start(context) {
      office ??= openOffice({ context, page, lasts, announcer });
    },
    get loading() {
      return office?.loading;
    },
    blocks: (principal) => office?.recall.blocks(principal) ?? false,
    get unreadable() {
      return office && !office.memory.readable ? UNREADABLE : undefined;
    },
    // Before the host listens, only `explain` asks.
    recall: (asker, subject, revision, session) =>
      office ? office.recall.recall(asker, subject, revision, session) : { verdict: 'ask' },
    keyOf: (principal) => office?.recall.keyOf(principal),
    rememberKey: (principal, key) => opened().ledger.rememberKey(principal, key),
    ask: async (request) => opened().prompts.ask(request),
    pending: (principal) => office?.prompts.pending(principal),
    admitted(session, asker, granted) {
      opened().heard(session.principal);
      opened().ledger.admitted(session, asker, granted);
    },
    holds: (session, subject) => office?.memory.holdings.find(session, subjectKey(subject)) !== undefined,
    ended: (session) => opened().ledger.ended(session),
    giveBack: (principal, subjects) => opened().ledger.revoke(keyOf(principal), 'given-back', subjects),
    confirm: async (asker, subject, confirmation, signal) =>
      opened().prompts.confirm(asker, subject, confirmation, signal),
    record: (principal, decision, subject) => opened().ledger.record(principal, decision, subject),
    traffic: (principal, calls, bytes) => opened().ledger.use(principal, calls, bytes),
  };
};
