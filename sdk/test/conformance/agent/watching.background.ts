import { listenForLife } from './life.js';
import { obeyAs } from './orders.js';
import { watch } from './watching.js';

listenForLife();
watch();
obeyAs('background');
