/** `portico/testing`: hosts and clients without a browser. Not for shipping. */
export {
  type ActionHandle,
  type AnyApi,
  type BackgroundHandle,
  type BackgroundState,
  type BrowserError,
  type BrowserOptions,
  type BuiltExtension,
  type ConsoleLine,
  type ContextHandle,
  type ContextScope,
  createBrowser,
  type Extension,
  type ExtensionSource,
  type Manifest,
  type PlainScript,
  type Popup,
  type ProfileName,
  type SimulatedBrowser,
  type Tab,
  type TestStorage,
  type Time,
  type Trace,
  type TraceEntry,
  type WrittenExtension,
} from './browser/index.js';
export {
  type Caller,
  type CallerOptions,
  contentScript,
  extension,
  ownContentScript,
  ownPage,
  page,
} from './callers.js';
export { type Loopback, type LoopbackOptions, loopback } from './loopback.js';
export type { Serialization } from './memory-port.js';
