/** What screens see: texts for people, never the values of a scope, never an object of ours. */
import type { consentProtocol } from '../../consent/consent-protocol.js';
import type { MembersOf, ResultOf } from '../../protocol/protocol.js';
import { keyOf, type Principal } from '../admission/principal.js';
import { subjectKey } from './catalogue.js';
import { cleanName } from './clean-name.js';
import { remaining } from './denials.js';
import { createEntry, type Entry, type Grant } from './grant-book.js';
import { type Installed, inTurns } from './installed.js';
import type { Memory } from './memory.js';
import type { OpenPrompt } from './open-prompt.js';
import type { Recall } from './recall.js';
import { compact } from './stored-shapes.js';
import type { ConsentContext, LiveSession, Subject } from './types.js';

type PromptMembers = MembersOf<typeof consentProtocol, 'prompts'>;
type ConnectionMembers = MembersOf<typeof consentProtocol, 'connections'>;

/** An open prompt, as `org.portico.consent` shows it. */
export type PromptView = ResultOf<PromptMembers['get']>;
/** A caller that is connected, or remembered. */
export type ConnectionView = ResultOf<ConnectionMembers['list']>[number];
/** Something that happened, how often, and when last. */
export type AuditView = ResultOf<ConnectionMembers['audit']>[number];
/** Calls and bytes minute by minute, oldest first, of the last hour. */
export type TrafficView = ResultOf<ConnectionMembers['traffic']>;

type CallerView = PromptView['caller'];
type GrantView = ConnectionView['grants'][number];
type AskedView = PromptView['capabilities'][number];

export interface Views {
  prompt(prompt: OpenPrompt): Promise<PromptView>;
  connections(): Promise<ConnectionView[]>;
  audit(): Promise<AuditView[]>;
}

export interface ViewsOptions {
  readonly context: ConsentContext;
  readonly memory: Memory;
  readonly recall: Recall;
  readonly installed: Installed;
}

