import {
  allow,
  anyExtension,
  ask,
  type Consent,
  createHost,
  type Host,
  type Log,
  type Policy,
  refuse,
  self,
} from 'portico/host';
import { inject } from 'portico/tsyringe';
import { container } from 'tsyringe';
import type { BrowserTabs } from './browser-tabs.js';
import { CAPTURE_PACER, CAPTURER_API, Capturer } from './capturer.js';
import { createController } from './control-tabs.js';
import { exampleCallers, type Own, tabBoard } from './known-callers.js';
import { overview } from './overview.protocol.js';
import { Pacer } from './pacer.js';
import { createReader, readTabs } from './read-tabs.js';
import { type TabChanges, watchTabs } from './tab-changes.js';
import { tabs } from './tabs.protocol.js';
import { createVisitorBook } from './visitors.js';

/** Chromium allows two captures a second; the rest is for the way from here to where they are counted. */
const CAPTURE_PACE = { starts: 2, within: 1100 };

export interface PublishedTabs {
  readonly host: Host;
  /** To be told what happens to tabs. */
  readonly changes: TabChanges;
}

/** Who decides beside the rules. */
export interface Authorities {
  /** The person. */
  readonly consent: Consent;
  /** The administrator of this browser. */
  readonly policy?: Policy;
}

/** Publishes what Portico Tabs offers; `host.listen()` is left to the caller. */
export const publishTabs = (
  api: BrowserTabs,
  own: Own,
  log: Log,
  authorities: Authorities,
): PublishedTabs => {
  const book = createVisitorBook(() => {
    // Later: the log speaks from within the host's own work on a session.
    queueMicrotask(() => servedOverview.overview.visited.emit(book.visitors));
  });
  const host = createHost({
    ...authorities,
    log(entry) {
      book.write(entry);
      log(entry);
    },
  });

  const services = container.createChildContainer();
  services.register(CAPTURER_API, { useValue: api });
  services.register(CAPTURE_PACER, { useValue: new Pacer(CAPTURE_PACE) });

  const served = host.publish(tabs, {
    read: {
      admit: [allow(tabBoard()), allow(self()), ask(anyExtension())],
      provide: () => createReader(api, (list) => changes.listed(list)),
    },
    titles: { admit: [allow(tabBoard()), allow(self()), ask(anyExtension())] },
    // Tab Board only looks; our own settings page may close tabs, too. Nobody is asked about others: a tab
    // that was closed is gone.
    control: {
      admit: [refuse(tabBoard()), allow(self())],
      provide: () => createController(api),
    },
    capture: {
      admit: [allow(tabBoard()), allow(self())],
      provide: inject(Capturer, services),
    },
  });

  const servedOverview = host.publish(overview, {
    overview: {
      admit: [allow(self())],
      provide: () => ({
        async rules() {
          const callers = Object.entries(exampleCallers(own));
          return Promise.all(
            callers.map(async ([caller, principal]) => {
              const explained = await host.explain(principal);
              const decisions = explained
                .filter(({ protocol }) => protocol === tabs.name)
                .map(({ capability, verdict, reason }) => ({
                  capability,
                  verdict,
                  reason,
                }));
              return { caller, decisions };
            }),
          );
        },
        visitors: () => book.visitors,
      }),
    },
  });

  const changes = watchTabs(
    () => readTabs(api),
    served.read.changed,
    (error) => log({ level: 'error', event: 'handler-failed', message: 'read.changed failed', error }),
  );
  return { host, changes };
};
