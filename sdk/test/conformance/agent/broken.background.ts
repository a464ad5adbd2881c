import { listen } from './receiving.js';

listen({ event: 'onConnectExternal' });
throw new Error('this background throws at its start');
