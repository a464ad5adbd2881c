import type { Connection } from 'portico/client';
import type { consentProtocol } from '../../../../src/consent/consent-protocol.js';
import type { TestBrowser, TestPage } from './test-browser.js';

/** What a host's page under test shows to the test: its side of the consent protocol. */
export interface ConsentGlobals {
  readonly consent: Connection<typeof consentProtocol, 'prompts' | 'connections'>;
}

/** The prompt that is open, once its script has run: a window is there before what it shows. */
const openPrompt = async (browser: TestBrowser, page: string): Promise<TestPage> => {
  const prompt = await browser.findPage(`${page}?prompt=`);
  await browser.eventually(
    async () => (await prompt.evaluate(() => 'consent' in globalThis)) || undefined,
    'the prompt is ready',
  );
  return prompt;
};

type Verdict = 'always' | 'once' | 'deny';

/** What the prompt that is open says. */
export const readPrompt = async (browser: TestBrowser, page: string) =>
  (await openPrompt(browser, page)).evaluate(async () => {
    const { consent } = globalThis as unknown as ConsentGlobals;
    return consent.prompts.get({ id: new URL(location.href).searchParams.get('prompt') ?? '' });
  });

/** The person answers the prompt that is open, and waits until its window is gone. */
export const answerPrompt = async (
  browser: TestBrowser,
  page: string,
  answers: Readonly<Record<string, Verdict | { readonly verdict: Verdict; readonly choices: number[] }>>,
): Promise<void> => {
  const prompt = await openPrompt(browser, page);
  const list = Object.entries(answers).map(([capability, answer]) => ({
    capability,
    ...(typeof answer === 'string' ? { verdict: answer } : answer),
  }));
  await inPage(prompt, list, (list) => {
    const { consent } = globalThis as unknown as ConsentGlobals;
    const id = new URL(location.href).searchParams.get('prompt') ?? '';
    // Not awaited: the window is closed before anybody could be told.
    consent.prompts.answer({ id, answers: list as never }).catch(() => {});
  });
  await gone(browser, page);
};

/** The person says yes or no to one call. */
export const answerConfirmation = async (browser: TestBrowser, page: string, yes: boolean): Promise<void> => {
  await inPage(await openPrompt(browser, page), yes, (yes) => {
    const { consent } = globalThis as unknown as ConsentGlobals;
    const id = new URL(location.href).searchParams.get('prompt') ?? '';
    consent.prompts.confirm({ id, yes: yes as boolean }).catch(() => {});
  });
  await gone(browser, page);
};

/** The person closes the window without an answer. */
export const closePrompt = async (browser: TestBrowser, page: string): Promise<void> => {
  const prompt = await openPrompt(browser, page);
  // As the page of `portico/ui` tells of a hand that is about to close it.
  await prompt.evaluate(async () => {
    const { consent } = globalThis as unknown as ConsentGlobals;
    const id = new URL(location.href).searchParams.get('prompt') ?? '';
    await consent.prompts.attend({ id, state: 'leaving' });
  });
  await prompt.close();
  await gone(browser, page);
};

/** Its window may be closed before the test is told that it ran: whether it did, shows in what comes of it. */
const inPage = (page: TestPage, value: unknown, run: (value: unknown) => void): Promise<void> =>
  (page.evaluate(run, value) as Promise<void>).catch(() => {});

const gone = (browser: TestBrowser, page: string): Promise<unknown> =>
  browser.eventually(
    async () => ((await browser.countPages(`${page}?prompt=`)) === 0 ? true : undefined),
    'the prompt is closed',
  );
