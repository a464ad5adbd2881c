/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Cleans up if Node ends early: by `process.exit()`, an error that nobody caught, or a signal.
 *
 * @param {() => void} clean Must be synchronous.
 * @returns {() => void} Call it when there is nothing to clean up any more.
 */
export function atEnd(clean) {
  const release = () => {
    process.removeListener('exit', onExit);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
  const onExit = () => {
    release();
    clean();
  };
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    onExit();
    // Having listened has stopped the signal from ending Node: send it again, unless others handle it.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once('exit', onExit);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  return release;
}
