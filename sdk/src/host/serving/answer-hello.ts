import { chooseVersion } from '../../protocol/choose-version.js';
import { isVersion } from '../../protocol/versions.js';
import type { Hello, Refusal, Standing } from '../../wire/handshake.js';
import { maySee, type Verdict, type Verdicts } from '../admission/judge.js';
import type { Publication } from './publication.js';

/** A publication with what was decided of one principal. */
export interface Candidate {
  readonly publication: Publication;
  readonly verdicts: Verdicts;
}

/** What was settled with an admitted client. */
export interface Settled {
  readonly publication: Publication;
  readonly version: string;
  readonly standing: Placed;
  /** The person has been asked: what is left to ask counts as denied. */
  readonly isOver?: boolean;
}

/** Where capabilities that were asked for stand. */
export interface Placed {
  readonly granted: ReadonlyMap<string, Verdict>;
  /** Those that a person has to be asked for. */
  readonly asked: readonly string[];
  /** The code of the reason. */
  readonly refused: Readonly<Record<string, string>>;
  /** Milliseconds until the person may be asked again, the longest; absent where nobody was denied by the person. */
  readonly retryAfter: number | undefined;
}

/** Sorts capabilities by what was decided. Names come from the client: only well-behaved ones become keys. */
export const place = (verdicts: Verdicts, names: Iterable<string>): Placed => {
  const granted = new Map<string, Verdict>();
  const asked: string[] = [];
  const refused: Record<string, string> = {};
  let retryAfter: number | undefined;
  for (const name of new Set(names)) {
    const verdict = verdicts.get(name) as Verdict | undefined;
    if (verdict?.verdict === 'allow') granted.set(name, verdict);
    else if (verdict?.verdict === 'ask') asked.push(name);
    else if (name !== '__proto__') {
      const denied = verdict?.retryAfter;
      if (denied !== undefined) retryAfter = Math.max(retryAfter ?? 0, denied);
      refused[name] = !verdict
        ? 'UNKNOWN_MEMBER'
        : denied === undefined
          ? 'CAPABILITY_REFUSED'
          : 'CONSENT_DENIED';
    }
  }
  return { granted, asked, refused, retryAfter };
};

/** As it stands on the wire. What a person is asked for is pending, or, when nobody asks any more, denied. */
export const standingOf = (
  { granted, asked, refused }: Placed,
  isPending: (capability: string) => boolean,
): Standing => {
  const pending: string[] = [];
  const all: Record<string, string> = { ...refused };
  for (const each of asked) {
    if (isPending(each)) pending.push(each);
    else all[each] = 'CONSENT_DENIED';
  }
  return { granted: [...granted.keys()], refused: all, pending };
};

/**
 * Answers a hello by what was decided. Whoever no rule admits gets `refusal`, whatever the hello asks;
 * only then is anything looked up by a name that the client sent.
 */
export const answerHello = (
  hello: Hello,
  candidates: readonly Candidate[],
  refusal: Refusal,
  hint: string,
): Settled | { refusal: Refusal } => {
  const open = candidates.filter(({ verdicts }) => maySee(verdicts));
  if (open.length === 0) return { refusal };
  const versions = open.map(({ publication }) => publication.protocol.version);
  const offered = hello.versions.filter((each) => versions.includes(each) || isVersion(each));
  const agreement = chooseVersion(offered, versions);
  const chosen = open.find(({ publication }) => publication.protocol.version === agreement?.published);
  if (!agreement || !chosen) {
    const message = `this host speaks ${versions.join(', ')}; the client offers ${hello.versions.join(', ') || 'nothing'}`;
    return { refusal: { code: 'NO_COMMON_VERSION', message, data: { versions } } };
  }
  const standing = place(chosen.verdicts, [...hello.needs, ...hello.wants]);
  const { granted, asked } = standing;
  const missing = hello.needs.filter((each) => !granted.has(each) && !asked.includes(each));
  if (missing.length > 0) return { refusal: notGranted(missing, standing, hint) };
  return { publication: chosen.publication, version: agreement.version, standing };
};

/** The refusal of a client that needs what it does not get: by the person alone, or by a rule, too. */
export const notGranted = (
  missing: readonly string[],
  { granted, asked, refused, retryAfter }: Placed,
  hint: string,
): Refusal => {
  const byPerson = missing.every(
    (each) => asked.includes(each) || (Object.hasOwn(refused, each) && refused[each] === 'CONSENT_DENIED'),
  );
  const code = byPerson ? 'CONSENT_DENIED' : 'CAPABILITY_REFUSED';
  return {
    code,
    message: `not granted: ${missing.join(', ')}${byPerson ? '' : hint}`,
    data: {
      capabilities: missing,
      granted: [...granted.keys()],
      ...(byPerson ? { retryAfter: retryAfter ?? 0 } : {}),
    },
  };
};
