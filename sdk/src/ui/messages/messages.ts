import { browserMessage } from '../../platform/browser-messages.js';
import { english, type MessageKey } from './english.js';

type CountedKey = MessageKey extends infer K ? (K extends `${infer Base}_one` ? Base : never) : never;
/** Texts that take the place of the English ones: all of them, or some; and the forms that English does without. */
export type Messages = Readonly<
  Partial<Record<MessageKey | `${CountedKey}_${'zero' | 'two' | 'few' | 'many'}`, string>>
>;

type Values = Readonly<Record<string, unknown>>;

/** The screens' texts in one language, and what is written by that language's customs. */
export interface Texts {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  /** A text with its values put in. */
  say(key: MessageKey, values?: Values): string;
  /** The same in pieces, for values that are markup: a template renders the array. */
  parts(key: MessageKey, values: Values): readonly unknown[];
  /** The form of a text that fits a count. */
  counted(key: CountedKey, count: number): string;
  number(value: number): string;
  bytes(value: number): string;
  /** Milliseconds since 1970, as a day and a time; as a time alone where it is today. */
  date(time: number): string;
  time(time: number): string;
}

const TOKEN = /\{(\w+)\}/;
/** What `Date` can hold. */
const LAST_DATE = 8.64e15;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/**
 * @param own what the page's author says; it wins over the browser's `_locales`, and those over English
 */
export const createTexts = (own: Messages = {}): Texts => {
  const find = (key: string): string | undefined =>
    (Object.hasOwn(own, key) ? own[key as MessageKey] : undefined) ?? browserMessage(`portico_${key}`);
  const text = (key: MessageKey): string => find(key) ?? english[key];
  const language = canonical(text('language'));
  const plural = new Intl.PluralRules(language);
  const format = (time: number, options: Intl.DateTimeFormatOptions): string =>
    // A time that nothing is, as from a storage that somebody wrote into, must not take the screen down.
    Math.abs(time) <= LAST_DATE ? new Intl.DateTimeFormat(language, options).format(time) : '–';

  const texts: Texts = {
    language,
    direction: text('direction') === 'rtl' ? 'rtl' : 'ltr',
    // Each second piece is a token's name.
    parts: (key, values) =>
      text(key)
        .split(TOKEN)
        .map((piece, index) => (index % 2 === 0 ? piece : Object.hasOwn(values, piece) ? values[piece] : '')),
    say: (key, values = {}) => texts.parts(key, values).join(''),
    counted(key, count) {
      const form = find(`${key}_${plural.select(count)}`) ?? text(`${key}_${count === 1 ? 'one' : 'other'}`);
      return form.replace('{count}', () => texts.number(count));
    },
    number: (value) => new Intl.NumberFormat(language).format(value),
    bytes(value) {
      const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(value, 1)) / 3));
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: UNITS[step] as string,
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumSignificantDigits: 3,
      }).format(value / 1000 ** step);
    },
    date: (time) =>
      new Date(time).toDateString() === new Date().toDateString()
        ? texts.time(time)
        : format(time, { dateStyle: 'medium', timeStyle: 'short' }),
    time: (time) => format(time, { timeStyle: 'short' }),
  };
  return texts;
};

/** A translator's slip in the tag costs the customs of the language, not the screen. */
const canonical = (language: string): string => {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
};
