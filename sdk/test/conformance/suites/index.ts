import type { Suite } from '../support/case.js';
import { connectSuite } from './connect.js';
import { connectableSuite } from './connectable.js';
import { extensionSuite } from './extensions.js';
import { idlingSuite } from './idling.js';
import { lifeSuite } from './life.js';
import { pageSuite } from './pages.js';
import { portSuite } from './ports.js';
import { senderSuite } from './senders.js';
import { serializationSuite } from './serialization.js';
import { surroundingsSuite } from './surroundings.js';
import { windowSuite } from './windows.js';

/** All that is asked of every runtime, in this order: what takes half a minute was begun before, and comes last. */
export const SUITES: readonly Suite[] = [
  connectSuite,
  senderSuite,
  connectableSuite,
  serializationSuite,
  portSuite,
  pageSuite,
  surroundingsSuite,
  windowSuite,
  lifeSuite,
  extensionSuite,
  idlingSuite,
];
