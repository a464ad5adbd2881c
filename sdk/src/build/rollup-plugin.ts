import { type CompileOptions, compileProtocol } from './compile-protocol.js';

/** The hooks of Rollup and Vite that the plugin uses; structural, so that neither is a dependency. */
export interface PorticoPlugin {
  readonly name: string;
  load(id: string): Promise<{ code: string; map: null; moduleSideEffects: false } | null>;
}

const PROTOCOL_MODULE = /\.protocol\.m?js$/;

/** A Rollup plugin that replaces `*.protocol.js` modules by their plain data, so that clients carry no schema library. */
export const portico = (options: CompileOptions = {}): PorticoPlugin => ({
  name: 'portico',
  async load(id) {
    if (!PROTOCOL_MODULE.test(id)) return null;
    const { code } = await compileProtocol(id, options);
    return { code, map: null, moduleSideEffects: false };
  },
});
