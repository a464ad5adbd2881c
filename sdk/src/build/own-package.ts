import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Portico's own package, wherever it was installed. */
export interface OwnPackage {
  readonly version: string;
  /** The module that `import … from 'portico'` means in a protocol. */
  readonly entry: string;
  /** Whether a file belongs to it, and not to somebody's protocol. */
  readonly owns: (file: string) => boolean;
}

let found: OwnPackage | undefined;

/** Finds the package that this file is part of, bundled or not. */
export const ownPackage = (): OwnPackage => {
  found ??= find(fileURLToPath(import.meta.url));
  return found;
};

const find = (self: string): OwnPackage => {
  let root = dirname(self);
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const [sources, published] = ['src', 'dist'].map((folder) => join(root, folder) + sep) as [string, string];
  return {
    version,
    // Its own tests run from the sources, which only esbuild can read.
    entry: self.startsWith(sources) ? `${sources}index.ts` : `${published}index.js`,
    // The sources, too: the published files' maps lead there.
    owns: (file) => file.startsWith(sources) || file.startsWith(published),
  };
};
