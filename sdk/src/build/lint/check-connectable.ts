import type { Finding } from './finding.js';
import { objectOf, textsAt, valueAt } from './json.js';
import { error, type Rule, type Subject, warning } from './subject.js';

const KEY = 'externally_connectable';
const IDS = `/${KEY}/ids`;
const CHROMIUM_ID = /^[a-p]{32}$/i;

/** Who may connect, as far as the manifest decides it. */
export const checkConnectable: Rule = (subject) => {
  const section = objectOf(valueAt(subject.manifest, KEY));
  if (!section) return [];
  return [
    ...(subject.browsers.has('chromium') ? [...checkIds(subject), ...checkTlsChannelId(subject)] : []),
    ...(subject.browsers.has('firefox') ? checkFirefox(subject) : []),
  ];
};

const checkIds = ({ manifest, role, peers }: Subject): readonly Finding[] => {
  const ids = textsAt(manifest, KEY, 'ids');
  const report = role === 'client' ? warning : error;
  if (!ids) {
    // A value of another type is reported as such.
    if (valueAt(manifest, KEY, 'ids') !== undefined) return [];
    const cause = textsAt(manifest, KEY, 'matches') ? 'names web pages but no "ids"' : 'has no "ids"';
    return [
      report('connectable-without-ids', `/${KEY}`, [
        `${KEY} ${cause}, so Chromium cuts off every other extension: their ports close with "Receiving end does not exist". Without the key all of them may connect.`,
        `Add "ids": ["*"] and let the host's rules decide, or list the extensions that may connect.`,
      ]),
    ];
  }
  if (ids.length === 0) {
    return [
      report('connectable-ids-empty', IDS, [
        '"ids" is empty, so Chromium lets no other extension connect: their ports close with "Receiving end does not exist".',
        `Write ["*"] and let the host's rules decide, or list the extensions that may connect.`,
      ]),
    ];
  }
  const invalid = ids.filter(({ text }) => text !== '*' && !CHROMIUM_ID.test(text));
  if (invalid.length > 0) {
    return invalid.map(({ text, index }) =>
      error('connectable-id-invalid', `${IDS}/${index}`, [
        `${JSON.stringify(text)} is no extension id of Chromium, which refuses to load the extension ("Invalid ID").`,
        'Write the 32 letters a to p, or "*". Ids of Firefox have no place here: Firefox does not read the key.',
      ]),
    );
  }
  if (ids.some(({ text }) => text === '*')) return [];
  const listed = new Set(ids.map(({ text }) => text.toLowerCase()));
  return peers.flatMap(({ chromium }) =>
    chromium === undefined || listed.has(chromium.toLowerCase())
      ? []
      : error('connectable-peer-missing', IDS, [
          `"ids" does not list ${chromium}, so Chromium does not let it connect: its ports close with "Receiving end does not exist".`,
          `Add "${chromium}", or "*" and let the host's rules decide.`,
        ]),
  );
};

const checkTlsChannelId = ({ manifest }: Subject): readonly Finding[] =>
  valueAt(manifest, KEY, 'accepts_tls_channel_id') === true
    ? [
        warning('connectable-tls-channel-id', `/${KEY}/accepts_tls_channel_id`, [
          'Chromium has supplied no TLS channel ID since version 72: sender.tlsChannelId is an empty string for every caller.',
          'Remove the key, and let no rule depend on a channel ID.',
        ]),
      ]
    : [];

const checkFirefox = ({ manifest }: Subject): readonly Finding[] => {
  const ids = textsAt(manifest, KEY, 'ids') ?? [];
  const closed = ids.length > 0 && !ids.some(({ text }) => text === '*');
  const pages = (textsAt(manifest, KEY, 'matches') ?? []).length > 0;
  if (!closed && !pages) return [];
  return [
    warning('connectable-ignored', `/${KEY}`, [
      `Firefox does not read ${KEY} (bug 1319168): every extension may connect, whatever "ids" says, and no web page can.`,
      closed
        ? "Let the host's rules decide who is admitted: in Firefox the list protects nothing."
        : 'Reach pages through a content script in Firefox, or leave the key out of its manifest.',
    ]),
  ];
};
