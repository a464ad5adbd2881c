import { describe, expect, it, test } from 'vitest';
import { portico } from '../../../src/build/index.js';
import { ownPackage } from '../../../src/build/own-package.js';
import { withShortErrors } from '../../../src/build/short-errors.js';
import { PorticoError, toWire } from '../../../src/errors/portico-error.js';

describe('errors without words', () => {
  test.each([
    ["new PorticoError('CLOSED', 'it was closed')", "new PorticoError('CLOSED', '')"],
    [
      `new PorticoError(code, \`\${path} came with \${since}; the host speaks \${version}\`, { data: { path } })`,
      `new PorticoError(code, \`\${path} \${since} \${version}\`, { data: { path } })`,
    ],
    [
      "new PorticoError('A', a === 'b' ? 'words' : (said ?? 'more words'), { cause: new PorticoError('B', `x`) })",
      "new PorticoError('A', a === 'b' ? '' : (said ?? ''), { cause: new PorticoError('B', '') })",
    ],
    [
      `scalar('a string', (value) => fail(value ? 'a' : \`b \${value}\`));`,
      "scalar('', (value) => fail(value ? '' : ''));",
    ],
    [
      "class A { f() { throw new PorticoError('A', 'one'); } }\nconst g = () => new PorticoError('B', 'two');",
      "class A { f() { throw new PorticoError('A', ''); } }\nconst g = () => new PorticoError('B', '');",
    ],
  ])('%s', (code, short) => {
    expect(withShortErrors(code)).toBe(short);
  });

  test.each([
    ['no error', "const text = 'new'"],
    ['an error of another class', "new TypeError('words')"],
    ['a text that is computed', "new PorticoError('A', say('words'))"],
    ['none', "new PorticoError('A')"],
    ['a failure elsewhere', "failAt('key'), tail('words')"],
  ])('has nothing to take out of %s', (_name, code) => {
    expect(withShortErrors(code)).toBeUndefined();
  });

  it('read as their codes', () => {
    const error = new PorticoError('CLOSED', '');
    expect(error.message).toBe('CLOSED');
    expect(toWire(error)).toEqual({ code: 'CLOSED', message: '' });
  });
});

describe('the plugin', () => {
  const code = "throw new PorticoError('CLOSED', 'it was closed');";
  const own = ownPackage().entry;

  it("takes them out of Portico's own modules when told to", () => {
    const { transform } = portico({ errorTexts: false });
    expect(transform(code, own)).toEqual({ code: "throw new PorticoError('CLOSED', '');", map: null });
    expect(transform(code, '/elsewhere/index.js')).toBeNull();
    expect(transform('export {}', own)).toBeNull();
  });

  it('leaves them where nothing was said', () => {
    expect(portico().transform(code, own)).toBeNull();
  });
});
