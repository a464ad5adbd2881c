import fc from 'fast-check';
import { boundaries } from '../../support/random-batches.js';
import { hello } from '../../support/tabs.js';

/** A list about as long as it may be, of the given and of copies of one more. */
const about = <T>(most: number, first: readonly T[], more: T): fc.Arbitrary<T[]> =>
  fc
    .integer({ min: most - first.length - 1, max: most - first.length + 1 })
    .map((length) => [...first, ...new Array<T>(length).fill(more)]);
/** About as long as it may be; with pairs of code units, which count as two. */
const textAbout = (most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: most - 1, max: most + 1 }), fc.boolean())
    .map(([length, pairs]) =>
      pairs ? 'x'.repeat(length % 2) + '🚪'.repeat(length / 2) : 'x'.repeat(length),
    );

/** What stands in a hello at the bounds of the table in 6.1, on both sides. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  wire: fc.oneof(
    fc.array(boundaries, { minLength: 1, maxLength: 2 }).map((others) => [1, ...others]),
    about(16, [1], 2),
  ),
  versions: fc.oneof(
    about(16, ['1.2.0'], '1.0.0'),
    textAbout(32).map((text) => ['1.2.0', text]),
  ),
  needs: about(256, ['read'], 'read'),
  wants: fc.oneof(
    about(256, ['read', 'control'], 'nothing'),
    textAbout(64).map((text) => ['read', text]),
  ),
  name: textAbout(128),
  proof: boundaries,
  token: textAbout(4096),
};
const atBounds: fc.Arbitrary<unknown> = fc
  .constantFrom(...Object.keys(FIELDS))
  .chain((key) => (FIELDS[key] as fc.Arbitrary<unknown>).map((value) => [hello({ [key]: value })]));

/** Messages that greet: most of them as they should. */
export const HELLOS: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.constant([hello()]) },
  { weight: 1, arbitrary: fc.constant([hello({ wants: ['read', 'control'] })]) },
  { weight: 1, arbitrary: fc.constant([hello({ needs: ['read'], wants: ['admin', 'nothing'] })]) },
  { weight: 1, arbitrary: fc.constantFrom(['admin'], ['titles', 'read']).map((needs) => [hello({ needs })]) },
  {
    weight: 1,
    arbitrary: fc.constant([hello({ probe: new Uint8Array([80]), versions: ['2.0.0', '1.0.0'] })]),
  },
  { weight: 3, arbitrary: atBounds },
);
