import { Command, Option } from 'commander';
import { findBrowsers } from '../browser/find.mjs';
import { build } from '../build.mjs';
import { openBrowserStage } from './browser-stage.mjs';
import { offerPrompt } from './prompt.mjs';
import { openSimulatedStage } from './simulated-stage.mjs';
import { tellStory } from './story.mjs';

/** @typedef {{ browser?: string, headless?: boolean, prompt: boolean }} Options */

export async function main() {
  const program = new Command('npm start --')
    .description('Loads a host and a client extension into a browser and tells what really happens.')
    .addOption(
      new Option('--browser <name>', 'which browser to use').choices(['chromium', 'firefox', 'none']),
    )
    .option('--headless', 'show no window; the default where there is no display')
    .option('--no-prompt', 'end after the story')
    .addHelpText(
      'after',
      '\nExamples:\n  npm start\n  npm start -- --browser firefox\n  npm start -- --browser none    the same extensions in a simulated browser',
    )
    .parse();
  /** @type {Options} */
  const options = program.opts();
  try {
    process.exitCode = await run(options);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

/** @param {Options} options @returns {Promise<number>} the exit code */
async function run(options) {
  const browser = await choose(options.browser);
  console.log(
    browser
      ? `Portico in real ${browser.product} ${browser.version}.`
      : 'No browser: the same two extensions in the simulated one. With Chromium, Chrome, Edge or Firefox installed you would see the real thing.',
  );
  await build();
  const stage = browser ? await openBrowserStage(browser, options) : await openSimulatedStage();
  try {
    const told = await tellStory(stage);
    const interactive = options.prompt && process.stdin.isTTY && process.stdout.isTTY;
    if (told && interactive) await offerPrompt(stage);
    return told ? 0 : 1;
  } finally {
    await stage.close();
  }
}

/** @param {string | undefined} wanted */
async function choose(wanted) {
  if (wanted === 'none') return undefined;
  const found = await findBrowsers();
  const chosen = wanted ? found.find(({ name }) => name === wanted) : found[0];
  if (wanted && !chosen) {
    throw new Error(
      `${wanted} was not found. Install it, or say where it is: PORTICO_${wanted.toUpperCase()}=/path/to/it npm start`,
    );
  }
  return chosen;
}
