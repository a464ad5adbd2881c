import { valueAt } from './json.js';
import { type Rule, warning } from './subject.js';

/** Whether there is one background, whatever window a client is in. */
export const checkIncognito: Rule = ({ manifest, browsers, role }) => {
  if (valueAt(manifest, 'incognito') !== 'split') return [];
  const found = (what: string) =>
    warning('incognito-split', '/incognito', [
      what,
      'Remove the key: by default one background serves private windows, too, where the person lets it.',
    ]);
  return [
    ...(browsers.has('chromium') && role !== 'client'
      ? [
          found(
            'Chromium runs two backgrounds, one of them for private windows, over one storage.local: a host with consent refuses to listen, and one without counts its sessions and quotas twice.',
          ),
        ]
      : []),
    ...(browsers.has('firefox')
      ? [found('Firefox reads "split" as "not_allowed": the extension is not there for private windows.')]
      : []),
  ];
};
