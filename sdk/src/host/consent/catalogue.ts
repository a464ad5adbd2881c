import type { AnyProtocol, Capability } from '../../protocol/protocol.js';
import { lineOf } from '../../protocol/versions.js';
import type { Subject } from './types.js';

/** What tells subjects apart. None of the three parts may have a space. */
export const subjectKey = ({ protocol, line, capability }: Subject): string =>
  `${protocol} ${line} ${capability}`;

/** A capability that is published now. */
export interface Offer {
  readonly title: string;
  readonly description?: string | undefined;
  readonly revision: number;
  /** Whether a person may narrow it. */
  readonly scoped: boolean;
}

/** What a host publishes, by subject. */
export interface Catalogue {
  find(subject: Subject): Offer | undefined;
  findByKey(key: string): Offer | undefined;
  /** What a person reads; the bare name where it is published no more. */
  title(subject: Subject): string;
}

/** The subject of one of a protocol's capabilities. */
export const subjectOf = ({ name, version }: AnyProtocol, capability: string): Subject => ({
  protocol: name,
  line: lineOf(version),
  capability,
});

export const createCatalogue = (protocols: readonly AnyProtocol[]): Catalogue => {
  // A Map: names of capabilities come from callers and from storage.
  const offers = new Map<string, Offer>();
  for (const protocol of protocols) {
    for (const [name, capability] of Object.entries(protocol.capabilities))
      offers.set(subjectKey(subjectOf(protocol, name)), offerOf(capability));
  }
  const findByKey = (key: string) => offers.get(key);
  const find = (subject: Subject) => findByKey(subjectKey(subject));
  return { find, findByKey, title: (subject) => find(subject)?.title ?? subject.capability };
};

const offerOf = ({ title, description, revision, scope }: Capability): Offer => ({
  title,
  description,
  revision: revision ?? 1,
  scoped: scope !== undefined,
});
