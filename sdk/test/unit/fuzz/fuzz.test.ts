import { describe, expect, test } from 'vitest';
import { seed } from '../../support/random-batches.js';
import { written } from './copies.js';
import { fuzz, PROFILES } from './fuzz.js';

const BATCHES = 20_000;

// Others on each run: one seed that always passes proves no more than itself.
console.log(`Fuzz: PORTICO_SEED=${seed} has the same batches sent again`);

describe(`hostile clients in the simulated browser (PORTICO_SEED=${seed})`, () => {
  test.each(PROFILES)('harm nobody in %s, and get what the wire says', async (profile) => {
    const { failure, tally } = await fuzz({
      count: BATCHES / PROFILES.length,
      seed,
      profiles: [profile],
      shrink: true,
    });
    const again = `npm run fuzz -- --seed ${failure?.again?.seed ?? seed} --profile ${profile}`;
    expect(failure && `${failure.message}\n${written(failure.posted ?? [])}\n${again}`).toBeUndefined();
    // Lest it be about nothing but the first violation.
    expect(tally.admitted).toBeGreaterThan(tally.batches / 30);
    expect(tally.answers).toBeGreaterThan(tally.batches / 10);
  });
});
