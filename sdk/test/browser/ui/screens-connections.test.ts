import { describe, expect, test } from 'vitest';
import {
  calls,
  chromium,
  find,
  focused,
  open,
  page,
  text,
  until,
  useScreens,
} from '../../unit/ui/support/driver.js';
import { HOSTILE_NAME, OVERVIEWS } from '../../unit/ui/support/samples.js';

describe.skipIf(!chromium)('the connections, in Chromium', () => {
  useScreens();

  const card = (index: number, rest: string) =>
    find(`section[aria-labelledby="connected"] .card:nth-child(${index}) ${rest}`);
  const click = (selector: string) => page.$eval(selector, (element) => (element as HTMLElement).click());
  const ready = async (state: string) => {
    await open(`screen=connections&state=${state}`);
    await until('#connected');
  };
  /** Says yes to the question, once that counts. */
  const agree = async (): Promise<void> => {
    await until('.question .danger[aria-disabled="false"]');
    await page.click(find('.question .danger'));
  };
  const untilSays = (words: string) =>
    page.waitForFunction(
      (words) => document.querySelector('portico-connections')?.shadowRoot?.textContent?.includes(words),
      {},
      words,
    );

  test('one capability is taken back after a question whose safe answer has the focus', async () => {
    await ready('full');
    await page.focus(card(1, '.lines button'));
    await page.keyboard.press('Enter');
    await until('.question');
    expect(await focused()).toBe('button: Cancel');
    await page.keyboard.press('Escape');
    expect(await page.$(find('.question'))).toBeNull();
    expect(await focused()).toBe('button: Take back: See your open tabs');
    expect(await calls()).toEqual([]);
    await page.keyboard.press('Enter');
    await until('.question');
    await page.keyboard.press('Tab');
    await until('.question .danger[aria-disabled="false"]');
    await page.keyboard.press('Enter');
    await untilSays('Done.');
    expect(await calls()).toMatchObject([['revoke', { subject: { capability: 'read' } }]]);
    expect(await focused()).toBe('h3: Connected');
    expect(await text(`section[aria-labelledby="connected"] .card:nth-child(1)`)).not.toContain(
      'See your open tabs',
    );
  });

  test('what an administrator or a rule allows has no button', async () => {
    await ready('full');
    expect(await page.$$eval(card(1, '.lines button'), (found) => found.length)).toBe(2);
  });

  test.each([
    ['Take back all', 'revoke'],
    ['Block', 'block'],
    ['Forget', 'forget'],
  ])('%s asks first', async (label, member) => {
    await ready('full');
    const buttons = await page.$$eval(card(1, '.deeds button'), (all) =>
      all.map((each) => each.textContent?.trim()),
    );
    await click(card(1, `.deeds button:nth-child(${buttons.indexOf(label) + 1})`));
    await until('.question');
    expect(await calls()).toEqual([]);
    await agree();
    await untilSays('Done.');
    expect(await calls()).toEqual([[member, { key: 'extension lnlbikpnhcomaabnjdacpmkmbddekcjd' }]]);
  });

  test('whoever is blocked stands apart, and is unblocked', async () => {
    await ready('only-blocked');
    expect(await text('section[aria-labelledby="blocked"]')).toContain('https://ads.example');
    await click(find('section[aria-labelledby="blocked"] button'));
    await until('.question');
    expect(await text('.question')).toContain('https://ads.example');
    expect(await calls()).toEqual([]);
    await agree();
    await untilSays('Done.');
    expect(await calls()).toEqual([['unblock', { key: 'page https://ads.example' }]]);
    expect(await page.$(find('section[aria-labelledby="blocked"]'))).toBeNull();
  });

  test('what can’t be read is thrown away after a question', async () => {
    await ready('corrupt');
    await click(find('[data-deed="reset"]'));
    await until('.question');
    expect(await calls()).toEqual([]);
    await agree();
    await untilSays('Done.');
    expect(await calls()).toEqual([['reset', null]]);
    expect(await page.$(find('[data-deed="reset"]'))).toBeNull();
  });

  test('a deed that fails is told, with the reason, and has the focus', async () => {
    await ready('full');
    await page.evaluate(() => {
      window.connections.fails = 'LIMIT_EXCEEDED';
    });
    await click(card(1, '.deeds button'));
    await until('.question');
    await agree();
    await until('#problem');
    expect(await focused()).toContain('That did not work: LIMIT_EXCEEDED');
  });

  test('draws the traffic, tells it in a sentence, and as a table', async () => {
    await ready('full');
    await until('portico-traffic >>> canvas');
    const drawn = await page.$eval(find('portico-traffic >>> canvas'), (canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels =
        (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      return pixels.some((value) => value > 0);
    });
    expect(drawn).toBe(true);
    const [label, rows] = await page.evaluate(() => {
      const root = document
        .querySelector('portico-connections')
        ?.shadowRoot?.querySelector('portico-traffic')?.shadowRoot;
      return [
        root?.querySelector('[role="img"]')?.getAttribute('aria-label'),
        root?.querySelectorAll('tbody tr').length,
      ];
    });
    expect(label).toMatch(/^[\d,]+ calls and [\d.]+ MB in the last hour, most at /);
    expect(rows).toBe(OVERVIEWS.full.traffic.calls.filter((count) => count > 0).length);
    await page.select(find('.traffic-of'), 'page https://shop.example');
    expect(
      await page.evaluate(() => window.connections.calls.filter(([name]) => name === 'traffic').at(-1)),
    ).toEqual(['traffic', { key: 'page https://shop.example' }]);
  });

  test('the log is filtered, and is saved as a file', async () => {
    await ready('full');
    const entries = () => page.$$eval(find('.audit li'), (all) => all.length);
    expect(await entries()).toBe(OVERVIEWS.full.audit.length);
    await page.select(find('.filter'), 'blocked');
    expect(await entries()).toBe(1);
    const saved = await page.evaluate(async () => {
      let link: HTMLAnchorElement | undefined;
      let blob: Blob | undefined;
      HTMLAnchorElement.prototype.click = function () {
        link = this;
      };
      const { createObjectURL } = URL;
      URL.createObjectURL = (object) => {
        blob = object as Blob;
        return createObjectURL(object);
      };
      const { shadowRoot } = document.querySelector('portico-connections') ?? {};
      shadowRoot?.querySelector<HTMLButtonElement>('.export')?.click();
      return { name: link?.download, type: blob?.type, text: (await blob?.text()) ?? '' };
    });
    expect(saved.type).toBe('application/json');
    expect(saved.name).toMatch(/^portico-audit-\d{4}-\d\d-\d\d\.json$/);
    expect(JSON.parse(saved.text)).toHaveLength(OVERVIEWS.full.audit.length);
  });

  test('a long log comes in pieces, and the worst of names break nothing', async () => {
    await ready('hostile');
    const entries = () => page.$$eval(find('.audit li'), (all) => all.length);
    expect(await entries()).toBe(50);
    await click(find('.more'));
    expect(await entries()).toBe(100);
    await page.setViewport({ width: 320, height: 700 });
    const found = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - innerWidth,
      parsed: document.querySelector('portico-connections')?.shadowRoot?.querySelectorAll('i, img, [onclick]')
        .length,
      text: document.querySelector('portico-connections')?.shadowRoot?.textContent ?? '',
    }));
    expect(found).toMatchObject({ overflow: 0, parsed: 0 });
    expect(found.text).not.toContain(HOSTILE_NAME);
    expect(found.text).not.toMatch(/[\u202e\u200b\0]/);
    expect(found.text).toContain('<b onclick="alert(1)"> gnp.exe</b>');
  });

  test('is up to date without a click', async () => {
    await ready('full');
    await page.evaluate(() => {
      window.connections.overview.connections = [];
      window.connections.changed.emit({});
    });
    await untilSays('Nobody has asked yet.');
  });
});
