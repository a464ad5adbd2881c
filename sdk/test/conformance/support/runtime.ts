import type { Commands } from '../agent/commands.js';
import type { FixtureName } from './fixtures.js';

export type Engine = 'chromium' | 'firefox';
export type Format = 'json' | 'clone';

/** A context that does what it is told: the commands are in agent/. */
export interface Agent {
  run<N extends keyof Commands>(
    command: N,
    ...args: Parameters<Commands[N]>
  ): Promise<Awaited<ReturnType<Commands[N]>>>;
}

/** An extension's contexts. */
export interface Extension {
  readonly id: string;
  /** The scheme and host of its own pages. */
  readonly origin: string;
  readonly background: Agent;
  /** page.html in a tab. */
  readonly page: Agent;
  /** Opens the popup of its button. */
  popup(): Promise<Agent>;
}

/** A web page in a tab of its own. */
export interface WebTab {
  readonly url: string;
  /** The page's own script. */
  readonly page: Agent;
  /** The client's content script in it. */
  readonly content: Agent;
  /** The client's frame.html in an iframe of it; only in a page that frames. */
  frame(): Promise<Agent>;
  tabId(): Promise<number>;
  /** Follows a link. */
  leave(): Promise<void>;
  /** Comes back by the history. */
  back(): Promise<void>;
  close(): Promise<void>;
}

/** A browser, real or simulated, with the fixtures in it. */
export interface Runtime {
  readonly name: string;
  readonly engine: Engine;
  readonly format: Format;
  readonly isSimulated: boolean;
  /** Reaches an installed fixture. */
  extension(name: FixtureName): Promise<Extension>;
  idOf(name: FixtureName | 'absent'): string;
  install(name: FixtureName): Promise<void>;
  /** Loads it again in place, with other permissions where some are given. */
  update(name: FixtureName, permissions?: readonly string[]): Promise<void>;
  uninstall(name: FixtureName): Promise<void>;
  disable(name: FixtureName): Promise<void>;
  enable(name: FixtureName): Promise<void>;
  /** Stops a background as idling does. */
  stop(name: FixtureName): Promise<void>;
  /** Looks without waking it. */
  isRunning(name: FixtureName): Promise<boolean>;
  /** What an administrator puts into `storage.managed` of a fixture; a runtime may lack the means. */
  setPolicy(name: FixtureName, values: object): Promise<void>;
  /** Closes page.html; the next use opens another. */
  closePage(name: FixtureName): Promise<void>;
  /** The background that serves private windows, once the person has let the extension into them. */
  inPrivate(name: FixtureName): Promise<{ readonly background: Agent; close(): Promise<void> }>;
  openWeb(kind?: 'kept' | 'framing' | 'left'): Promise<WebTab>;
  /** Lets so many milliseconds go by. */
  pass(milliseconds: number): Promise<void>;
  /** Milliseconds since the runtime was opened. */
  now(): number;
  /** Evaluates source text in page.html of the client as a debugger does. */
  debug(source: string): Promise<unknown>;
  /** What has happened in it, as far as it can tell: printed when a test fails. */
  story(): string;
  close(): Promise<void>;
}
