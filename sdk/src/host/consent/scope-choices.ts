import { DEFAULT_LIMITS, type Limits } from '../../limits/limits.js';
import { Conversion, FAIL } from '../../protocol/conversion.js';
import { any } from '../../protocol/kinds/any.js';
import { codecOf } from '../../protocol/kinds/kind.js';
import type { Principal } from '../admission/principal.js';
import { cleanText } from './clean-name.js';
import type { Choice } from './questions.js';
import type { ConsentContext, Subject } from './types.js';
import { within } from './within.js';

/** How many values a person chooses from: more nobody reads. */
export const MAX_CHOICES = 64;
const LABEL_LENGTH = 128;
/** One value is stored with every grant that has it. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, valueSize: 4096, depth: 16 };
/** How long a host may take to say what there is, in milliseconds. */
const PATIENCE = 10_000;

const plain = /* @__PURE__ */ codecOf([any], { strict: true, plain: true, bytes: 'read' });

/**
 * The values from which a person chooses, as they can be stored. None where the host does not say: then
 * the capability can't be allowed, only refused.
 */
export const choicesOf = async (
  { choices, log, platform }: Pick<ConsentContext, 'choices' | 'log' | 'platform'>,
  subject: Subject,
  principal: Principal,
): Promise<readonly Choice[]> => {
  const report = (message: string, error?: unknown): void =>
    log?.({
      level: 'error',
      event: 'handler-failed',
      message: `choices for ${subject.protocol} ${subject.capability}: ${message}`,
      principal,
      error,
    });
  try {
    const given: unknown = await within(platform, PATIENCE, choices(subject, principal));
    if (!Array.isArray(given)) throw new TypeError('not a list');
    const { length } = given;
    const kept: Choice[] = [];
    for (let i = 0; i < Math.min(length, MAX_CHOICES); i++) {
      const copy = copied(given[i]);
      if (copy) kept.push(copy);
    }
    if (kept.length < length)
      report(`${length - kept.length} left out: too many, too large, nameless, or not plain data`);
    return kept;
  } catch (error) {
    report('the host does not say', error);
    return [];
  }
};

/** A choice as it can be stored. None where an author's own objects throw as they are read. */
const copied = (choice: unknown): Choice | undefined => {
  try {
    const { label, value } = choice as Partial<Choice>;
    const copy = new Conversion(LIMITS).convert(plain, value);
    const text = cleanText(String(label ?? ''), LABEL_LENGTH);
    return copy === FAIL || text === undefined ? undefined : { label: text, value: copy };
  } catch {
    return undefined;
  }
};
