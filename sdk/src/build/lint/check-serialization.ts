import type { Finding } from './finding.js';
import { valueAt } from './json.js';
import { error, lowestVersion, type Rule, type Subject, warning } from './subject.js';

const KEY = 'message_serialization';
const PATH = `/${KEY}`;
const FAILS = 'Ports fail with "Receiving end uses different message serialization format."';
/** Chrome 148 was the first to read the key. */
const FIRST_VERSION = 148;

/** How messages travel in Chromium; Firefox always clones, and does not read the key. */
export const checkSerialization: Rule = (subject) => {
  if (!subject.browsers.has('chromium')) return [];
  const own = valueAt(subject.manifest, KEY) ?? 'json';
  if (own !== 'json' && own !== 'structured_clone') {
    return [
      error('serialization-invalid', PATH, [
        `Chromium refuses to load the extension: ${KEY} must be "json" or "structured_clone".`,
        'Remove the key: Portico sends what JSON can carry.',
      ]),
    ];
  }
  return [...checkPeers(subject, own), ...(own === 'structured_clone' ? checkCloning(subject) : [])];
};

const checkPeers = ({ peers }: Subject, own: string): readonly Finding[] =>
  peers.flatMap(({ serialization, chromium }) =>
    serialization === undefined || serialization === own
      ? []
      : error('serialization-mismatch', PATH, [
          `This extension's messages travel as ${own}, those of ${chromium ?? 'its peer'} as ${serialization}: the two can never talk. ${FAILS}`,
          serialization === 'json'
            ? `Remove ${KEY}.`
            : `Set "${KEY}": "${serialization}", or remove it there.`,
        ]),
  );

const checkCloning = (subject: Subject): readonly Finding[] => {
  const found: Finding[] = [];
  if (!subject.peers.some(({ serialization }) => serialization)) {
    found.push(
      warning('serialization-unusual', PATH, [
        `With structured_clone this extension can't talk to any that leaves ${KEY} out, as most do. ${FAILS}`,
        'Remove the key, unless every peer sets it: Portico sends what JSON can carry.',
      ]),
    );
  }
  const lowest = lowestVersion(subject, 'chromium');
  if (lowest === undefined || lowest < FIRST_VERSION) {
    found.push(
      warning('minimum-version', PATH, [
        `Chromium before ${FIRST_VERSION} does not know ${KEY} and uses JSON: the same extension then talks to other peers than in newer versions.`,
        `Set "minimum_chrome_version": "${FIRST_VERSION}", or remove ${KEY}.`,
      ]),
    );
  }
  return found;
};
