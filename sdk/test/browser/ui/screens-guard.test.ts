import { describe, expect, test } from 'vitest';
import {
  calls,
  chromium,
  find,
  open,
  page,
  text,
  until,
  untilArmed,
  useScreens,
} from '../../unit/ui/support/driver.js';

const frame = (): Promise<string> =>
  page.$eval(
    find('.frame'),
    (element) => /away|off-screen|unseen|waiting|armed/.exec(element.className)?.[0] ?? '',
  );
const untilFrame = (attention: string) => until(`.frame.${attention}`);
/** Whether all of it is inside of what the window shows. */
const isInView = (selector: string): Promise<boolean> =>
  page.$eval(find(selector), (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

describe.skipIf(!chromium)('[A11] what is decided about is in view, in Chromium', () => {
  useScreens();

  test.each([
    [420, 600],
    [420, 420],
    [320, 600],
  ])(
    'at %i by %i who asks and the answers stay in view while a long list is scrolled',
    async (width, height) => {
      await open('screen=prompt&state=full');
      await page.setViewport({ width, height });
      await untilArmed();
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);
      expect([await isInView('.caller'), await isInView('.buttons')]).toEqual([true, true]);
      await untilArmed();
      await page.click(find('.deny'));
      expect(await calls()).toHaveLength(1);
    },
  );

  test('in a window that has no room for both, each has to be seen, after every change of its size', async () => {
    await open('screen=prompt&state=full');
    await page.setViewport({ width: 320, height: 250 });
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await untilFrame('unseen');
    // The words stand where the person looks.
    expect(await text('#hint')).toMatch(/^Before you allow anything, look at who asks/);
    expect(await page.$eval(find('.allow'), (button) => button.ariaDisabled)).toBe('true');
    await page.click(find('.allow'));
    expect(await calls()).toEqual([]);
    await page.$eval(find('.caller'), (card) => card.scrollIntoView({ block: 'center' }));
    expect(await isInView('.caller')).toBe(true);
    // Half a second, by the page's own clock.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 800)));
    expect(await frame()).toBe('unseen');
    await page.$eval(find('.buttons'), (buttons) => buttons.scrollIntoView({ block: 'end' }));
    await untilArmed();
    await page.setViewport({ width: 320, height: 251 });
    await untilFrame('unseen');
  });

  test('what something else lies over is not seen', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    await page.evaluate(() => {
      const cover = document.createElement('div');
      cover.id = 'cover';
      Object.assign(cover.style, { position: 'fixed', inset: '0 0 50%', background: 'white', zIndex: 9 });
      document.body.append(cover);
    });
    await untilFrame('unseen');
    await page.evaluate(() => document.querySelector('#cover')?.remove());
    await untilArmed();
  });

  test('a window that reaches over the edge of the screen says so, and can still be told no', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    await page.evaluate(() => Object.defineProperty(window, 'screenY', { configurable: true, value: -300 }));
    await untilFrame('off-screen');
    expect(await text('#hint')).toMatch(/^A part of this window is beyond the edge of the screen/);
    expect(await text('[role="status"]')).toMatch(/^A part of this window/);
    await page.click(find('.allow'));
    expect(await calls()).toEqual([]);
    await until('.deny[aria-disabled="false"]');
    await page.click(find('.deny'));
    expect(await calls()).toHaveLength(1);
  });

  test('the question before a change of rights waits as the prompt does', async () => {
    await open('screen=connections&state=only-blocked');
    await until('[data-deed^="unblock"]');
    const early = await page.evaluate(async () => {
      const { shadowRoot } = document.querySelector('portico-connections') as HTMLElement & {
        shadowRoot: ShadowRoot;
      };
      shadowRoot.querySelector<HTMLElement>('[data-deed^="unblock"]')?.click();
      for (;;) {
        const yes = shadowRoot.querySelector<HTMLElement>('.question .danger');
        if (yes) {
          yes.click();
          return yes.ariaDisabled;
        }
        await new Promise(requestAnimationFrame);
      }
    });
    expect(early).toBe('true');
    expect(await calls()).toEqual([]);
    await until('.question .danger[aria-disabled="false"]');
    // A script's press, one of a window that has just come to the front, and one beyond the edge.
    await page.$eval(find('.question .danger'), (yes) => (yes as HTMLElement).click());
    await until('.question .danger[aria-disabled="false"]');
    await page.evaluate(() =>
      addEventListener('pointerdown', () => void dispatchEvent(new Event('focus')), {
        capture: true,
        once: true,
      }),
    );
    await page.click(find('.question .danger'));
    await page.evaluate(() => Object.defineProperty(window, 'screenX', { configurable: true, value: 5_000 }));
    await until('.question .bad');
    await page.click(find('.question .danger'));
    expect(await calls()).toEqual([]);
    await page.evaluate(() => Object.defineProperty(window, 'screenX', { configurable: true, value: 0 }));
    await until('.question .danger[aria-disabled="false"]');
    await page.click(find('.question .danger'));
    expect(await calls()).toEqual([['unblock', { key: 'page https://ads.example' }]]);
  });

  test('a question that moves under the pointer waits anew', async () => {
    await open('screen=connections&state=only-blocked');
    await until('[data-deed^="unblock"]');
    await page.click(find('[data-deed^="unblock"]'));
    await until('.question .danger[aria-disabled="false"]');
    await page.evaluate(() => {
      const push = () =>
        document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'News' }));
      addEventListener('pointerdown', push, { capture: true, once: true });
    });
    await page.click(find('.question .danger'));
    expect(await calls()).toEqual([]);
  });

  test('another question waits anew, though it stands where the one before stood', async () => {
    await open('screen=connections&state=full');
    await until('.deeds button');
    await page.$eval(find('.deeds [data-deed^="block "]'), (button) => (button as HTMLElement).click());
    await until('.question .danger[aria-disabled="false"]');
    const [words, disabled] = await page.evaluate(async () => {
      const screen = document.querySelector('portico-connections') as HTMLElement & {
        readonly updateComplete: Promise<boolean>;
        readonly shadowRoot: ShadowRoot;
      };
      screen.shadowRoot.querySelector<HTMLElement>('.deeds [data-deed^="forget "]')?.click();
      await screen.updateComplete;
      const question = screen.shadowRoot.querySelector('.question');
      return [question?.textContent ?? '', question?.querySelector('.danger')?.ariaDisabled];
    });
    expect(words).toContain('Forget what you allowed');
    expect(disabled).toBe('true');
  });
});
