/** Something that happened. */
export interface TraceEntry {
  /** Virtual milliseconds since the browser was made. */
  readonly time: number;
  /** Where: a context, an extension, or the browser. */
  readonly where: string;
  readonly what: string;
}

/** What happened, oldest first; of a long run the end. */
export interface Trace {
  readonly entries: readonly TraceEntry[];
  /** How many entries were there and are forgotten. */
  readonly forgotten: number;
  /** One line for each. */
  toString(): string;
}

/** Text, or how to get it should anybody ask. */
type What = string | (() => string);

export class TraceBook implements Trace {
  private kept: { time: number; where: string; what: What }[] = [];
  private dropped = 0;

  constructor(
    private readonly now: () => number,
    private readonly most: number,
  ) {}

  write(where: string, what: What): void {
    if (this.most === 0) return;
    this.kept.push({ time: this.now(), where, what });
    // Halved now and then, rather than shifted each time.
    if (this.kept.length < 2 * this.most) return;
    this.dropped += this.kept.length - this.most;
    this.kept = this.kept.slice(-this.most);
  }

  get entries(): readonly TraceEntry[] {
    return this.kept.slice(-this.most).map(({ time, where, what }) => ({
      time,
      where,
      what: typeof what === 'string' ? what : what(),
    }));
  }

  get forgotten(): number {
    return this.dropped + Math.max(0, this.kept.length - this.most);
  }

  toString(): string {
    const { entries, forgotten } = this;
    const width = Math.min(40, Math.max(0, ...entries.map(({ where }) => where.length)));
    const lines = entries.map(
      ({ time, where, what }) => `${time.toFixed(0).padStart(8)} ms  ${where.padEnd(width)}  ${what}`,
    );
    return [...(forgotten > 0 ? [`(${forgotten} earlier entries are forgotten)`] : []), ...lines].join('\n');
  }
}

const SHOWN = 160;

/** What a message says, short enough for a line. */
export const shorten = (text: string): string =>
  text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
