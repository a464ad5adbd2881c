import { expect } from 'vitest';

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, Error.prototype];

/** Every property of them: whose it is, its name, and what it is made of. */
const properties = (): unknown[][] =>
  PROTOTYPES.flatMap((prototype) =>
    Reflect.ownKeys(prototype).map((key) => {
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
      return [prototype, key, value, get, set, JSON.stringify(flags)];
    }),
  );
const before = properties();

/** Nothing was added to, changed in or taken from what all objects share. */
export const expectPrototypesUntouched = (): void => {
  const now = properties();
  const changed = now.filter((property, i) => property.some((part, j) => !Object.is(part, before[i]?.[j])));
  expect([now.length - before.length, changed.map(([, key]) => key)]).toEqual([0, []]);
};
