import { consentProtocol } from '../../consent/consent-protocol.js';
import { self } from '../admission/matchers.js';
import { allow } from '../admission/rules.js';
import type { Publisher } from '../serving/types.js';
import type { ConsentControl } from './control.js';
import type { Answer, Presence } from './open-prompt.js';
import type { PromptView } from './views.js';

/** What the prompt's page needs. */
export interface PromptDesk {
  list(): Promise<PromptView[]>;
  /** `undefined` where it is over. */
  get(id: string): Promise<PromptView | undefined>;
  /** Whether it was still open. */
  answer(id: string, answers: readonly Answer[]): Promise<boolean>;
  confirm(id: string, yes: boolean): Promise<boolean>;
  attend(id: string, presence: Presence): void;
  /** A page that has looked at it is gone: closed, or it shows something else now. */
  left(id: string): void;
}

/** Tells the screens that something is another. */
export interface Announcer {
  prompts(ids: readonly string[]): void;
  connections(): void;
  /** Whether a screen listens for changes of the connections. */
  readonly isHeard: boolean;
}

/**
 * Publishes what the host's own screens use: to pages of this extension alone. Its content scripts come by
 * the same event, but as what they are; a page that holds one in its hand could let anybody in.
 */
export const publishConsent = (host: Publisher, desk: PromptDesk, control: ConsentControl): Announcer => {
  const admit = [allow(self())] as const;
  const served = host.publish(consentProtocol, {
    prompts: {
      admit,
      provide: (session) => {
        let shown: string | undefined;
        session.signal.addEventListener('abort', () => shown !== undefined && desk.left(shown));
        return {
          list: () => desk.list(),
          async get({ id }, call) {
            const prompt = await desk.get(id);
            if (!prompt) throw call.fail('promptGone', {});
            shown = id;
            return prompt;
          },
          attend: ({ id, state, place }) => desk.attend(id, { state, place }),
          async answer({ id, answers }, call) {
            if (!(await desk.answer(id, answers))) throw call.fail('promptGone', {});
          },
          async confirm({ id, yes }, call) {
            if (!(await desk.confirm(id, yes))) throw call.fail('promptGone', {});
          },
        };
      },
    },
    connections: {
      admit,
      provide: () => ({
        list: () => control.list(),
        revoke: ({ key, subject }) => control.revoke(key, subject),
        block: ({ key }) => control.block(key),
        unblock: ({ key }) => control.unblock(key),
        forget: ({ key }) => control.forget(key),
        traffic: ({ key }) => control.usage(key),
        audit: () => control.audit(),
        storage: () => control.storage(),
        reset: () => control.reset(),
      }),
    },
  });
  return {
    prompts: (ids) => served.prompts.changed.emit([...ids]),
    connections: () => served.connections.changed.emit({}),
    get isHeard() {
      return served.connections.changed.subscribers > 0;
    },
  };
};
