import { pathToFileURL } from 'node:url';

/** Run in a process of its own, since what a mistake does may reach beyond the host: says what was found. */
const [script = '', count, seed, profile] = process.argv.slice(2);

/** @param {number | undefined} batches @param {unknown} message */
const say = (batches, message) => {
  const words = String(message).split('\n', 1)[0]?.slice(0, 120);
  process.stdout.write(`found${batches === undefined ? '' : ` after ${batches} batches`}: ${words}\n`, () =>
    process.exit(0),
  );
};
process.on('uncaughtException', (error) => say(undefined, `uncaught ${error}`));

const { fuzz } = await import(pathToFileURL(script).href);
const { failure } = await fuzz({
  count: Number(count),
  seed: Number(seed),
  ...(profile ? { profiles: [profile] } : {}),
});
if (failure) say(failure.batches, failure.message);
else process.stdout.write(`MISSED in ${count} batches\n`);
