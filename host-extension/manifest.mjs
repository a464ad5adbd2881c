/** @typedef {'chromium' | 'firefox'} Browser */

// The public half of a key pair whose other half nobody kept: it pins the id that clients connect to.
// Chromium derives mcnjbgilghphnpkmcpelfdnmgimafhpm from it.
const key =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwMyxWy3wnrvZqopaeKMtJ5JXNCdbTxowyCG1SvMdM4uuocGQnVDWELDBfJQYvWXv3gX9vARBl5Cl80bRYviKQklDUTviIqXMAchgWk2A6QLhLXVXrrCRwX86UsUwMZIXY4LNCw+E2NP4uPFUO8Rr3tqvXBGQTBCVo0R2MzGB/CRtJZFpxkz/6Dit3GdMISmw3s3nNTvNjbLyJKiMc7Kd8+0iUhLYIAaod9swylHufVkABYEdejc1Lav5yemO4y/O+y0uHrWMG78epytbfhEWRP+iD1nbsQZchoBpEHHlMzRMEXDCxFWf9qA5HWZnV7MveV1VHGGtO3slRIo2Hlzk5wIDAQAB';

/** What differs between the browsers. */
const parts = {
  chromium: {
    key,
    // light-dark() in the style sheet.
    minimum_chrome_version: '123',
    background: { service_worker: 'background.js', type: 'module' },
    // What administrators may decide. Firefox has no schema for it.
    storage: { managed_schema: 'managed-schema.json' },
  },
  firefox: {
    browser_specific_settings: {
      gecko: {
        id: 'tabs@portico.example',
        // The first to show people what an extension collects: nothing, here.
        strict_min_version: '142.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
    background: { scripts: ['background.js'], type: 'module' },
  },
};

/**
 * @param {Browser} browser
 * @returns {Record<string, unknown>}
 */
export function manifest(browser) {
  return {
    manifest_version: 3,
    name: 'Portico Tabs',
    // The screens' texts: see _locales.
    default_locale: 'en',
    version: '0.1.0',
    description: 'Lets other extensions work with your tabs, each within the limits that you see here.',
    icons: {
      16: 'icons/icon-16.png',
      32: 'icons/icon-32.png',
      48: 'icons/icon-48.png',
      128: 'icons/icon-128.png',
    },
    action: {
      default_title: 'Portico Tabs: who may use your tabs',
      default_icon: { 16: 'icons/icon-16.png', 32: 'icons/icon-32.png' },
    },
    options_ui: { page: 'options.html', open_in_tab: true },
    // Titles and addresses of tabs: without it there are tabs, but none of them has a name. And what the person has
    // decided about others.
    permissions: ['tabs', 'storage'],
    // The names of other extensions, and whether they are switched off. It works without.
    optional_permissions: ['management'],
    // Pictures of tabs: captureVisibleTab wants this in both browsers, or a click on this extension's own
    // button each time, which a client's call can't be. Nothing is read from or put into pages.
    host_permissions: ['<all_urls>'],
    // Firefox's own default would turn http into https; and pages of this extension load nothing from outside.
    content_security_policy: {
      extension_pages:
        "default-src 'self'; img-src 'self' data:; connect-src 'self' data:; object-src 'none'",
    },
    ...parts[browser],
  };
}
