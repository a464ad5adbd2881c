import { listen } from './receiving.js';

// Too late for what has woken it, however long that takes to get here on a busy machine.
setTimeout(() => listen({ event: 'onConnectExternal' }), 20_000);
