import { createHash } from 'node:crypto';

export type BrowserName = 'chromium' | 'firefox';

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** Chromium takes any bytes for a public key, as long as nobody asks for a signature. */
const keyOf = (name: string): Buffer => sha256(`portico fixture ${name}`);

/** The id of a fixture, the same in every run. */
export const idOf = (name: string, browser: BrowserName): string => {
  if (browser === 'firefox') return `${name}@portico.test`;
  const digits = sha256(keyOf(name)).toString('hex', 0, 16);
  return [...digits].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]).join('');
};

export interface ManifestParts {
  /** Shows content.js in every page that the tests serve. */
  readonly content?: boolean;
  /** frame.html may be shown inside web pages, and the button has a popup. */
  readonly documents?: boolean;
  /** Beside `tabs`. */
  readonly permissions?: readonly string[];
  /** More keys, for Chromium alone: Firefox warns of what it does not know. */
  readonly chromium?: object;
}

const PAGES = ['http://127.0.0.1/*', 'http://localhost/*'];

/** The manifest of a fixture for one browser. */
export const manifestOf = (name: string, browser: BrowserName, parts: ManifestParts): object => ({
  manifest_version: 3,
  name: `Portico fixture ${name}`,
  version: '1.0',
  permissions: ['tabs', ...(parts.permissions ?? [])],
  host_permissions: PAGES,
  ...(parts.content ? { content_scripts: [{ matches: PAGES, js: ['content.js'] }] } : {}),
  ...(parts.documents
    ? {
        action: { default_popup: 'popup.html' },
        web_accessible_resources: [{ resources: ['frame.html', 'document.js'], matches: PAGES }],
      }
    : {}),
  ...identityOf(name, browser),
  ...(browser === 'chromium'
    ? { background: { service_worker: 'background.js', type: 'module' }, ...parts.chromium }
    : { background: { scripts: ['background.js'], type: 'module' } }),
});

/** What gives a fixture its id. */
export const identityOf = (name: string, browser: BrowserName): object =>
  browser === 'chromium'
    ? { key: keyOf(name).toString('base64') }
    : { browser_specific_settings: { gecko: { id: idOf(name, browser) } } };
