import { createHash } from 'node:crypto';
import type { Finding } from './finding.js';
import { textAt, valueAt } from './json.js';
import { error, type Rule, type Subject, warning } from './subject.js';

const GECKO_ID = ['browser_specific_settings', 'gecko', 'id'] as const;
const GECKO_PATH = `/${GECKO_ID.join('/')}`;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PEM_FRAME = /^\s*-----BEGIN [^-]+-----|-----END [^-]+-----\s*$/g;

/**
 * Chromium's id of an extension with this `key`: the first 32 hex digits of the SHA-256 of the public key,
 * written with the letters a to p. `undefined` for a key that Chromium refuses.
 */
export const chromiumId = (key: string): string | undefined => {
  const base64 = key.replace(PEM_FRAME, '').replace(/\s/g, '');
  if (base64 === '' || !BASE64.test(base64)) return undefined;
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').slice(0, 32);
  return digest.replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
};

/** By which id others find this extension, and whether it stays. */
export const checkIdentity: Rule = (subject) => [
  ...(subject.browsers.has('chromium') ? checkChromium(subject) : []),
  ...(subject.browsers.has('firefox') ? checkFirefox(subject) : []),
];

const checkChromium = ({ manifest, hosts }: Subject): readonly Finding[] => {
  if (valueAt(manifest, 'key') === undefined) {
    return [
      warning('id-unstable', '/key', [
        "There is no key: Chromium then derives the id of an unpacked extension from its folder's path, so it differs on every machine, and no peer finds it.",
        'Add the public key as "key" to development builds. The Chrome Web Store shows it, and gives published builds the same id.',
      ]),
    ];
  }
  const key = textAt(manifest, 'key');
  const id = key === undefined ? undefined : chromiumId(key);
  if (id === undefined) {
    if (key === undefined) return [];
    return [
      error('id-key-invalid', '/key', [
        'The key is not Base64: Chromium refuses to load the extension ("Value \'key\' is missing or invalid").',
        'Write the public key in DER form as Base64, on one line.',
      ]),
    ];
  }
  return id === hosts.chromium || hosts.chromium === undefined
    ? []
    : [mismatch('/key', 'Chromium', id, hosts.chromium)];
};

// As Firefox checks it: a UUID in braces, or something like a mail address.
const VALID_GECKO_ID = /^(?:\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[a-z0-9-._]*@[a-z0-9-._]+)$/i;

const checkFirefox = ({ manifest, hosts }: Subject): readonly Finding[] => {
  if (valueAt(manifest, ...GECKO_ID) === undefined) {
    const readsApplications = valueAt(manifest, 'manifest_version') === 2;
    if (readsApplications && textAt(manifest, 'applications', 'gecko', 'id') !== undefined) return [];
    const elsewhere =
      valueAt(manifest, 'applications') === undefined ? '' : ' "applications" is not read in MV3.';
    return [
      error('id-unstable', GECKO_PATH, [
        `There is no gecko.id: Firefox gives the extension another id each time it is loaded temporarily, so no peer finds it, and does not sign it.${elsewhere}`,
        'Add "browser_specific_settings": { "gecko": { "id": "name@your-domain.example" } }.',
      ]),
    ];
  }
  const id = textAt(manifest, ...GECKO_ID);
  if (id === undefined) return [];
  if (!VALID_GECKO_ID.test(id)) {
    return [
      error('id-gecko-invalid', GECKO_PATH, [
        `Firefox refuses to load the extension: ${JSON.stringify(id)} is no id.`,
        'Write something like "name@your-domain.example", or a UUID in braces.',
      ]),
    ];
  }
  return hosts.firefox === undefined || id === hosts.firefox
    ? []
    : [mismatch(GECKO_PATH, 'Firefox', id, hosts.firefox)];
};

const mismatch = (path: string, browser: string, id: string, expected: string): Finding =>
  error('id-mismatch', path, [
    `In ${browser} this extension has the id ${id}, but the protocol's hosts name ${expected}: clients connect to that one, and find nobody.`,
    `Correct the protocol's hosts or the manifest, so that both say the same.`,
  ]);
