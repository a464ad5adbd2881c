import { listenForLife } from './life.js';
import { obeyAs } from './orders.js';

// Listens to nobody unless it is told to.
listenForLife();
obeyAs('background');
