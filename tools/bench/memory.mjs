/** @typedef {import('../browser/types.mjs').Session} Session */
/** @typedef {import('./pair.mjs').Pair} Pair */

/** How many idle connections are opened on each side. */
const COUNT = 1000;
/** What an admitted idle session may cost, in bytes of the host's heap. */
const TARGET = 8192;

/**
 * The heap of a host's worker, collected each time.
 * @param {Session} session @param {Pair} pair
 */
async function heapOf(session, { host }) {
  const worker = session.browser
    .targets()
    .find((target) => target.type() === 'service_worker' && target.url().includes(host));
  if (!worker) throw new Error('the host of the benchmark has no worker');
  const cdp = await worker.createCDPSession();
  return {
    used: async () => {
      for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize;
    },
    detach: () => cdp.detach(),
  };
}

/**
 * What an idle session costs a host, beside what its port costs: the growth of its heap by so many connections.
 * @param {Session} session @param {Pair} pair @param {number} count
 */
export async function idleBytes(session, pair, count) {
  const heap = await heapOf(session, pair);
  /** @type {{ raw: number, portico: number }} */
  const bytes = { raw: 0, portico: 0 };
  for (const side of /** @type {const} */ (['raw', 'portico'])) {
    const before = await heap.used();
    await pair.open(side, count);
    bytes[side] = ((await heap.used()) - before) / count;
  }
  await heap.detach();
  return bytes;
}

/** Compilers and caches first. @param {Pair} pair */
export async function warmUpIdle(pair) {
  for (const side of /** @type {const} */ (['raw', 'portico'])) await pair.open(side, 20);
}

/**
 * @param {Session} session @param {Pair} pair
 * @param {(text: string) => void} say
 */
export async function measureMemory(session, pair, say) {
  await warmUpIdle(pair);
  const { raw, portico } = await idleBytes(session, pair, COUNT);
  say(
    `idle        raw port ${Math.round(raw)}, Portico session ${Math.round(portico)} bytes of the host's heap; target at most ${TARGET}: ${portico <= TARGET ? 'met' : 'MISSED'}`,
  );
  return [
    { name: 'raw', metric: 'idle', value: raw, ratioToRaw: 1 },
    { name: 'portico', metric: 'idle', value: portico, ratioToRaw: portico / raw },
  ];
}
