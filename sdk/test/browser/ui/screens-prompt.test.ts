import { describe, expect, test } from 'vitest';
import {
  calls,
  chromium,
  clicks,
  find,
  focused,
  open,
  page,
  text,
  until,
  untilArmed,
  useScreens,
} from '../../unit/ui/support/driver.js';

type Prompt = HTMLElement & { readonly updateComplete: Promise<boolean>; readonly shadowRoot: ShadowRoot };

/** Something happens to the window in the moment in which a button is pressed, however slow the machine is. */
const pressWith = async (disturbance: string, selector: string): Promise<void> => {
  await page.evaluate((disturbance) => {
    const disturb = () => void dispatchEvent(new Event(disturbance));
    addEventListener('pointerdown', disturb, { capture: true, once: true });
  }, disturbance);
  await page.click(find(selector));
};

describe.skipIf(!chromium)('the prompt, in Chromium', () => {
  useScreens();

  test('begins at the question, and the keys lead over everything to the three answers, the safe one first', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    expect(await focused()).toBe('h1: May this extension use Portico Tabs?');
    const walked: string[] = [];
    for (let step = 0; step < 5; step++) {
      await page.keyboard.press('Tab');
      walked.push((await focused()).replace(/^input:.*/, 'input'));
    }
    expect(walked).toEqual([
      'input',
      'input',
      'button: Don’t allow',
      'button: Allow once',
      'button: Allow always',
    ]);
  });

  test('is answered by the keyboard alone: one of two is allowed', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    for (const key of ['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter'] as const) await page.keyboard.press(key);
    await page.waitForFunction(() => window.answered.length > 0);
    expect(await calls()).toEqual([
      [
        'answer',
        {
          id: 'p1',
          answers: [
            { capability: 'read', verdict: 'always' },
            { capability: 'titles', verdict: 'deny' },
          ],
        },
      ],
    ]);
    expect(await page.evaluate(() => window.answered)).toEqual([{ outcome: 'allowed' }]);
    expect(await text()).toContain('Allowed. You can close this window.');
    expect(await focused()).toContain('Allowed.');
  });

  test('Enter and Space at once after it has opened answer nothing', async () => {
    await open('screen=prompt&state=first');
    await until('.allow');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await calls()).toEqual([]);
  });

  test.each(['resize', 'blur', 'pageshow'])(
    'allowing is inert after a %s, for half a second',
    async (disturbance) => {
      await open('screen=prompt&state=first');
      await untilArmed();
      await pressWith(disturbance, '.allow');
      expect(await calls()).toEqual([]);
      const [disabled, waited] = await page.evaluate(async (disturbance) => {
        const prompt = document.querySelector('portico-consent-prompt') as Prompt;
        const at = performance.now();
        dispatchEvent(new Event(disturbance));
        await prompt.updateComplete;
        const button = prompt.shadowRoot.querySelector('.allow') as HTMLElement;
        const before = button.getAttribute('aria-disabled');
        while (button.getAttribute('aria-disabled') === 'true') await new Promise(requestAnimationFrame);
        return [before, performance.now() - at] as const;
      }, disturbance);
      expect(disabled).toBe('true');
      expect(waited).toBeGreaterThanOrEqual(499);
      await page.click(find('.allow'));
      expect(await calls()).toHaveLength(1);
    },
  );

  test('a no waits until the window has been in front, and for nothing else', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    await pressWith('blur', '.deny');
    expect(await calls()).toEqual([]);
    await untilArmed();
    await pressWith('resize', '.deny');
    expect(await calls()).toMatchObject([
      ['answer', { answers: [{ verdict: 'deny' }, { verdict: 'deny' }] }],
    ]);
    expect(await page.evaluate(() => window.answered)).toEqual([{ outcome: 'denied' }]);
  });

  test('what a script presses is pressed by nobody', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('portico-consent-prompt') as Prompt;
      for (const button of shadowRoot.querySelectorAll('button')) button.click();
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    });
    expect(await calls()).toEqual([]);
  });

  test('a double click, and a click that began before, allow nothing', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    const box = await (await page.$(find('.allow')))?.boundingBox();
    const [x, y] = [(box?.x ?? 0) + 10, (box?.y ?? 0) + 10];
    await page.mouse.move(x, y);
    await page.evaluate(() =>
      addEventListener('pointerdown', () => dispatchEvent(new Event('focus')), { capture: true, once: true }),
    );
    await page.mouse.down();
    await untilArmed();
    await page.mouse.up();
    expect(await calls()).toEqual([]);
    await page.mouse.click(x, y, { clickCount: 2 });
    expect(await calls()).toEqual([]);
    await untilArmed();
    await page.mouse.click(x, y);
    expect(await calls()).toHaveLength(1);
  });

  test('Escape is a no', async () => {
    await open('screen=prompt&state=confirm');
    await page.evaluate(() =>
      addEventListener('keydown', () => void dispatchEvent(new Event('focus')), {
        capture: true,
        once: true,
      }),
    );
    await untilArmed();
    // One that was meant for the window before is none.
    await page.keyboard.press('Escape');
    expect(await calls()).toEqual([]);
    await untilArmed();
    await page.keyboard.press('Escape');
    expect(await calls()).toEqual([['confirm', { id: 'p1', yes: false }]]);
  });

  test('a scope must be chosen before anything is allowed', async () => {
    await open('screen=prompt&state=full');
    await untilArmed();
    await clicks('Allow once');
    expect(await calls()).toEqual([]);
    expect(await text('[role="status"]')).toBe('Choose first for which: Open, switch to and close tabs.');
    await page.$eval(find('.choice:nth-of-type(2) input'), (input) => (input as HTMLInputElement).click());
    await clicks('Allow once');
    expect(await calls()).toMatchObject([
      ['answer', { answers: [{ verdict: 'once' }, { verdict: 'once', choices: [1] }, { verdict: 'deny' }] }],
    ]);
  });

  test('a question that changes is told, and has to be looked at anew', async () => {
    await open('screen=prompt&state=first');
    await untilArmed();
    const armed = await page.evaluate(() => {
      const { prompt } = window.prompts;
      if (!prompt) return;
      window.prompts.prompt = {
        ...prompt,
        capabilities: [
          ...prompt.capabilities,
          { name: 'more', title: 'More than before', needed: false, grew: false },
        ],
      };
      window.prompts.changed.emit(['p1']);
      const { shadowRoot } = document.querySelector('portico-consent-prompt') as Prompt;
      // It is armed again after half a second, which may be over before anybody else looks.
      return new Promise<boolean>((resolve) => {
        new MutationObserver(() => {
          if (!shadowRoot.textContent?.includes('More than before')) return;
          resolve(shadowRoot.querySelector('.frame.armed') !== null);
        }).observe(shadowRoot, { childList: true, subtree: true, characterData: true });
      });
    });
    expect(armed).toBe(false);
    expect(await text('[role="status"]')).toBe('What it asks for has changed. Look again.');
  });

  test('shows the seconds of the last minute, and none before', async () => {
    await open('screen=prompt&state=expiring');
    await until('.allow');
    expect(await text('[role="timer"]')).toMatch(/^4\d seconds left$/);
    await open('screen=prompt&state=first');
    await until('.allow');
    expect(await page.$(find('[role="timer"]'))).toBeNull();
  });

  test('a prompt that is gone says so', async () => {
    await open('screen=prompt&state=none');
    await page.waitForFunction(() => window.answered.length > 0);
    expect(await text()).toBe('Answered already, or no longer asked. You can close this window.');
    expect(await page.evaluate(() => window.answered)).toEqual([{ outcome: 'gone' }]);
  });

  test('a confirmation that says nothing can’t be confirmed', async () => {
    await open('screen=prompt&state=confirm-nothing');
    await until('.over');
    expect(await page.$(find('.allow'))).toBeNull();
  });

  test('shows nothing inside of another page, and asks its background nothing', async () => {
    await open('framing');
    const frame = await page.waitForFrame((each) => each.url().includes('/prompt'));
    await frame.waitForFunction(() =>
      document.querySelector('portico-consent-prompt')?.shadowRoot?.querySelector('h1'),
    );
    const shown = await frame.evaluate(() => ({
      text: document.querySelector('portico-consent-prompt')?.shadowRoot?.textContent ?? '',
      buttons: document.querySelector('portico-consent-prompt')?.shadowRoot?.querySelectorAll('button')
        .length,
      calls: window.prompts.calls,
    }));
    expect(shown).toEqual({ text: expect.stringContaining('not shown inside'), buttons: 0, calls: [] });
  });

  test.each([
    [
      'extension',
      'first',
      /^Extension lnlbikpnhcomaabnjdacpmkmbddekcjd Your browser lists it as Tab Board. It calls itself “Tab Board”. Not verified$/,
    ],
    [
      'content script',
      'content-script',
      /^Content script of the extension lnl\w+ in pages of https:\/\/news.example .*It calls itself “News helper”. Not verified$/,
    ],
    ['page', 'page', /^Web page https:\/\/xn--pypal-4ve.example It calls itself “PayPal”. Not verified$/],
  ])('the verified part of a %s comes first, and its own name last', async (_, state, words) => {
    await open(`screen=prompt&state=${state}`);
    await until('.caller');
    expect(await text('.caller')).toMatch(words);
  });

  test.each([
    [320, 600],
    [210, 300],
  ])(
    'fits into %i by %i with the worst of names, and every text of others is kept apart',
    async (width, height) => {
      for (const state of ['hostile', 'confirm-hostile', 'full']) {
        await open(`screen=prompt&state=${state}`);
        await page.setViewport({ width, height });
        await until('.allow');
        const { overflow, parsed, names, deny } = await page.evaluate(() => {
          const root = document.querySelector('portico-consent-prompt')?.shadowRoot;
          root?.querySelector('.deny')?.scrollIntoView();
          return {
            overflow: document.documentElement.scrollWidth - innerWidth,
            parsed: root?.querySelectorAll('img, [onclick], i').length,
            names: [...(root?.querySelectorAll('bdi') ?? [])].map(({ textContent }) => textContent ?? ''),
            deny: root?.querySelector('.deny')?.getBoundingClientRect().bottom ?? Number.NaN,
          };
        });
        expect({ overflow, parsed }).toEqual({ overflow: 0, parsed: 0 });
        expect(deny).toBeLessThanOrEqual(height);
        expect(names.join('')).not.toMatch(/[\u202e\u200b\0]/);
        expect(names.length).toBeGreaterThan(3);
      }
    },
  );
});
