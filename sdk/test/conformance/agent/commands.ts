import { lifeEvents } from './life.js';
import * as ports from './ports.js';
import * as receiving from './receiving.js';
import * as state from './state.js';
import * as surroundings from './surroundings.js';
import * as watching from './watching.js';

const { listen, callerOn, instanceHere } = receiving;
const { seenHere, openWindow, addressesIn, closeWindow, closeTabsIn, installedAs } = watching;
const { placeWindow, moveTabAway, zoomIn, openAddress } = watching;
const { focusHere, watchFocus, inPopup } = watching;
const { connect, post, disconnect, diary, hasPort, watchLastError, keepPosting } = ports;

/** What a test can have done in any context. Arguments and results cross as JSON. */
export const commands = {
  ...{ connect, post, disconnect, diary, hasPort, watchLastError, keepPosting },
  ...{ listen, callerOn, instanceHere, lifeEvents },
  ...{ focusHere, watchFocus, inPopup },
  ...{ seenHere, openWindow, addressesIn, closeWindow, closeTabsIn, installedAs },
  ...{ placeWindow, moveTabAway, zoomIn, openAddress },
  ...state,
  ...surroundings,
};

export type Commands = typeof commands;
