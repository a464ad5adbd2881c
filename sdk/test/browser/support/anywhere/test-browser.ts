import type { BrowserName } from '../manifests.js';

/** An extension that a test has installed. */
export interface InstalledExtension {
  readonly id: string;
  readonly origin: string;
  /** Where it was installed from. */
  readonly dir: string;
}

/** A document in a tab, of the web or of an extension. */
export interface TestPage {
  /** Runs a function there by its source: it sees that page's globals and its arguments, which are cloned. */
  evaluate<A extends unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** Clicks as a person does. @throws if there is nothing to be clicked */
  click(selector: string): Promise<void>;
  /** Adds to what is in a field. */
  type(selector: string, text: string): Promise<void>;
  /** Presses a key and lets go of it. Nothing where there is no keyboard. */
  press(key: string): Promise<void>;
  bringToFront(): Promise<void>;
  /** Keeps a picture of it in a folder of the repository; nothing where nothing is shown. */
  screenshot(folder: string, file: string): Promise<void>;
  close(): Promise<void>;
}

/** What a test of the built extensions asks of a browser, be it a real or a simulated one. */
export interface TestBrowser {
  readonly name: BrowserName;
  readonly isSimulated: boolean;
  /** In the order in which they were installed. */
  readonly extensions: readonly InstalledExtension[];
  /** The address of a web page that was given at the start. */
  url(path: string): string;
  readonly pageOrigin: string;
  install(dir: string): Promise<InstalledExtension>;
  openPage(url: string): Promise<TestPage>;
  openExtensionPage(extension: InstalledExtension, path: string): Promise<TestPage>;
  /** The page with this in its address that an extension has opened by itself, in a window or a tab. */
  findPage(part: string): Promise<TestPage>;
  /** How many pages have this in their address. */
  countPages(part: string): Promise<number>;
  /** As idling does. */
  stopBackground(extension: InstalledExtension): Promise<void>;
  disable(extension: InstalledExtension): Promise<void>;
  enable(extension: InstalledExtension): Promise<void>;
  /** What an extension has written to its consoles so far. */
  logOf(extension: InstalledExtension): readonly string[];
  /** Asks until there is an answer. For what tells nobody when it has come about. */
  eventually<T>(ask: () => T | undefined | Promise<T | undefined>, what: string): Promise<T>;
  /** Which run it was, and what has happened in it: printed when a test fails. */
  story(): string;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Directories of extensions. */
  readonly extensions: readonly string[];
  /** HTML of the web by path. */
  readonly pages: Readonly<Record<string, string>>;
}

/** A browser that has not started yet. */
export interface StartableBrowser {
  readonly name: BrowserName;
  start(options: StartOptions): Promise<TestBrowser>;
}

/** What some browsers cannot show, and why. */
export type Lacks = Readonly<Partial<Record<'pixels', string>>>;
