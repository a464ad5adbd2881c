/** `portico/build`: what runs when an extension is built. Node only. */
export { BuildFailure, type Place } from './build-failure.js';
export {
  type CompiledModule,
  type CompiledProtocol,
  type CompileOptions,
  compileProtocol,
} from './compile-protocol.js';
export { type Finding, type LintOptions, lintExtension } from './lint/index.js';
export { type PorticoPlugin, type PorticoPluginOptions, portico } from './rollup-plugin.js';
export type { CodeMap } from './source-map.js';
