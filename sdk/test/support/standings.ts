import type { WelcomeChanges } from './tabs.js';

/** A list with a hole in it, as a structured clone can carry it. */
export const holed = (list: readonly unknown[], at: number): readonly unknown[] => {
  const copy = [...list];
  delete copy[at];
  return copy;
};

const many = (count: number, text = 'x'): string[] => Array.from({ length: count }, (_, i) => `${text}${i}`);
const LONG = 'x'.repeat(64);
const TOO_LONG = 'x'.repeat(65);

type Case = readonly [what: string, changes: WelcomeChanges];

const misfitsOf = (list: 'granted' | 'refused' | 'reasons' | 'pending'): readonly Case[] =>
  (
    [
      ['that is missing', undefined],
      ['that is nothing', null],
      ['that is a text', 'read'],
      ['that is a number', 1],
      ['that looks like a list', { 0: 'read', length: 1 }],
      ['that is a Set', new Set(['read'])],
      ['that is a typed array', new Uint8Array(1)],
      ['with a number', [1]],
      ['with nothing', [null]],
      ['with undefined', [undefined]],
      ['with a list', [['read']]],
      ['with a hole', holed(['read', 'titles'], 0)],
      ['of holes', new Array(2)],
      ['of millions of holes', new Array(4_000_000_000)],
      ['with a name too long', [TOO_LONG]],
      ['with a name as long as a book', ['x'.repeat(1_000_000)]],
      ['of 257 names', many(257)],
    ] as const
  ).map(([what, value]) => {
    // As many of the other, so that it is not their number that is wrong.
    const length = Array.isArray(value) && value.length < 1000 ? value.length : 0;
    const others = { refused: 'reasons', reasons: 'refused' } as const;
    const other = list === 'refused' || list === 'reasons' ? { [others[list]]: many(length) } : {};
    return [`${list} ${what}`, { ...other, [list]: value }];
  });

/** Standings that are none, in a WELCOME or a GRANTS: all that a structured clone can carry. */
export const MISFITS: readonly Case[] = [
  ...misfitsOf('granted'),
  ...misfitsOf('refused'),
  ...misfitsOf('reasons'),
  ...misfitsOf('pending'),
  ['refused that are an object', { refused: { titles: 'CAPABILITY_REFUSED' } }],
  ['fewer reasons than refused', { refused: ['titles', 'control'], reasons: ['CAPABILITY_REFUSED'] }],
  ['more reasons than refused', { refused: ['titles'], reasons: ['CAPABILITY_REFUSED', 'CONSENT_DENIED'] }],
  ['no reasons for what is refused', { refused: ['titles'] }],
  ['reasons for nothing', { reasons: ['CAPABILITY_REFUSED'] }],
];

/** Standings at their bounds. */
export const FITS: readonly Case[] = [
  ['nothing at all', { granted: [] }],
  [
    '256 names',
    { granted: many(256), refused: many(256, 'r'), reasons: many(256, 'C'), pending: many(256, 'p') },
  ],
  [
    'names of 64 characters',
    { granted: [LONG], refused: [`${LONG.slice(1)}r`], reasons: [LONG], pending: [LONG] },
  ],
  ['an empty name', { granted: [''], refused: [''], reasons: [''], pending: [''] }],
  ['reasons of a later version', { granted: ['read'], refused: ['titles'], reasons: ['OF_LATER'] }],
  ['names of all objects', { granted: ['constructor'], refused: ['toString'], reasons: ['then'] }],
  [
    '__proto__',
    { granted: ['__proto__'], refused: ['__proto__'], reasons: ['__proto__'], pending: ['__proto__'] },
  ],
];
