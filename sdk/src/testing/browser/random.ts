/** Chance that can be had again: the same seed gives the same numbers. Not for secrets. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  /** A generator of its own, so that what one part draws does not shift what another gets. */
  fork(name: string): Random;
  fill<T extends ArrayBufferView>(view: T): T;
  /** In the form of a UUID. */
  uuid(): string;
  hex(digits: number): string;
}

export const createRandom = (seed: number | string): Random => {
  let state = hash(`${seed}`);
  // mulberry32: four bytes of state are plenty for choosing among a few tasks.
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => (word() & 15).toString(16)).join('');
  return {
    next: () => word() / 0x1_0000_0000,
    below: (limit) => Math.floor((word() / 0x1_0000_0000) * limit),
    fork: (name) => createRandom(`${seed}/${name}`),
    fill(view) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      for (let i = 0; i < bytes.length; i++) bytes[i] = word() & 255;
      return view;
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[word() & 3]}${hex(3)}-${hex(12)}`,
    hex,
  };
};

/** FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
};
