import { PorticoError } from '../../errors/portico-error.js';
import type { ExtensionList, InstalledExtension } from '../../platform/platform.js';
import type { Matcher } from './matchers.js';
import type { Question } from './question.js';

/** Milliseconds for which an answer of the browser is good. */
const FRESH = 60_000;
/** Extensions of which the answer is kept. */
const MOST_KEPT = 1000;

interface Kept {
  /** When it was asked for: milliseconds since 1970. */
  readonly asked: number;
  /** What the browser says: of an extension, that it is not there, or nothing yet. */
  answer: InstalledExtension | Promise<InstalledExtension | undefined>;
}

/**
 * Extensions that hold all of these browser permissions themselves, as `management.get` tells: names (`'tabs'`), or
 * match patterns written as in their manifest (`'https://*\/*'`). What one extension may do by itself, another may
 * do for it: this keeps a host from being the deputy of those who may not. Not for proving who somebody is: any
 * extension may ask for any permission. Only about extensions, never their content scripts.
 *
 * Needs the permission `management` in the host's manifest; without it, and whenever the browser does not say,
 * nobody matches, and the host's log says why: MANAGEMENT_MISSING, MANAGEMENT_FAILED, NOT_INSTALLED, DISABLED,
 * PERMISSION_MISSING. What the browser says is good for a minute.
 * @throws {PorticoError} INVALID_ARGUMENT without any permission
 */
export const holdsPermission = (...permissions: readonly string[]): Matcher => {
  if (permissions.length === 0 || permissions.some((each) => typeof each !== 'string' || each === ''))
    throw new PorticoError('INVALID_ARGUMENT', 'holdsPermission() needs the name of at least one permission');
  const kept = new Map<string, Kept>();

  const judge = (found: InstalledExtension, question: Question): boolean => {
    if (found.enabled !== true) return no(question, 'DISABLED', 'the browser says that it is disabled');
    const missing = permissions.filter(
      (each) => !found.permissions.includes(each) && !found.hostPermissions.includes(each),
    );
    return (
      missing.length === 0 || no(question, 'PERMISSION_MISSING', `it does not hold ${missing.join(', ')}`)
    );
  };

  const read = (id: string, extensions: ExtensionList, asked: number): Kept['answer'] => {
    const known = kept.get(id);
    const age = asked - (known?.asked ?? Number.NaN);
    // The clock may have been set back: then nobody knows how old it is.
    if (known && age >= 0 && age < FRESH) return known.answer;
    const answer = extensions.get(id);
    const entry: Kept = { asked, answer };
    kept.delete(id);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(id, entry);
    const settle = (found?: InstalledExtension): void => {
      if (found) entry.answer = found;
      else if (kept.get(id) === entry) kept.delete(id);
    };
    answer.then(settle, () => settle());
    return answer;
  };

  const ask = async (
    answer: Promise<InstalledExtension | undefined>,
    question: Question,
  ): Promise<boolean> => {
    try {
      const found = await answer;
      if (!found) return no(question, 'NOT_INSTALLED', 'the browser knows no such extension');
      return judge(found, question);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return no(question, 'MANAGEMENT_FAILED', `the browser does not say: ${words}`);
    }
  };

  return {
    kinds: new Set(['extension'] as const),
    text: `extensions that hold ${permissions.join(', ')}`,
    test(principal, question) {
      if (principal.kind !== 'extension') return false;
      const { extensions, time } = question;
      if (!extensions)
        return no(question, 'MANAGEMENT_MISSING', 'this extension lacks the permission management');
      const answer = read(principal.id, extensions, time);
      return answer instanceof Promise ? ask(answer, question) : judge(answer, question);
    },
  };
};

const no = (question: Question, code: string, text: string): false => {
  question.report(code, text);
  return false;
};
