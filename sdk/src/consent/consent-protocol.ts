import { defineProtocol } from '../protocol/define-protocol.js';
import { event, method } from '../protocol/members.js';

const text = { type: 'string' } as const;
const time = { type: 'number' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;

/** Who asks, or uses. Only `kind`, `id` and `origin` are vouched for by the browser. */
const caller = {
  type: 'object',
  properties: {
    key: text,
    kind: { enum: ['extension', 'content-script', 'page', 'self'] },
    id: text,
    origin: text,
    /** What the browser's list of extensions calls it; only where the host may look there. */
    installedName: text,
    /** What it calls itself: cleaned, at most 64 characters, verified by nobody. */
    claimedName: text,
    /** The JWK thumbprint of the key it has proven to hold. */
    thumbprint: text,
  },
  required: ['key', 'kind', 'origin'],
} as const;

const subject = {
  type: 'object',
  properties: { protocol: text, line: text, capability: text },
  required: ['protocol', 'line', 'capability'],
} as const;

const prompt = {
  type: 'object',
  properties: {
    id: text,
    kind: { enum: ['grant', 'confirm'] },
    caller,
    protocol: text,
    /** Milliseconds since 1970: then it counts as denied. */
    expires: time,
    /** It came with another key than the one that is remembered. */
    keyChanged: flag,
    /** With `grant`: what it asks for. */
    capabilities: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: text,
          title: text,
          description: text,
          /** Without it the client can't go on. */
          needed: flag,
          /** It was allowed before, for less than it means now. */
          grew: flag,
          /** The values from which to choose the scope; absent where there is none. */
          choices: { type: 'array', items: text },
        },
        required: ['name', 'title', 'needed', 'grew'],
      },
    },
    /** With `grant`: titles of what it has been allowed already. */
    held: { type: 'array', items: text },
    /** With `confirm`: what the host says of the call. */
    confirmation: {
      type: 'object',
      properties: {
        title: text,
        message: text,
        details: {
          type: 'array',
          items: {
            type: 'object',
            properties: { label: text, value: text },
            required: ['label', 'value'],
          },
        },
      },
      required: ['title', 'details'],
    },
  },
  required: ['id', 'kind', 'caller', 'protocol', 'expires', 'keyChanged', 'capabilities', 'held'],
} as const;

const grant = {
  type: 'object',
  properties: {
    subject,
    title: text,
    description: text,
    since: time,
    until: time,
    /** It ends with the session. */
    once: flag,
    by: { enum: ['person', 'policy', 'rule'] },
    /** The labels of the chosen values. */
    scope: { type: 'array', items: text },
  },
  required: ['subject', 'title', 'since', 'once', 'by'],
} as const;

const connection = {
  type: 'object',
  properties: {
    caller,
    /** When it was first heard of, and last. */
    since: time,
    lastSeen: time,
    /** Sessions open now; 0 while it sleeps. */
    sessions: count,
    /** The browser says that it is switched off. */
    disabled: flag,
    grants: { type: 'array', items: grant },
    denials: {
      type: 'array',
      items: {
        type: 'object',
        properties: { subject, title: text, since: time, until: time },
        required: ['subject', 'title', 'since', 'until'],
      },
    },
    /** Since when the person keeps it out. */
    blockedSince: time,
  },
  required: ['caller', 'since', 'lastSeen', 'sessions', 'disabled', 'grants', 'denials'],
} as const;

const auditEntry = {
  type: 'object',
  properties: { caller, decision: text, subject, title: text, count, first: time, last: time },
  required: ['caller', 'decision', 'count', 'first', 'last'],
} as const;