export const createViews = ({ context, memory, recall, installed }: ViewsOptions): Views => {
  const { audit, book, catalogue, now } = memory;

  const callerOf = async (
    principal: Principal,
    name: string | undefined,
    thumbprint: string | undefined,
    afresh = false,
  ): Promise<CallerView> => {
    const id = 'id' in principal ? principal.id : undefined;
    return compact<CallerView>({
      key: keyOf(principal),
      kind: principal.kind,
      id,
      origin: principal.origin,
      // An extension chooses its name in the browser's list, too: short and without tricks there as well.
      installedName: cleanName(
        isForeign(principal) ? (await installed.look(principal.id, afresh))?.name : undefined,
      ),
      claimedName: name,
      thumbprint,
    });
  };

  const grantOf = (grant: Grant, once: boolean): GrantView => {
    const { subject, since, until, scope } = grant;
    const offer = catalogue.find(subject);
    return compact<GrantView>({
      subject,
      title: catalogue.title(subject),
      description: offer?.description,
      since,
      until,
      once,
      by: 'person',
      scope: scope?.map(({ label }) => label),
    });
  };

  /** What rules and administrators let it do while it is here: nobody can take it back on a page. */
  const heldBy = (live: readonly LiveSession[]): GrantView[] => {
    const held = new Map<string, GrantView>();
    for (const { since, held: each } of live) {
      for (const { subject, by, until } of each) {
        const offer = catalogue.find(subject);
        const { description } = offer ?? {};
        const title = catalogue.title(subject);
        held.set(
          subjectKey(subject),
          compact<GrantView>({ subject, title, description, since, until, once: false, by }),
        );
      }
    }
    return [...held.values()];
  };

  const connectionOf = async (entry: Entry, live: readonly LiveSession[]): Promise<ConnectionView> => {
    const sessions = live.length;
    const { principal, key, name, proven, since, seen, blocked, grants, denials } = entry;
    const caller = await callerOf(principal, name, proven?.thumbprint);
    const known = isForeign(principal) ? await installed.look(principal.id) : undefined;
    const time = now();
    const current = [...grants.values()].filter(({ until }) => until === undefined || until > time);
    return compact<ConnectionView>({
      caller,
      since,
      lastSeen: sessions > 0 ? Math.max(seen, time) : seen,
      sessions,
      disabled: known?.enabled === false,
      grants: [
        ...current.map((grant) => grantOf(grant, false)),
        ...recall.onceOf(key).map((grant) => grantOf(grant, true)),
        ...heldBy(live),
      ],
      denials: [...denials.values()]
        .map((denial) => ({ denial, left: remaining(denial, time) }))
        .filter(({ left }) => left > 0)
        .map(({ denial: { subject, since: from }, left }) => ({
          subject,
          title: catalogue.title(subject),
          since: from,
          until: time + left,
        })),
      blockedSince: blocked,
    });
  };

  return {
    async prompt(prompt) {
      const { id, kind, asker, key, protocol, line, expires } = prompt;
      // A person decides by the name that it has now.
      const caller = await callerOf(asker.principal, cleanName(asker.name), asker.key?.thumbprint, true);
      const common = { id, kind, caller, protocol, expires, keyChanged: asker.keyChanged };
      if (prompt.kind === 'confirm') {
        const { title, message, details } = prompt.confirmation;
        const confirmation = compact<NonNullable<PromptView['confirmation']>>({
          title,
          message,
          details: (details ?? []).map((each) => ({ ...each })),
        });
        return { ...common, capabilities: [], held: [], confirmation };
      }
      const capabilities = [...prompt.capabilities.values()].map(({ name, needed, choices }) => {
        const subject: Subject = { protocol, line, capability: name };
        return compact<AskedView>({
          name,
          title: catalogue.title(subject),
          description: catalogue.find(subject)?.description,
          needed,
          grew: recall.grew(key, subject),
          choices: choices?.map(({ label }) => label),
        });
      });
      const held = recall.held(asker).map(({ subject }) => catalogue.title(subject));
      return { ...common, capabilities, held: [...new Set(held)] };
    },
    async connections() {
      const sessions = new Map<string, { readonly entry: Entry; readonly live: LiveSession[] }>();
      for (const session of context.sessions) {
        const { principal, since } = session;
        // Our own screens are no clients.
        if (principal.kind === 'self') continue;
        const key = keyOf(principal);
        const known = sessions.get(key) ?? {
          entry: book.get(key) ?? createEntry(principal, since),
          live: [],
        };
        known.live.push(session);
        sessions.set(key, known);
      }
      const entries = new Map([...sessions].map(([key, { entry }]) => [key, entry]));
      for (const entry of book.entries) entries.set(entry.key, entry);
      const shown: { readonly key: string; readonly view: ConnectionView }[] = [];
      await inTurns([...entries.values()], async (entry) => {
        const view = await connectionOf(entry, sessions.get(entry.key)?.live ?? []);
        shown.push({ key: entry.key, view });
      });
      return shown.map(({ view }) => view).sort((a, b) => b.lastSeen - a.lastSeen || order(a, b));
    },
    async audit() {
      const views: AuditView[] = [];
      for (const { principal, decision, subject, count, first, last } of audit.entries()) {
        const entry = book.get(keyOf(principal));
        const caller = await callerOf(principal, entry?.name, entry?.proven?.thumbprint);
        views.push(
          compact<AuditView>({
            caller,
            decision,
            subject,
            title: subject && catalogue.title(subject),
            count,
            first,
            last,
          }),
        );
      }
      return views;
    },
  };
};

const order = (a: ConnectionView, b: ConnectionView): number => (a.caller.key < b.caller.key ? -1 : 1);

/** Whether the browser's list of extensions may have it. */
export const isForeign = (
  principal: Principal,
): principal is Extract<Principal, { kind: 'extension' | 'content-script' }> =>
  principal.kind === 'extension' || (principal.kind === 'content-script' && !principal.own);
