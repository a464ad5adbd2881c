import { judgeFormats } from './judge-formats.js';

// The others: ./refuse-dangerous.test.ts
judgeFormats('second');
