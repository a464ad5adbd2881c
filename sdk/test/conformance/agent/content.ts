import { obeyAs } from './orders.js';

obeyAs('content');
