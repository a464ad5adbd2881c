import { lifeEvents } from './life.js';
import * as ports from './ports.js';
import * as receiving from './receiving.js';
import * as state from './state.js';
import * as surroundings from './surroundings.js';

const { listen, callerOn, instanceHere } = receiving;
const { connect, post, disconnect, diary, hasPort, watchLastError, keepPosting } = ports;

/** What a test can have done in any context. Arguments and results cross as JSON. */
export const commands = {
  ...{ connect, post, disconnect, diary, hasPort, watchLastError, keepPosting },
  ...{ listen, callerOn, instanceHere, lifeEvents },
  ...state,
  ...surroundings,
};

export type Commands = typeof commands;
