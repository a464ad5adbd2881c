import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '../setup.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

const ABSENT_ID = { chromium: 'ponmlkjihgfedcbaponmlkjihgfedcba', firefox: 'absent@portico.example' };
const PNG = '89504e470d0a1a0a';

/** The story, step by step: a title, and what really happened, told in lines. What throws has failed. */
/** @type {[title: string, tell: (stage: Stage) => Promise<string[]>][]} */
const STEPS = [
  [
    'The client, Tab Board, greets the host, Portico Tabs',
    async ({ client, hostLog }) => {
      const info = await client('return tabs.session.ready()');
      const admitted = await waitFor(() =>
        hostLog().findLast((line) => /admitted extension .*titles/.test(line)),
      );
      return [
        `The host saw: ${admitted}`,
        `Both speak version ${info.version}; granted: ${info.granted.join(', ')}.`,
      ];
    },
  ],
  [
    'It has no browser permission, and lists the tabs through the host',
    async ({ client }) => {
      const list = await client('return tabs.read.list()');
      expect(list.length > 0, 'the list of tabs is empty');
      expect(
        list.every((/** @type {any} */ tab) => typeof tab.title === 'string'),
        'titles were granted, but are missing',
      );
      return list.map(
        (/** @type {any} */ tab) => `${tab.active ? '▸' : ' '} tab ${tab.id}  ${tab.title || '(no title)'}`,
      );
    },
  ],
  [
    'A tab opens, and the client hears of it as an event',
    async ({ client, openTab }) => {
      await client(
        'globalThis.heard = []; (async () => { for await (const change of tabs.read.changed()) heard.push(change); })().catch(() => {}); await tabs.read.windows()',
      );
      await openTab('A page that opened later');
      const change = await waitFor(() =>
        client("return heard.findLast(({ tab }) => tab?.title === 'A page that opened later') ?? null"),
      );
      return [`changed: tab ${change.tab.id} is now “${change.tab.title}”`];
    },
  ],
  [
    'The host takes a picture for it',
    async ({ client }) => {
      const base64 = await client(`
        const capture = await tabs.has('capture');
        const bytes = await capture.visible();
        let text = '';
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);`);
      const picture = Buffer.from(base64, 'base64');
      expect(picture.subarray(0, 8).toString('hex') === PNG, 'the picture is no PNG');
      const file = join(root, 'artifacts', 'picture.png');
      await mkdir(join(root, 'artifacts'), { recursive: true });
      await writeFile(file, picture);
      return [
        `${picture.length.toLocaleString('en')} bytes of PNG, saved as ${relative(process.cwd(), file)}`,
      ];
    },
  ],
  [
    'It asks for a capability that the host refuses it',
    async ({ client }) => {
      const [has, refused] = await client(
        "return [!!(await tabs.has('control')), tabs.session.info.refused]",
      );
      expect(!has && refused.control === 'CAPABILITY_REFUSED', 'control was not refused');
      return [`control: ${refused.control}. It can look at tabs, but not close them.`];
    },
  ],
  [
    'A stranger knocks: an extension on no list',
    async ({ stranger }) => {
      const inner = refusal(await stranger(undefined, 'org.portico.tabs.overview'));
      const other = refusal(await stranger(undefined, 'org.example.does-not-exist'));
      const control = refusal(await stranger(undefined, undefined, 'control'));
      expect(inner.code === 'REFUSED', 'the stranger was not refused what is for the host itself');
      expect(JSON.stringify(inner) === JSON.stringify(other), 'the refusal gives away what is published');
      expect(control.code === 'CAPABILITY_REFUSED', 'the stranger may control tabs');
      return [
        `At the host's own protocol: ${inner.message}`,
        'Asked for something that does not exist, it is told the same.',
        `For closing tabs: ${control.message}`,
      ];
    },
  ],
  [
    'It asks for what a person may allow',
    async ({ stranger, hostLog }) => {
      expect((await stranger(undefined)) === 'pending', 'nobody was asked');
      const asked = await waitFor(() => hostLog().findLast((line) => /a person is asked/.test(line)));
      return [`The host says: ${asked}`, 'A window asks you. Until you answer, the stranger has nothing.'];
    },
  ],
  [
    'It tries a host that is not installed',
    async ({ stranger, browser }) => {
      const started = performance.now();
      const answer = await stranger(ABSENT_ID[browser]);
      expect(refusal(answer).code === 'UNREACHABLE', 'the absent host was not told as such');
      return [`${refusal(answer).message} (after ${Math.round(performance.now() - started)} ms)`];
    },
  ],
  [
    'The host falls asleep, and the next call wakes it',
    async ({ client, stopHost }) => {
      const before = await client('return tabs.session.info.instance');
      await stopHost();
      await waitFor(() => client("return tabs.session.state === 'dormant' || null"));
      const list = await client('return tabs.read.list()');
      const after = await client('return tabs.session.info.instance');
      expect(before !== after, 'the host did not restart');
      return [`dormant, then ${list.length} tabs from a new instance of the host`];
    },
  ],
];

/** @param {Stage} stage @returns {Promise<boolean>} whether all of it happened */
export async function tellStory(stage) {
  let failed = 0;
  for (const [index, [title, tell]] of STEPS.entries()) {
    console.log(`\n${index + 1}. ${title}`);
    try {
      for (const line of await tell(stage)) console.log(`   ${line}`);
    } catch (error) {
      failed++;
      // A page's own error arrives as plain data.
      console.log(`   FAILED: ${/** @type {any} */ (error)?.message ?? error}`);
    }
  }
  console.log(failed === 0 ? '\nAll of it happened.' : `\n${failed} of ${STEPS.length} steps failed.`);
  return failed === 0;
}

/** @param {Awaited<ReturnType<Stage['stranger']>>} answer @returns {{ code: string, message: string }} */
const refusal = (answer) =>
  typeof answer === 'string' ? { code: answer, message: `it is ${answer}` } : answer;

/** @param {unknown} holds @param {string} otherwise */
function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/**
 * @template T
 * @param {() => T | Promise<T>} look
 * @returns {Promise<NonNullable<T>>}
 */
async function waitFor(look) {
  const end = performance.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null) return seen;
    if (performance.now() > end) throw new Error('it did not happen within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
