import type { Random } from '../random.js';
import { Heap } from './heap.js';

/** Something that will happen. */
export interface Task {
  /** What it is, for somebody who asks why a browser does not come to rest. */
  readonly label: string;
  /** Virtual milliseconds: not before then. */
  readonly due: number;
  readonly order: number;
  readonly lane: Lane;
  run(): void | Promise<void>;
  cancelled: boolean;
  listed: boolean;
}

/** Tasks that keep their order among themselves: the messages of a port in one direction, the timers of a context. */
export interface Lane {
  readonly name: string;
  /** `arrival`: what was posted first goes first. `time`: what is due first goes first. */
  readonly by: 'arrival' | 'time';
  readonly tasks: Task[];
  last: number;
}

export const createLane = (name: string, by: Lane['by'] = 'arrival'): Lane => ({
  name,
  by,
  tasks: [],
  last: 0,
});

/** A slow machine lets timers of this near future go off before what could have happened at once. */
const SLOWNESS_MS = 4;
const SLOW_ONE_IN = 8;

/** Holds all that could happen next, and chooses. */
export class Scheduler {
  /** Virtual milliseconds since the browser was made. */
  now = 0;
  private orders = 0;
  private readonly later = new Heap<Task>(
    (one, other) => one.due < other.due || (one.due === other.due && one.order < other.order),
  );
  private readonly ready: Task[] = [];

  constructor(private readonly random: Random) {}

  /** Gives a function that takes the task back. */
  post(lane: Lane, label: string, run: () => void | Promise<void>, delay = 0): () => void {
    const due = lane.by === 'arrival' ? Math.max(this.now + delay, lane.last) : this.now + delay;
    lane.last = due;
    const task: Task = { label, due, order: this.orders++, lane, run, cancelled: false, listed: false };
    const { tasks } = lane;
    let at = tasks.length;
    while (at > 0 && (tasks[at - 1] as Task).due > due) at--;
    tasks.splice(at, 0, task);
    if (at === 0) this.list(task);
    return () => {
      task.cancelled = true;
    };
  }

  /** Takes the next task that is due by `horizon`, and moves the time to it. */
  take(horizon: number): Task | undefined {
    this.collect();
    if (this.ready.length === 0 || this.isSlow(horizon)) {
      const due = this.nextDue();
      if (due > horizon || due === Number.POSITIVE_INFINITY) return undefined;
      this.now = Math.max(this.now, due);
      this.collect();
    }
    const [task] = this.ready.splice(this.random.below(this.ready.length), 1);
    if (!task) return undefined;
    this.unlist(task);
    return task;
  }

  /** When the next task is due: at most `now` if one is ready, infinity if there is none. */
  get earliest(): number {
    this.collect();
    return this.ready.length > 0 ? this.now : this.nextDue();
  }

  /** What waits, soonest first: for messages about a browser that does not come to rest. */
  pending(most: number): Task[] {
    this.collect();
    const found = [...this.ready];
    const kept: Task[] = [];
    for (let task = this.later.pop(); task; task = this.later.pop()) {
      kept.push(task);
      if (found.length + kept.length >= most) break;
    }
    for (const task of kept) this.later.push(task);
    return [...found, ...kept].filter(({ cancelled }) => !cancelled).slice(0, most);
  }

  private isSlow(horizon: number): boolean {
    const due = this.nextDue();
    if (due > horizon || due > this.now + SLOWNESS_MS) return false;
    return this.random.below(SLOW_ONE_IN) === 0;
  }

  /** Due times of what is not ready yet. */
  private nextDue(): number {
    for (;;) {
      const { top } = this.later;
      if (!top) return Number.POSITIVE_INFINITY;
      if (isNext(top)) return top.due;
      this.later.pop();
      this.drop(top);
    }
  }

  /** Moves what has become due to what is ready. */
  private collect(): void {
    for (let i = this.ready.length - 1; i >= 0; i--) {
      const task = this.ready[i] as Task;
      if (isNext(task)) continue;
      this.ready.splice(i, 1);
      this.drop(task);
    }
    while (this.nextDue() <= this.now) {
      const task = this.later.pop();
      if (task) this.ready.push(task);
    }
  }

  private list(task: Task): void {
    if (task.listed) return;
    task.listed = true;
    this.later.push(task);
  }

  /** Forgets a task that was cancelled, or that another one of its lane has overtaken. */
  private drop(task: Task): void {
    task.listed = false;
    if (task.cancelled) this.unlist(task);
  }

  private unlist(task: Task): void {
    task.listed = false;
    const { tasks } = task.lane;
    const at = tasks.indexOf(task);
    if (at >= 0) tasks.splice(at, 1);
    const head = tasks[0];
    if (head) this.list(head);
  }
}

const isNext = (task: Task): boolean => !task.cancelled && task.lane.tasks[0] === task;
