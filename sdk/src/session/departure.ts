/** Something that ends, and tells so: a conversation, whose port may be gone long before a person has answered. */
export interface Lasting {
  /** Runs once, when it is over; at once where it is. Gives a function that takes that back. */
  whenOver(run: () => void): () => void;
}

/**
 * A conversation's end. Knows nothing of the port, so that nothing of it is held by whoever waits for that. A class
 * that makes its list when somebody waits: hosts have thousands of sessions for which nobody does.
 */
export class Departure implements Lasting {
  private hearers: Set<() => void> | undefined;
  private over = false;

  whenOver(run: () => void): () => void {
    if (this.over) {
      run();
      return () => {};
    }
    this.hearers ??= new Set();
    this.hearers.add(run);
    return () => {
      this.hearers?.delete(run);
    };
  }

  tell(): void {
    const { hearers } = this;
    this.over = true;
    this.hearers = undefined;
    for (const run of hearers ?? []) run();
  }
}
