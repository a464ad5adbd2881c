import { listen } from './receiving.js';

// Too late for what has woken it.
setTimeout(() => listen({ event: 'onConnectExternal' }), 300);
