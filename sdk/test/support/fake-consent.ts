import { PorticoError } from 'portico';
import { keyOf } from '../../src/host/admission/principal.js';
import type { Consent, ConsentContext, Recalled, Request, Subject } from '../../src/host/consent/types.js';

/** A person who says what a test has them say. One memory for all callers. */
export interface FakeConsent extends Consent {
  /** What is remembered, by capability. */
  readonly memory: Map<string, Recalled>;
  /** What was asked, in order. */
  readonly requests: readonly Request[];
  /** The person answers what is open. */
  answer(decisions: Readonly<Record<string, Recalled>>): void;
  /** What is open can't be shown. */
  fail(): void;
  /** What is remembered changes, and open sessions hear of it. */
  change(decisions: Readonly<Record<string, Recalled>>): void;
  readonly told: readonly (readonly [what: string, ...rest: unknown[]])[];
  readonly context: ConsentContext | undefined;
}

interface Asked {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: PorticoError): void;
}
const withResolvers = (): Asked => {
  const asked = {} as { -readonly [K in keyof Asked]: Asked[K] };
  asked.promise = new Promise((resolve, reject) => Object.assign(asked, { resolve, reject }));
  return asked;
};

export const ALLOWED: Recalled = { verdict: 'allow' };
export const DENIED: Recalled = { verdict: 'refuse', retryAfter: 5000 };

export const fakeConsent = (first: Readonly<Record<string, Recalled>> = {}): FakeConsent => {
  const memory = new Map(Object.entries(first));
  const requests: Request[] = [];
  const told: (readonly [string, ...unknown[]])[] = [];
  let context: ConsentContext | undefined;
  let open: { readonly request: Request; readonly settled: Asked[] } | undefined;
  const remember = (decisions: Readonly<Record<string, Recalled>>): void => {
    for (const [capability, recalled] of Object.entries(decisions)) memory.set(capability, recalled);
  };
  return {
    memory,
    requests,
    told,
    get context() {
      return context;
    },
    answer(decisions) {
      remember(decisions);
      const settled = open?.settled ?? [];
      open = undefined;
      for (const { resolve } of settled) resolve();
    },
    fail() {
      const settled = open?.settled ?? [];
      open = undefined;
      for (const { reject } of settled)
        reject(new PorticoError('LIMIT_EXCEEDED', 'too many questions are open'));
    },
    change(decisions) {
      remember(decisions);
      context?.changed();
    },
    attach() {},
    start(given) {
      context = given;
    },
    loading: undefined,
    blocks: () => false,
    unreadable: undefined,
    recall: (_asker, { capability }: Subject) => memory.get(capability) ?? { verdict: 'ask' },
    keyOf: () => undefined,
    rememberKey: (principal, key) => void told.push(['key', keyOf(principal), key.thumbprint]),
    ask(request) {
      requests.push(request);
      const asked = withResolvers();
      open ??= { request, settled: [] };
      open.settled.push(asked);
      return asked.promise;
    },
    pending: () =>
      open && {
        protocol: open.request.protocol.name,
        capabilities: open.request.capabilities.map(({ name }) => name),
        expiresIn: 1234,
      },
    admitted: (session, _asker, granted) =>
      void told.push(['admitted', session.id, granted.map(({ capability }) => capability)]),
    holds: () => true,
    ended: (session) => void told.push(['ended', session]),
    giveBack: (_principal, subjects) => {
      told.push(['back', subjects.map(({ capability }) => capability)]);
      for (const { capability } of subjects) memory.delete(capability);
    },
    confirm: async (_asker, subject, { title }) => {
      told.push(['confirm', subject.capability, title]);
      if (open) throw new PorticoError('CONSENT_PENDING', 'a question is open');
      return true;
    },
    record: (_principal, decision) => void told.push(['audit', decision]),
    traffic: (_principal, calls, bytes) => void told.push(['traffic', calls, bytes]),
  };
};
