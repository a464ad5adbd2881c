import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with these files, for the length of a test. It has no packages beside it. */
export const project = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'portico-build-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  return folder;
};

export const write = (folder: string, name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

/** The source of a protocol module, on four lines: the members stand on the third. */
export const protocolSource = (members: string, more = ''): string =>
  `import { defineProtocol, event, gated, method, bytes } from 'portico';
export const notes = defineProtocol({ name: 'org.example.notes', version: '1.2.0', ${more} capabilities: { read: { title: 'See your notes', members: {
${members}
} } } });
`;

/** The message of what a promise is rejected with, without the folder. */
export const failureOf = async (folder: string, promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason as Error,
  );
  return `${error.name}: ${error.message.replaceAll(`${folder}/`, '')}`;
};
