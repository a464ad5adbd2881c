import { obeyAs } from './orders.js';

obeyAs('web');
