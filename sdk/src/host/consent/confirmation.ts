import { PorticoError } from '../../errors/portico-error.js';
import { cleanText } from './clean-name.js';
import type { Confirmation } from './questions.js';

const TITLE = 200;
const MESSAGE = 2000;
const DETAILS = 32;
const LABEL = 100;
const VALUE = 1000;

/**
 * A question about a call as it is shown: most of it comes from the caller. Nothing is cut, since the end
 * of an address may be what matters.
 * @throws {PorticoError} INVALID_ARGUMENT where it is too long, says nothing, or can't be read
 */
export const checkedConfirmation = (confirmation: Confirmation): Confirmation => {
  try {
    return read(confirmation);
  } catch (cause) {
    if (PorticoError.is(cause)) throw cause;
    // An author's own object, or no texts.
    throw new PorticoError('INVALID_ARGUMENT', "confirm: what can't be read", { cause });
  }
};

const read = ({ title, message, details = [] }: Confirmation): Confirmation => {
  if (details.length > DETAILS) throw tooLong('details');
  const heading = checked(title, TITLE, 'title');
  if (heading === undefined) throw new PorticoError('INVALID_ARGUMENT', 'confirm: the title is empty');
  const text = message === undefined ? undefined : checked(message, MESSAGE, 'message');
  return {
    title: heading,
    ...(text === undefined ? {} : { message: text }),
    details: details.map(({ label, value }) => ({
      label: checked(label, LABEL, 'label') ?? '',
      value: checked(value, VALUE, 'value') ?? '',
    })),
  };
};

const checked = (text: string, most: number, what: string): string | undefined => {
  if (text.length > most) throw tooLong(what);
  return cleanText(text, most);
};

const tooLong = (what: string): PorticoError =>
  new PorticoError('INVALID_ARGUMENT', `confirm: ${what} too long for anybody to read`);