/** In a function: bundlers see no effect in calling it, but would in the many calls in its arguments. */
const define = () =>
  defineProtocol({
    name: 'org.portico.consent',
    version: '1.0.0',
    errors: {
      /** Answered, closed or timed out meanwhile. */
      promptGone: { type: 'object', properties: {} },
    },
    capabilities: {
      prompts: {
        title: 'Ask you what other extensions may do',
        members: {
          list: method({ result: { type: 'array', items: prompt }, idempotent: true }),
          get: method({
            params: { type: 'object', properties: { id: text }, required: ['id'] },
            result: prompt,
            errors: ['promptGone'],
            idempotent: true,
          }),
          /** Answers a `grant`: for each capability. What is not named is denied. */
          answer: method({
            params: {
              type: 'object',
              properties: {
                id: text,
                answers: {
                  type: 'array',
                  maxItems: 256,
                  items: {
                    type: 'object',
                    properties: {
                      capability: text,
                      verdict: { enum: ['always', 'once', 'deny'] },
                      /** Places in `choices`. */
                      choices: { type: 'array', items: count, maxItems: 256 },
                    },
                    required: ['capability', 'verdict'],
                  },
                },
              },
              required: ['id', 'answers'],
            },
            errors: ['promptGone'],
          }),
          /** Answers a `confirm`. */
          confirm: method({
            params: {
              type: 'object',
              properties: { id: text, yes: flag },
              required: ['id', 'yes'],
            },
            errors: ['promptGone'],
          }),
          /**
           * What the page of a prompt knows of the person, told before it reads the prompt, and at each change.
           * `here`: the window is in front. `leaving`: it is, and the person has done something in it, and may be
           * about to close it. `away`: it is not in front. A window that closes counts as closed by the person
           * while they were leaving, or where its page has read the prompt and never tells any of this.
           */
          attend: method({
            params: {
              type: 'object',
              properties: {
                id: text,
                state: { enum: ['here', 'leaving', 'away'] },
                /** The number of the window that the page is in, or of the tab where there are no windows. */
                place: { type: 'integer' },
              },
              required: ['id', 'state'],
            },
            idempotent: true,
          }),
          /** The ids of the prompts that are open, whenever that changes. */
          changed: event({ type: 'array', items: text }),
        },
      },
      connections: {
        title: 'See and change what other extensions may do',
        members: {
          list: method({ result: { type: 'array', items: connection }, idempotent: true }),
          /** One capability, or all of a caller where no subject is given. */
          revoke: method({
            params: { type: 'object', properties: { key: text, subject }, required: ['key'] },
            idempotent: true,
          }),
          block: method({
            params: { type: 'object', properties: { key: text }, required: ['key'] },
            idempotent: true,
          }),
          unblock: method({
            params: { type: 'object', properties: { key: text }, required: ['key'] },
            idempotent: true,
          }),
          /** Forgets a caller: what it was allowed, and what it was denied. */
          forget: method({
            params: { type: 'object', properties: { key: text }, required: ['key'] },
            idempotent: true,
          }),
          /** Calls and bytes minute by minute, oldest first, of the last hour; of everybody where no key is given. */
          traffic: method({
            params: { type: 'object', properties: { key: text } },
            result: {
              type: 'object',
              properties: {
                /** Milliseconds since 1970 at which the first minute begins. */
                from: time,
                calls: { type: 'array', items: count },
                bytes: { type: 'array', items: count },
              },
              required: ['from', 'calls', 'bytes'],
            },
            idempotent: true,
          }),
          /** Newest first. */
          audit: method({ result: { type: 'array', items: auditEntry }, idempotent: true }),
          /** Whether what is stored can be read; where it can't, nobody is let in but this extension's own pages. */
          storage: method({
            result: {
              type: 'object',
              properties: { state: { enum: ['ok', 'corrupt', 'failed'] } },
              required: ['state'],
            },
            idempotent: true,
          }),
          /** Throws away what can't be read. */
          reset: method({}),
          /** Something in `list` or `audit` has changed: read it again. */
          changed: event({ type: 'object', properties: {} }),
        },
      },
    },
  });

/**
 * What a host's own screens use: `portico/ui` does. Published to the extension's own pages alone, by
 * `createHost({ consent })`.
 */
export const consentProtocol = /* @__PURE__ */ define();
