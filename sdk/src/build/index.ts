/** `portico/build`: what runs when an extension is built. Node only. */
export { type CompiledProtocol, type CompileOptions, compileProtocol } from './compile-protocol.js';
export { type PorticoPlugin, portico } from './rollup-plugin.js';
