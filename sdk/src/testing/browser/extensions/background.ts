import { Context } from '../contexts/context.js';
import { runBackground } from '../contexts/run-scripts.js';
import { IDLE_MS } from '../profile.js';
import { createLane } from '../scheduler/scheduler.js';
import type { Installed } from './installed.js';

export type BackgroundState = 'stopped' | 'starting' | 'running';

/** The life of an extension's worker or event page. */
export class Background {
  state: BackgroundState = 'stopped';
  /** How often it was started. */
  starts = 0;
  context: Context | undefined;
  /** Whether it has come up since the extension was loaded. */
  hasRun = false;
  private waiting: ((running: Context | undefined) => void)[] = [];
  private readonly lane;
  private lastActivity = 0;
  private cancelIdle: (() => void) | undefined;
  private holds = 0;
  /** Which start is the last one: an earlier one that was stopped must not go on. */
  private attempt = 0;

  constructor(private readonly extension: Installed) {
    this.lane = createLane(`background of ${extension.name}`);
  }

  get exists(): boolean {
    return (
      this.extension.package.background !== undefined || this.extension.manifest.background !== undefined
    );
  }

  /** Whether it has failed at its first start, and so there is none to be started. */
  get neverRan(): boolean {
    return this.starts > 0 && !this.hasRun && this.state === 'stopped';
  }

  private get label(): string {
    return this.extension.world.profile.family === 'firefox' ? 'event page' : 'worker';
  }

  /** Whether it is running, or is started for such an event. Messages start it, whether it listens or not. */
  wakesFor(event: string): boolean {
    if (!this.exists) return false;
    if (this.state !== 'stopped') return true;
    return /^runtime\.on(?:Connect|Message)/.test(event) || this.extension.heard.has(event);
  }

  /** Starts it if need be; `run` gets nothing where it failed to start. */
  whenRunning(reason: string, run: (running: Context | undefined) => void): void {
    if (this.state === 'running') run(this.context);
    else this.waiting.push(run);
    if (this.state === 'stopped') this.start(reason);
  }

  private start(reason: string): void {
    const { world, name, package: loaded } = this.extension;
    const [least, most] = world.profile.start;
    const attempt = ++this.attempt;
    this.state = 'starting';
    world.trace.write(name, `${this.label} starts for ${reason}`);
    world.scheduler.post(
      this.lane,
      `${this.label} of ${name} starts`,
      async () => {
        if (this.state !== 'starting' || this.attempt !== attempt) return;
        const isWorker = world.profile.family === 'chromium';
        const script = isWorker
          ? (this.extension.manifest.background?.service_worker ?? 'background.js')
          : '_generated_background_page.html';
        const context = this.extension.adoptContext(
          new Context(world, {
            kind: isWorker ? 'service-worker' : 'event-page',
            url: `${this.extension.origin}/${script}`,
            extension: this.extension,
            plain: loaded.background !== undefined,
          }),
        );
        this.context = context;
        this.starts++;
        const ran = await runBackground(context);
        if (context.state !== 'alive') return;
        // What its first turn has set going is part of it.
        world.scheduler.post(this.lane, `${this.label} of ${name} is up`, () => this.up(context, ran));
      },
      least + world.random.below(most - least),
    );
  }

  private up(context: Context, ran: boolean): void {
    if (this.context !== context || context.state !== 'alive') return;
    context.started = true;
    const { waiting } = this;
    this.waiting = [];
    if (!ran) {
      this.end('failed to start');
      for (const run of waiting) run(undefined);
      return;
    }
    this.state = 'running';
    this.hasRun = true;
    this.touch();
    for (const run of waiting) run(context);
  }

  /** Something happened that keeps it from idling. */
  touch(): void {
    const { scheduler } = this.extension.world;
    this.lastActivity = scheduler.now;
    if (this.cancelIdle || this.state !== 'running') return;
    this.watch(IDLE_MS);
  }

  /** The same, if it happened in the background itself. */
  touchBy(context: Context): void {
    if (context === this.context) this.touch();
  }

  /** It owes an answer: it stays until the function that this gives is called. */
  hold(context: Context): () => void {
    if (context !== this.context) return () => {};
    this.holds++;
    return () => {
      this.holds--;
      this.touch();
    };
  }

  private watch(delay: number): void {
    const { scheduler } = this.extension.world;
    const context = this.context;
    this.cancelIdle = scheduler.post(
      createLane(`idle time of ${this.extension.name}`),
      'is over',
      () => {
        this.cancelIdle = undefined;
        if (this.context !== context || this.state !== 'running') return;
        const idle = scheduler.now - this.lastActivity;
        if (idle >= IDLE_MS && this.holds === 0) this.stop('is idle and stops');
        else this.watch(this.holds > 0 ? IDLE_MS : IDLE_MS - idle);
      },
      delay,
    );
  }

  /** Ends it at once: nothing of its memory remains. */
  stop(why: string): void {
    const { waiting } = this;
    this.waiting = [];
    if (this.state !== 'stopped') this.end(why);
    for (const run of waiting) run(undefined);
  }

  private end(why: string): void {
    const { world, name } = this.extension;
    world.trace.write(name, `${this.label} ${why}`);
    this.cancelIdle?.();
    this.cancelIdle = undefined;
    this.holds = 0;
    this.state = 'stopped';
    const { context } = this;
    this.context = undefined;
    context?.die();
  }
}
