import { listenForLife } from './life.js';
import { obeyAs } from './orders.js';
import { listen } from './receiving.js';

listen({ event: 'onConnect' });
listen({ event: 'onConnectExternal' });
listenForLife();
obeyAs('background');
