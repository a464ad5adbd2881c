/** @typedef {'chromium' | 'firefox'} Browser */

// The public half of a key pair whose other half nobody kept: it pins the id that Portico Tabs knows.
// Chromium derives lnlbikpnhcomaabnjdacpmkmbddekcjd from it.
const key =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwPnJZTzRvPW4H+A9tBMDpAW/BZtTTxKEh5beo71CUC8ElDauar/sLLrXaUXDN2NotY8ubnaU9jqPTE64XWmfJ3MjlQgoFoUauotRhYoAXybFb/0SwQ2ywqvYLmObNn5Ly8n4fl7Blxi+7UwqkNDDVB89ZYbHpykOTWw9XyIeXde3kW46XmuSmZK/OS0EIOImRXSDndYRfVJNAb5yLqCdccPFW2z6dicyYIRJlqlCYUH6WSxIXZK1w58N/v8xMDUxzkeqslPwMpRvpafdnzZ5BMCEi8Jp3S5drUVOGaLM6BK/JnWyidh98+SoBycYlTA2OUL19jNSBTCs7mPDLae/CQIDAQAB';

/** What differs between the browsers. */
const parts = {
  chromium: {
    key,
    // light-dark() in the style sheet.
    minimum_chrome_version: '123',
    background: { service_worker: 'background.js', type: 'module' },
  },
  firefox: {
    browser_specific_settings: {
      gecko: {
        id: 'board@portico.example',
        // The first to show people what an extension collects: nothing, here.
        strict_min_version: '142.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
    background: { scripts: ['background.js'], type: 'module' },
  },
};

/**
 * No permissions and no host permissions, on purpose: all that Tab Board knows, Portico Tabs tells it.
 * @param {Browser} browser
 * @returns {Record<string, unknown>}
 */
export function manifest(browser) {
  return {
    manifest_version: 3,
    name: 'Tab Board',
    version: '0.1.0',
    description:
      'A live board of your tabs, as far as Portico Tabs lets it see them. Asks for no permission.',
    icons: {
      16: 'icons/icon-16.png',
      32: 'icons/icon-32.png',
      48: 'icons/icon-48.png',
      128: 'icons/icon-128.png',
    },
    action: {
      default_title: 'Open Tab Board',
      default_icon: { 16: 'icons/icon-16.png', 32: 'icons/icon-32.png' },
    },
    // Firefox's own default would turn http into https; and the board loads nothing from outside, not even icons.
    content_security_policy: {
      extension_pages: "default-src 'self'; img-src 'self' data: blob:; object-src 'none'",
    },
    ...parts[browser],
  };
}
