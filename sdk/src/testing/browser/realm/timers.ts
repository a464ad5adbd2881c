import type { Context } from '../contexts/context.js';
import { define } from './define.js';
import type { Realm } from './realm.js';

/** Timers and clocks by the virtual time. */
export const furnishTimers = (context: Context, realm: Realm): void => {
  const { global, toolkit } = realm;
  const { scheduler, epoch } = context.world;
  const running = new Map<number, () => void>();
  let last = 0;

  const start = (name: string, run: unknown, delay: unknown, args: unknown[]): number => {
    const id = ++last;
    const wait = Math.max(0, Math.min(0x7fffffff, Number(delay) || 0));
    const repeats = name === 'setInterval';
    const arm = (): void => {
      const cancel = context.post(
        context.timers,
        `${name} ${wait} ms`,
        ring,
        repeats ? Math.max(1, wait) : wait,
      );
      running.set(id, cancel);
    };
    const ring = (): void => {
      if (repeats) arm();
      else running.delete(id);
      if (typeof run === 'function') context.call(() => Reflect.apply(run, global, args));
    };
    arm();
    return id;
  };
  const stop = (id: number): void => {
    running.get(id)?.();
    running.delete(id);
  };

  for (const name of ['setTimeout', 'setInterval'])
    define(
      global,
      name,
      realm.fn(name, (run: unknown, delay: unknown, ...args: unknown[]) => start(name, run, delay, args)),
    );
  for (const name of ['clearTimeout', 'clearInterval']) define(global, name, realm.fn(name, stop));
  const frame = (run: (time: number) => void): number =>
    start('requestAnimationFrame', () => run(scheduler.now - context.startedAt), 16, []);
  if (context.facts.kind !== 'service-worker') {
    define(global, 'requestAnimationFrame', realm.fn('requestAnimationFrame', frame));
    define(global, 'cancelAnimationFrame', realm.fn('cancelAnimationFrame', stop));
  }
  define(
    global,
    'queueMicrotask',
    realm.fn('queueMicrotask', (run: () => void) => {
      queueMicrotask(() => {
        context.call(run);
      });
    }),
  );

  define(
    global,
    'Date',
    toolkit.date(() => epoch + scheduler.now),
  );
  const performance = toolkit.object();
  define(
    performance,
    'now',
    realm.fn('now', () => scheduler.now - context.startedAt),
  );
  define(performance, 'timeOrigin', epoch + context.startedAt);
  for (const name of ['mark', 'measure', 'clearMarks', 'clearMeasures'])
    define(
      performance,
      name,
      realm.fn(name, () => undefined),
    );
  define(global, 'performance', performance);

  const timeout = realm.fn('timeout', (delay: number) => {
    const controller = new AbortController();
    start(
      'AbortSignal.timeout',
      () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')),
      delay,
      [],
    );
    return controller.signal;
  });
  define(global, 'AbortSignal', toolkit.withStatic(AbortSignal, 'timeout', timeout));
};
