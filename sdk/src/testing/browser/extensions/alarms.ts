import { emit } from '../apis/emit.js';
import { createLane } from '../scheduler/scheduler.js';
import type { Installed } from './installed.js';

export interface AlarmInfo {
  readonly when?: number;
  readonly delayInMinutes?: number;
  readonly periodInMinutes?: number;
}

export interface AlarmState {
  readonly name: string;
  readonly scheduledTime: number;
  readonly periodInMinutes?: number;
}

const MINUTE = 60_000;
/** Chromium goes off no more often. */
const SHORTEST_MS = 30_000;

/** The alarms of an extension: they go off whether its background runs or not. */
export class Alarms {
  private readonly set = new Map<string, { state: AlarmState; cancel: () => void }>();
  constructor(private readonly extension: Installed) {}

  create(name: string, { when, delayInMinutes, periodInMinutes }: AlarmInfo): void {
    const { scheduler, epoch } = this.extension.world;
    const first =
      when === undefined ? (delayInMinutes ?? periodInMinutes ?? 0) * MINUTE : when - epoch - scheduler.now;
    this.arm(name, this.atLeast(first), periodInMinutes);
  }

  private atLeast(delay: number): number {
    return this.extension.world.profile.family === 'chromium'
      ? Math.max(SHORTEST_MS, delay)
      : Math.max(0, delay);
  }

  private arm(name: string, delay: number, periodInMinutes: number | undefined): void {
    this.clear(name);
    const { scheduler, epoch } = this.extension.world;
    const state: AlarmState = {
      name,
      scheduledTime: epoch + scheduler.now + delay,
      ...(periodInMinutes === undefined ? {} : { periodInMinutes }),
    };
    const lane = createLane(`alarms of ${this.extension.name}`);
    const ring = (): void => {
      this.set.delete(name);
      if (!this.extension.enabled) return;
      if (periodInMinutes !== undefined)
        this.arm(name, this.atLeast(periodInMinutes * MINUTE), periodInMinutes);
      this.extension.world.trace.write(this.extension.name, `alarm "${name}" goes off`);
      emit(this.extension, 'alarms.onAlarm', () => [state]);
    };
    this.set.set(name, { state, cancel: scheduler.post(lane, `alarm "${name}"`, ring, delay) });
  }

  get(name: string): AlarmState | undefined {
    return this.set.get(name)?.state;
  }

  get all(): AlarmState[] {
    return [...this.set.values()].map(({ state }) => state);
  }

  clear(name: string): boolean {
    this.set.get(name)?.cancel();
    return this.set.delete(name);
  }

  clearAll(): boolean {
    const any = this.set.size > 0;
    for (const name of [...this.set.keys()]) this.clear(name);
    return any;
  }
}
