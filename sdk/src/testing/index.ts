/** `portico/testing`: hosts and clients without a browser. Not for shipping. */
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
