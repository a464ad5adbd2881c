import type { Context } from '../contexts/context.js';
import type { Installed } from '../extensions/installed.js';
import { eventOf } from './api-event.js';

/** Tells an extension of an event: its documents that listen, and its background, which is started if it must be. */
export const emit = (
  extension: Installed,
  event: string,
  argsFor: (context: Context) => readonly unknown[],
  { contentScripts = false }: { readonly contentScripts?: boolean } = {},
): void => {
  if (!extension.enabled || !extension.present) return;
  for (const context of extension.contexts()) {
    const { kind } = context.facts;
    if (context.isBackground || (kind === 'content-script' && !contentScripts)) continue;
    if (context.hasRealm && extension.owns(context)) tell(context, event, argsFor);
  }
  const { background } = extension;
  if (background.state === 'running' && background.context) tell(background.context, event, argsFor);
  else if (background.state === 'starting' || background.wakesFor(event))
    background.whenRunning(event, (running) => running && tell(running, event, argsFor));
};

/** Tells one context in a task of its own. */
export const tell = (
  context: Context,
  event: string,
  argsFor: (context: Context) => readonly unknown[],
): void => {
  if (!eventOf(context, event).isHeard) return;
  const args = argsFor(context).map((arg) => structuredClone(arg));
  context.post(context.inbox, event, () => {
    context.world.trace.write(context.name, `${event} ${JSON.stringify(args)?.slice(0, 120)}`);
    context.extension?.background.touchBy(context);
    eventOf(context, event).dispatch(...args.map((arg) => context.realm.adopt(arg)));
  });
};
