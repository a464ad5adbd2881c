/**
 * What is measured between two extensions. Each is the ratio of Portico to a raw port: of costs for `perOperation`,
 * so that less is better, and else of rates.
 */
export const METRICS = [
  {
    metric: 'sequential',
    unit: 'µs a call',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.1,
    says: 'at most 1.10',
  },
  {
    metric: 'concurrent',
    unit: 'calls/s',
    perOperation: false,
    target: (/** @type {number} */ r) => r >= 30,
    says: 'at least 30',
  },
  {
    metric: 'objects',
    unit: 'objects/s',
    perOperation: false,
    target: (/** @type {number} */ r) => r >= 0.85,
    says: 'at least 0.85',
  },
  {
    metric: 'connect',
    unit: 'µs a connect',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.2,
    says: 'at most 1.20',
  },
  {
    metric: 'granted',
    unit: 'µs a connect that a person has allowed',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.2,
    says: 'at most 1.20',
  },
  {
    metric: 'proven',
    unit: 'µs a connect with a key, against two raw round trips',
    perOperation: true,
    target: () => undefined,
    says: 'none: one round trip more, and the signatures',
  },
];

/** @typedef {'raw' | 'portico'} Side */
export const SIDES = /** @type {const} */ (['raw', 'portico']);
