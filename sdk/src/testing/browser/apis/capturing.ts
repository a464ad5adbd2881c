import { ApiError } from '../realm/realm.js';

const MOST_A_SECOND = 2;

/** Chromium takes two pictures a second, of all extensions together; Firefox as many as are asked for. */
export class Capturing {
  private readonly times: number[] = [];
  constructor(
    private readonly now: () => number,
    private readonly isLimited: boolean,
  ) {}

  /** @throws {ApiError} as Chromium words it */
  check(): void {
    if (!this.isLimited) return;
    const now = this.now();
    while (this.times.length > 0 && now - (this.times[0] as number) >= 1000) this.times.shift();
    if (this.times.length >= MOST_A_SECOND)
      throw new ApiError('This request exceeds the MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND quota.');
    this.times.push(now);
  }
}
