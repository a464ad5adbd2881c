import { createInterface } from 'node:readline/promises';
import { inspect } from 'node:util';

/** @typedef {import('./stage.mjs').Stage} Stage */

const HELP = `  read.list()                the tabs, through the host
  read.windows()             the windows
  (await has('capture')).visible()   a picture, as bytes
  session.state, session.info
  stop host                  stop the host's background, as the browser does after 30 idle seconds
  log                        what the host has logged
  help, exit
Anything else is run as JavaScript in the client, with its connection as \`tabs\`.`;

/** A prompt to play with, in the running client. @param {Stage} stage */
export async function offerPrompt(stage) {
  console.log(`\nNow it is your turn. Try:\n${HELP}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'portico> ' });
  terminal.prompt();
  for await (const line of terminal) {
    const words = line.trim().replace(/;$/, '');
    if (words === 'exit' || words === 'quit') break;
    try {
      await obey(words, stage);
    } catch (error) {
      console.log(error instanceof Error ? error.message.split('\n')[0] : error);
    }
    terminal.prompt();
  }
  terminal.close();
}

/** @param {string} words @param {Stage} stage */
async function obey(words, stage) {
  if (words === '') return;
  if (words === 'help') console.log(HELP);
  else if (words === 'log') console.log(stage.hostLog().join('\n'));
  else if (words === 'stop host') console.log((await stage.stopHost()) ? 'stopped' : 'it was not running');
  else {
    const value = await stage.client(`const { read, has, session } = tabs; return (${words});`);
    console.log(inspect(value, { depth: 6, colors: process.stdout.isTTY, maxArrayLength: 50 }));
  }
}
