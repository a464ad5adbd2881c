import type { Finding } from './finding.js';
import { textAt, textsAt, valueAt } from './json.js';
import { error, type Rule, type Subject, warning } from './subject.js';

const KEY = 'content_security_policy';
const PATH = `/${KEY}/extension_pages`;

/** A policy by directive. The first of a name counts, as in browsers. */
type Policy = ReadonlyMap<string, readonly string[]>;

const policyOf = (text: string): Policy => {
  const policy = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    const [name = '', ...sources] = part.trim().toLowerCase().split(/\s+/);
    if (name !== '' && !policy.has(name)) policy.set(name, sources);
  }
  return policy;
};

/** What the policy of extension pages and background forbids, or lets browsers refuse. */
export const checkPolicy: Rule = (subject) => {
  const { manifest } = subject;
  if (valueAt(manifest, 'manifest_version') !== 3) return [];
  const whole = valueAt(manifest, KEY);
  if (whole !== undefined && (typeof whole !== 'object' || whole === null || Array.isArray(whole))) {
    return [
      error('csp-form', `/${KEY}`, [
        `In MV3 ${KEY} is an object: Chromium refuses to load the extension, and Firefox uses its default policy instead.`,
        `Write { "extension_pages": "…" }.`,
      ]),
    ];
  }
  const written = valueAt(manifest, KEY, 'extension_pages');
  const text = textAt(manifest, KEY, 'extension_pages');
  if (written !== undefined && text === undefined) {
    return [
      error('wrong-type', PATH, [
        'extension_pages must be a string: the browser refuses the manifest, or uses its default policy.',
        'Write a string, or remove the key.',
      ]),
    ];
  }
  const policy = text === undefined ? undefined : policyOf(text);
  return [
    ...(policy ? [...checkScripts(policy), ...checkLoopback(subject, policy)] : []),
    ...checkUpgrade(subject, policy),
  ];
};

const LOOPBACK = /^(?:(?:https?|\*):\/\/)?(?:localhost|127\.0\.0\.1)(?::(?:\d+|\*))?(?:\/.*)?$/;

const checkScripts = (policy: Policy): readonly Finding[] => {
  const directive = policy.has('script-src') ? 'script-src' : 'default-src';
  return (policy.get(directive) ?? [])
    .filter(
      (source) =>
        source === "'unsafe-eval'" ||
        source === "'unsafe-inline'" ||
        source === '*' ||
        (/^https?:/.test(source) && !LOOPBACK.test(source)),
    )
    .map((source) =>
      error('csp-refused', PATH, [
        `MV3 allows no ${source} in ${directive}: Chromium refuses to load the extension ("Insecure CSP value"). Firefox loads it, but does not let it run such code.`,
        `Remove ${source}. Portico needs none of it: nothing is generated or fetched at run time.`,
      ]),
    );
};

/** The plain-http hosts that the manifest asks for by name. */
const plainHosts = ({ manifest }: Subject): readonly string[] =>
  ['host_permissions', 'permissions'].flatMap((key) =>
    (textsAt(manifest, key) ?? []).map(({ text }) => text).filter((text) => /^http:\/\/[^/]/.test(text)),
  );

/** Whoever asks for localhost means to fetch from it, and is stopped by his own policy. */
const checkLoopback = (subject: Subject, policy: Policy): readonly Finding[] => {
  const asked = plainHosts(subject).find((pattern) => LOOPBACK.test(pattern));
  const directive = policy.has('connect-src') ? 'connect-src' : 'default-src';
  const sources = policy.get(directive);
  if (asked === undefined || sources === undefined) return [];
  const open = sources.some((source) => source === '*' || source === 'http:' || LOOPBACK.test(source));
  return open
    ? []
    : [
        warning('csp-blocks-localhost', PATH, [
          `The manifest asks for ${asked}, but its policy's ${directive} does not name it: in both browsers every fetch to it fails, from pages and from the background.`,
          `Add http://localhost:* and http://127.0.0.1:* to connect-src in the build for tests.`,
        ]),
      ];
};

const checkUpgrade = (subject: Subject, policy: Policy | undefined): readonly Finding[] => {
  const remedy = policy
    ? 'Remove upgrade-insecure-requests from the build for tests, or serve https there.'
    : `Set a policy of its own for tests, such as "extension_pages": "script-src 'self'", or serve https there.`;
  const rest =
    'becomes https, and fails at a server that has only http. (Both browsers leave localhost and 127.0.0.1 alone.)';
  if (policy?.has('upgrade-insecure-requests')) {
    return [
      warning('csp-upgrades-http', PATH, [
        `With upgrade-insecure-requests every plain http address, of a test server in a container for instance, ${rest}`,
        remedy,
      ]),
    ];
  }
  // Firefox's default would be reported for everybody, so only who names such an address hears of it.
  const asked = policy ? undefined : plainHosts(subject).find((pattern) => !LOOPBACK.test(pattern));
  if (asked === undefined || !subject.browsers.has('firefox')) return [];
  return [
    warning('csp-upgrades-http', `/${KEY}`, [
      `Firefox's default policy in MV3 contains upgrade-insecure-requests: what the manifest asks for as ${asked} ${rest}`,
      remedy,
    ]),
  ];
};
