import { join } from 'node:path';
import { rollup } from 'rollup';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { checkBasicClient } from '../../../src/build/basic-client.js';
import { type PorticoPluginOptions, portico } from '../../../src/build/index.js';
import { ownPackage } from '../../../src/build/own-package.js';
import { failureOf, project, protocolSource } from './project.js';

const check = (code: string, file = '/app/background.js'): string => {
  try {
    checkBasicClient(code, file);
    return 'fine';
  } catch (error) {
    return (error as Error).message;
  }
};

const connecting = (options: string): string =>
  `import { connect } from 'portico/client';\nconst { read } = connect(notes, ${options});`;

describe('what a basic client lacks', () => {
  test.each([
    ["{ needs: ['read'], wants: ['write'] }", 'wants'],
    ["{ token: 'x', needs: [] }", 'token'],
    ["{ 'proof': keyProof() }", 'proof'],
    ['{ includeTlsChannelId: true }', 'includeTlsChannelId'],
    ["{ whenUnreachable: 'wait' }", 'whenUnreachable'],
    ['{ token }', 'token'],
    ['{ get token() { return 7; } }', 'token'],
  ])('stops the build where it is in plain sight: %s', (options, name) => {
    expect(check(connecting(options))).toMatch(
      new RegExp(
        `^/app/background\\.js:2:\\d+: a basic client has no "${name}": build it without \`basic\`$`,
      ),
    );
  });

  test.each([
    ['all that it has', connecting("{ needs: ['read'], name: 'x', host: 'y', limits: {} }")],
    ['the default', connecting("{ needs: ['read'], whenUnreachable: 'fail' }")],
    ['a computed name', connecting('{ [token]: 1 }')],
    [
      "another's function",
      "import { connect } from 'other'; import 'portico/client'; connect({ token: 1 });",
    ],
    [
      'a function of its own',
      "import { machineOf } from 'portico/client'; const connect = f; connect({ token: 1 });",
    ],
    ['what is no JavaScript', "import { connect } from 'portico/client'; connect({ token: 1 "],
  ])('lets pass %s', (_what, code) => {
    expect(check(code)).toBe('fine');
  });

  test.each([
    ['connectAny', '/app/background.ts', 'connectAny([a, b], { proof: p } as Options)'],
    ['connectTab', '/app/page.tsx', 'const view = <div>{connectTab(notes, 7, { wants: [] })}</div>'],
    [
      'connect as join',
      '/app/background.mts',
      'const f = (): void => void join<Notes>(notes!, { wants: [] })',
    ],
  ])('is found whatever it is called and written in: %s', (names, file, code) => {
    expect(check(`import { ${names} } from 'portico/client'; ${code};`, file)).toMatch(
      /: a basic client has no/,
    );
  });
});

describe('the plugin', () => {
  const files = {
    'entry.ts': connecting("{ token: 'x' }").replace(
      '\n',
      "\nimport { notes } from './notes.protocol.ts';\n",
    ),
    'notes.protocol.ts': protocolSource('list: method({ result: { type: "string" } })'),
  };
  const bundle = async (folder: string, options: PorticoPluginOptions): Promise<unknown> => {
    const build = await rollup({
      input: join(folder, 'entry.ts'),
      external: /^portico/,
      plugins: [portico({ lint: false, ...options })],
      onwarn: () => {},
    });
    onTestFinished(() => build.close());
    return build;
  };

  it('stops a build of a basic client, and no other', async () => {
    const folder = project(files);
    expect(await failureOf(folder, bundle(folder, { basic: true }))).toContain(
      'entry.ts:3:35: a basic client has no "token"',
    );
    await bundle(folder, { basic: false });
  });

  it('writes the module that says what is built, where it is told something', async () => {
    const { edition } = ownPackage();
    const written = async (options: PorticoPluginOptions): Promise<unknown> =>
      (await portico(options).load.call(undefined as never, edition))?.code;
    expect(await written({ basic: true })).toBe(
      'export const BASIC = true;\nexport const BROWSER = undefined;\nexport const JUDGED = false;\n',
    );
    expect(await written({ browser: 'firefox' })).toBe(
      'export const BASIC = false;\nexport const BROWSER = "firefox";\nexport const JUDGED = false;\n',
    );
    expect(await written({})).toBeUndefined();
    // The first two say what a client is built for. A host's patterns were judged by the build.
    expect(await written({ side: 'host', basic: true, browser: 'firefox' })).toBe(
      'export const BASIC = false;\nexport const BROWSER = undefined;\nexport const JUDGED = true;\n',
    );
  });
});
