import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Proof, ProofBody } from 'portico/proof';
import { beforeAll, describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES } from '../simulator/support.js';
import { ASKED, verify } from './asked.js';

let script: string;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../../src/client/proof/index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'portico',
    footer: { js: 'globalThis.portico = portico;' },
  });
  script = outputFiles[0]?.text as string;
});

declare const portico: { keyProof(): Proof };
const thumbprint = () => portico.keyProof().thumbprint();
const prove = (question: Parameters<Proof['prove']>[0]): Promise<ProofBody> =>
  portico.keyProof().prove(question);
const attempt = () => {
  try {
    portico.keyProof();
    return 'made';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe.each(PROFILES)('the key of an extension in %s', (profile) => {
  test('is one for its background and its pages, and survives the background', async () => {
    const browser = browserFor({ profile });
    const page = '<script src="background.js"></script>';
    const client = await browser.install(clientOf({}, { 'background.js': script, 'page.html': page }));
    const first = await client.worker.evaluate(thumbprint);
    expect(first).toMatch(/^[\w-]{43}$/);
    const opened = await client.openPage('page.html');
    expect(await opened.evaluate(thumbprint)).toBe(first);
    await client.worker.stop();
    const { hostNonce: nonce, ...asked } = ASKED;
    const body = await client.worker.evaluate(prove, { ...asked, nonce });
    expect(await verify(body)).toMatchObject({ key: { thumbprint: first } });
  });

  test('is not the key of another extension', async () => {
    const browser = browserFor({ profile });
    const one = await browser.install(clientOf({}, { 'background.js': script }));
    const other = await browser.install(hostOf(script));
    expect(await one.worker.evaluate(thumbprint)).not.toBe(await other.worker.evaluate(thumbprint));
  });

  test('is not made in a content script', async () => {
    const browser = browserFor({ profile });
    const client = await browser.install(
      clientOf(
        { content_scripts: [{ matches: ['https://app.example/*'], js: ['content.js'] }] },
        { 'content.js': script },
      ),
    );
    const tab = await browser.openTab('https://app.example/');
    expect(await tab.content(client).evaluate(attempt)).toBe('INVALID_ARGUMENT');
  });
});
