/** How many idle connections are opened on each side. */
const COUNT = 1000;
/** The bound for an admitted idle session, in bytes of the host's heap. */
const TARGET = 8192;

/**
 * What an idle session costs the host, beside what its port costs: the heap of the host's worker before and
 * after so many connections, collected each time.
 * @param {import('../browser/types.mjs').Session} session
 * @param {(side: 'raw' | 'portico', count: number) => Promise<unknown>} open
 * @param {(text: string) => void} say
 */
export async function measureMemory(session, open, say) {
  const [hostId] = session.extensionIds;
  const worker = session.browser
    .targets()
    .find((target) => target.type() === 'service_worker' && target.url().includes(hostId ?? ''));
  if (!worker) throw new Error('the host of the benchmark has no worker');
  const cdp = await worker.createCDPSession();
  const heap = async () => {
    for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize;
  };
  /** @type {Record<string, number>} */
  const bytes = {};
  // Compilers and caches first.
  for (const side of /** @type {const} */ (['raw', 'portico'])) await open(side, 20);
  for (const side of /** @type {const} */ (['raw', 'portico'])) {
    const before = await heap();
    await open(side, COUNT);
    bytes[side] = ((await heap()) - before) / COUNT;
  }
  await cdp.detach();
  const { raw = 0, portico = 0 } = bytes;
  say(
    `idle        raw port ${Math.round(raw)}, Portico session ${Math.round(portico)} bytes of the host's heap; target at most ${TARGET}: ${portico <= TARGET ? 'met' : 'MISSED'}`,
  );
  return ['raw', 'portico'].map((name) => ({
    name,
    metric: 'idle',
    value: bytes[name] ?? 0,
    ratioToRaw: (bytes[name] ?? 0) / raw,
  }));
}
