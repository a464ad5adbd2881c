import type { Finding } from './finding.js';
import { objectOf, textAt, valueAt } from './json.js';
import { error, lowestVersion, type Rule, type Subject, warning } from './subject.js';

const KEY = 'background';

/** Whether each browser starts the background at all. */
export const checkBackground: Rule = (subject) => {
  const { manifest, role } = subject;
  if (valueAt(manifest, KEY) === undefined) {
    if (role !== 'host') return [];
    return [
      error('background-missing', `/${KEY}`, [
        'There is no background, so nothing listens while none of its pages is open, and no browser starts anything when a client connects.',
        'Add "background": { "service_worker": "background.js", "type": "module" } for Chromium, and "scripts" for Firefox.',
      ]),
    ];
  }
  const section = objectOf(valueAt(manifest, KEY));
  if (!section || valueAt(manifest, 'manifest_version') !== 3) return [];
  return [...checkKeys(subject), ...checkLowestVersions(subject)];
};

const has = ({ manifest }: Subject, key: string): boolean => valueAt(manifest, KEY, key) !== undefined;

const checkKeys = (subject: Subject): readonly Finding[] => {
  const { manifest, browsers } = subject;
  const worker = has(subject, 'service_worker');
  const scripts = has(subject, 'scripts') || has(subject, 'page');
  const file = textAt(manifest, KEY, 'service_worker') ?? 'background.js';
  const found: Finding[] = [];
  if (browsers.has('firefox') && !scripts) {
    found.push(
      error('background-worker-only', `/${KEY}`, [
        'Firefox runs no service worker as a background, and refuses the extension ("background.service_worker is currently disabled. Add background.scripts.").',
        `Add "scripts": [${JSON.stringify(file)}] to the background of Firefox's manifest.`,
      ]),
    );
  }
  if (browsers.has('chromium') && !worker) {
    found.push(
      error('background-scripts-only', `/${KEY}`, [
        'Chromium loads the extension, but in MV3 starts a background from "service_worker" alone: nothing ever runs, and nobody can connect.',
        `Add "service_worker" to the background of Chromium's manifest.`,
      ]),
    );
  }
  if (valueAt(manifest, KEY, 'persistent') === true) {
    found.push(
      warning('background-persistent', `/${KEY}/persistent`, [
        'MV3 knows no persistent background: the key has no effect, and the background stops after 30 idle seconds.',
        'Remove the key. Keep in storage what must outlive the background.',
      ]),
    );
  }
  const type = valueAt(manifest, KEY, 'type');
  if (type !== undefined && type !== 'module' && type !== 'classic') {
    found.push(
      error('background-type', `/${KEY}/type`, [
        'The type of a background is "module" or "classic": both browsers refuse anything else.',
        'Write "module" if the script imports anything, and nothing otherwise.',
      ]),
    );
  }
  return found;
};

/** From which version a browser knows a background of this form. */
const checkLowestVersions = (subject: Subject): readonly Finding[] => {
  const both = has(subject, 'service_worker') && has(subject, 'scripts');
  const module = valueAt(subject.manifest, KEY, 'type') === 'module';
  const needs = [
    ['chromium', 121, both, '"scripts" beside "service_worker"', 'minimum_chrome_version'],
    ['firefox', 121, both, '"service_worker" beside "scripts"', 'strict_min_version'],
    ['chromium', 92, module, '"type": "module"', 'minimum_chrome_version'],
    ['firefox', 112, module, '"type": "module"', 'strict_min_version'],
  ] as const;
  const found = new Map<string, Finding>();
  for (const [browser, version, used, what, key] of needs) {
    const lowest = lowestVersion(subject, browser);
    if (!used || !subject.browsers.has(browser) || lowest === undefined || lowest >= version) continue;
    if (found.has(browser)) continue;
    const path = browser === 'chromium' ? `/${key}` : '/browser_specific_settings/gecko/strict_min_version';
    found.set(
      browser,
      warning('minimum-version', path, [
        `The manifest promises to work in ${browser === 'chromium' ? 'Chromium' : 'Firefox'} ${lowest}, which does not start a background with ${what}: that needs version ${version}.`,
        `Set ${key} to "${version}" or higher.`,
      ]),
    );
  }
  return [...found.values()];
};
