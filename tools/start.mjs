import { ensureInstalled } from './setup.mjs';

// Before anything that comes from a package is imported: on a fresh clone there are none.
await ensureInstalled();
const { main } = await import('./start/main.mjs');
await main();
