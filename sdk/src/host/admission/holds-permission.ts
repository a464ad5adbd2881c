import { PorticoError } from '../../errors/portico-error.js';
import type { ExtensionList, InstalledExtension } from '../../platform/platform.js';
import type { Matcher } from './matchers.js';
import type { Question } from './question.js';

/**
 * Extensions that hold all of these browser permissions themselves, as `management.get` tells: names (`'tabs'`), or
 * match patterns written as in their manifest (`'https://*\/*'`). What one extension may do by itself, another may
 * do for it: this keeps a host from being the deputy of those who may not. Not for proving who somebody is: any
 * extension may ask for any permission. Only about extensions, never their content scripts.
 *
 * Needs the permission `management` in the host's manifest; without it, and whenever the browser does not say,
 * nobody matches, and the host's log says why: MANAGEMENT_MISSING, MANAGEMENT_FAILED, NOT_INSTALLED, DISABLED,
 * PERMISSION_MISSING. The browser is asked anew for each session, since no event tells of an update, nor of a
 * permission that was given back; one that is open goes on until it is judged afresh.
 * @throws {PorticoError} INVALID_ARGUMENT without any permission
 */
export const holdsPermission = (...permissions: readonly string[]): Matcher => {
  if (permissions.length === 0 || permissions.some((each) => typeof each !== 'string' || each === ''))
    throw new PorticoError('INVALID_ARGUMENT', 'holdsPermission() needs the name of at least one permission');
  /** What was asked in this turn: of several capabilities, say. Nothing comes in between, so they share the answer. */
  const asked = new Map<string, Promise<InstalledExtension | undefined>>();

  const judge = (found: InstalledExtension, question: Question): boolean => {
    if (found.enabled !== true) return no(question, 'DISABLED', 'the browser says that it is disabled');
    const missing = permissions.filter(
      (each) => !found.permissions.includes(each) && !found.hostPermissions.includes(each),
    );
    return (
      missing.length === 0 || no(question, 'PERMISSION_MISSING', `it does not hold ${missing.join(', ')}`)
    );
  };

  const look = (id: string, extensions: ExtensionList): Promise<InstalledExtension | undefined> => {
    const known = asked.get(id);
    if (known) return known;
    const answer = extensions.get(id);
    asked.set(id, answer);
    queueMicrotask(() => asked.delete(id));
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
      const { extensions } = question;
      if (!extensions)
        return no(question, 'MANAGEMENT_MISSING', 'this extension lacks the permission management');
      return ask(look(principal.id, extensions), question);
    },
  };
};

const no = (question: Question, code: string, text: string): false => {
  question.report(code, text);
  return false;
};
