/**
 * What `npx webpack` does, without the package that has the command: builds by the configuration in this folder. Of the
 * command's options it knows one.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import webpack from 'webpack';

const UNMINIFIED = 'no-optimization-minimize';
const { values } = parseArgs({ options: { [UNMINIFIED]: { type: 'boolean' } } });
const { default: config } = await import(pathToFileURL(resolve('webpack.config.mjs')).href);

webpack(values[UNMINIFIED] ? { ...config, optimization: { minimize: false } } : config, (error, stats) => {
  if (error || stats?.hasErrors()) {
    console.error(error ?? stats?.toString('errors-only'));
    process.exitCode = 1;
  }
});
