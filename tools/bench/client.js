import { connect } from 'portico/client';
import { keyProof } from 'portico/proof';
import { asked, bench, proven } from './bench.protocol.js';

let hostId = '';

const rawClient = () => {
  const port = chrome.runtime.connect(hostId, { name: 'raw' });
  const pending = new Map();
  let next = 0;
  port.onMessage.addListener(({ id, result }) => {
    const resolve = pending.get(id);
    pending.delete(id);
    resolve(result);
  });
  return {
    call: (method, args) =>
      new Promise((resolve) => {
        const id = ++next;
        pending.set(id, resolve);
        port.postMessage({ id, method, args });
      }),
    close: () => port.disconnect(),
  };
};

const porticoClient = (protocol = bench, proof = undefined) =>
  connect(protocol, { host: hostId, needs: ['read'], ...(proof && { proof }) });
const proof = keyProof();

/** Runs `turn` until the time is over; gives operations done and milliseconds taken. */
const block = async (milliseconds, turn) => {
  const start = performance.now();
  let done = 0;
  do {
    done += await turn();
  } while (performance.now() - start < milliseconds);
  return { done, took: performance.now() - start };
};

const IN_FLIGHT = 5000;
let raw;
let portico;
const setUp = async () => {
  raw ??= rawClient();
  portico ??= porticoClient();
  await raw.call('echo', { value: 1 });
  await portico.session.ready();
};

const rawOnce = async (calls) => {
  const client = rawClient();
  for (let i = 0; i < calls; i++) await client.call('echo', { value: 1 });
  client.close();
  return 1;
};
const porticoOnce = async (client) => {
  await client.read.echo({ value: 1 });
  client.session.close();
  return 1;
};

/** Each metric as one turn of either side; a turn says how many operations it was. */
const metrics = {
  sequential: {
    async raw() {
      await raw.call('echo', { value: 1 });
      return 1;
    },
    async portico() {
      await portico.read.echo({ value: 1 });
      return 1;
    },
  },
  concurrent: {
    async raw() {
      await Promise.all(Array.from({ length: IN_FLIGHT }, (_, value) => raw.call('echo', { value })));
      return IN_FLIGHT;
    },
    async portico() {
      await Promise.all(Array.from({ length: IN_FLIGHT }, (_, value) => portico.read.echo({ value })));
      return IN_FLIGHT;
    },
  },
  objects: {
    async raw() {
      return (await raw.call('list', {})).length;
    },
    async portico() {
      return (await portico.read.list()).length;
    },
  },
  connect: { raw: () => rawOnce(1), portico: () => porticoOnce(porticoClient()) },
  granted: { raw: () => rawOnce(1), portico: () => porticoOnce(porticoClient(asked)) },
  // One round trip more.
  proven: { raw: () => rawOnce(2), portico: () => porticoOnce(porticoClient(proven, proof)) },
};

/** Connections that are kept, for what they cost while nothing happens. */
const idle = [];
const open = async (side, count) => {
  for (let i = 0; i < count; i++) {
    const client = side === 'raw' ? rawClient() : porticoClient();
    await (side === 'raw' ? client.call('echo', { value: 1 }) : client.read.echo({ value: 1 }));
    idle.push(client);
  }
  return { done: idle.length, took: 1 };
};

chrome.runtime.onMessage.addListener(({ metric, side, milliseconds, host, count }, _sender, reply) => {
  hostId = host;
  setUp()
    .then(() => (metric === 'idle' ? open(side, count) : block(milliseconds, metrics[metric][side])))
    .then(reply, (error) => reply({ error: String(error) }));
  return true;
});
