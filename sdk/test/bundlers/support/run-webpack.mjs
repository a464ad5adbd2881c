/** What `npx webpack --config <file>` does, without the package that has the command. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import webpack from 'webpack';

const { values } = parseArgs({ options: { config: { type: 'string', default: 'webpack.config.mjs' } } });
const { default: config } = await import(pathToFileURL(resolve(values.config)).href);

webpack(config, (error, stats) => {
  if (error || stats?.hasErrors()) {
    console.error(error ?? stats?.toString('errors-only'));
    process.exitCode = 1;
  }
});
