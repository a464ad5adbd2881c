import { describe, expect, test } from 'vitest';
import { chromium, open, page, screens, until, useScreens } from '../../unit/ui/support/driver.js';
import { OVERVIEWS, PROMPTS } from '../../unit/ui/support/samples.js';

/** The rules whose findings depend on colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

const inScheme = (value: 'light' | 'dark') =>
  page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);

describe.skipIf(!chromium)('axe-core finds nothing, in Chromium', () => {
  useScreens();

  const states = [
    ...Object.keys(PROMPTS).map((state) => `screen=prompt&state=${state}`),
    'screen=prompt&state=none',
    'screen=prompt&state=full&rtl',
    'screen=prompt&state=first&fails=UNREACHABLE',
    'screen=prompt&state=first&fails=REFUSED',
    ...Object.keys(OVERVIEWS).map((state) => `screen=connections&state=${state}`),
    'screen=connections&state=full&rtl',
    'screen=connections&state=full&fails=UNREACHABLE',
    'screen=connections&state=full&fails=REFUSED',
  ];
  test.each(states)('%s', async (query) => {
    await open(query);
    await until('[lang]');
    if (query.includes('prompt') && !/none|fails/.test(query)) await until('.frame.armed, .frame.unseen');
    await inScheme('light');
    expect(await screens.check(page), 'light').toEqual([]);
    await inScheme('dark');
    expect(await screens.check(page, COLOURS), 'dark').toEqual([]);
    const closed = await page.$$('portico-traffic >>> details, portico-connections >>> .deeds button');
    for (const each of closed) {
      await each.evaluate((element) => {
        if (element instanceof HTMLDetailsElement) element.open = true;
        else (element as HTMLButtonElement).click();
      });
    }
    if (closed.length > 0) expect(await screens.check(page), 'opened').toEqual([]);
  });
});
