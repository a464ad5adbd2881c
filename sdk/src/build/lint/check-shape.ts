import { objectOf, valueAt } from './json.js';
import { error, type Rule, warning } from './subject.js';

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): boolean => objectOf(value) !== undefined;

const EXPECTED: readonly (readonly [
  keys: readonly string[],
  what: string,
  test: (value: unknown) => boolean,
])[] = [
  [['background'], 'an object', isObject],
  [['background', 'service_worker'], 'a string', isText],
  [['background', 'scripts'], 'a list of strings', isTexts],
  [['background', 'page'], 'a string', isText],
  [['externally_connectable'], 'an object', isObject],
  [['externally_connectable', 'ids'], 'a list of strings', isTexts],
  [['externally_connectable', 'matches'], 'a list of strings', isTexts],
  [['browser_specific_settings'], 'an object', isObject],
  [['browser_specific_settings', 'gecko'], 'an object', isObject],
  [['browser_specific_settings', 'gecko', 'id'], 'a string', isText],
  [['browser_specific_settings', 'gecko', 'strict_min_version'], 'a string', isText],
  [['minimum_chrome_version'], 'a string', isText],
  [['key'], 'a string', isText],
  [['permissions'], 'a list of strings', isTexts],
  [['host_permissions'], 'a list of strings', isTexts],
];

/** Values of a type that no browser reads. Every other rule passes over them. */
export const checkTypes: Rule = ({ manifest }) =>
  EXPECTED.flatMap(([keys, what, test]) => {
    const value = valueAt(manifest, ...keys);
    if (value === undefined || test(value)) return [];
    return error('wrong-type', `/${keys.join('/')}`, [
      `${keys.join('.')} must be ${what}: the browser refuses the manifest, or does as if the key were absent.`,
      `Write ${what}, or remove the key.`,
    ]);
  });

export const checkManifestVersion: Rule = ({ manifest, browsers }) => {
  const version = valueAt(manifest, 'manifest_version');
  if (version === 3) return [];
  const remedy = 'Set "manifest_version": 3, and move the background to a service worker or event page.';
  if (version !== 2) {
    return [
      error('manifest-version', '/manifest_version', [
        'manifest_version must be the number 2 or 3: no browser loads the extension.',
        'Set "manifest_version": 3.',
      ]),
    ];
  }
  return [
    (browsers.has('chromium') ? error : warning)('manifest-version', '/manifest_version', [
      'This is Manifest V2. Chromium refuses to load it ("unsupported manifest version"); only Firefox still runs it.',
      remedy,
    ]),
  ];
};
