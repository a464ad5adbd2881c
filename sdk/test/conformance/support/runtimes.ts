import type { ProfileName } from '../../../src/testing/browser/index.js';
import type { RuntimeKind } from './case.js';
import type { Engine, Format } from './runtime.js';

const real = (name: string, engine: Engine, format: Format): RuntimeKind => ({
  ...{ name, engine, format },
  isSimulated: false,
});

/** The real ones, in the order in which they are asked. */
export const REAL: readonly RuntimeKind[] = [
  real('firefox', 'firefox', 'clone'),
  real('chromium, JSON', 'chromium', 'json'),
  real('chromium, structured clone', 'chromium', 'clone'),
];

/** The simulated one of a profile. */
export const simulated = (profile: ProfileName): RuntimeKind => ({
  name: `simulated ${profile}`,
  engine: profile === 'firefox' ? 'firefox' : 'chromium',
  format: profile === 'chromium' ? 'json' : 'clone',
  isSimulated: true,
});
