import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Portico's own package, wherever it was installed. */
export interface OwnPackage {
  readonly version: string;
  /** The module that `import … from 'portico'` means in a protocol. */
  readonly entry: string;
  /** The module that `import … from 'portico/kinds'` means in a compiled one. */
  readonly kinds: string;
  /** The module that says whether a host's patterns were judged when it was built. */
  readonly judged: string;
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
  // Its own tests run from the sources, which only esbuild can read.
  const fromSources = self.startsWith(sources);
  return {
    version,
    entry: fromSources ? `${sources}index.ts` : `${published}index.js`,
    kinds: fromSources ? `${sources}protocol/kinds/index.ts` : `${published}kinds.js`,
    judged: fromSources ? `${sources}host/judged.ts` : `${published}judged.js`,
    // The sources, too: the published files' maps lead there.
    owns: (file) => file.startsWith(sources) || file.startsWith(published),
  };
};
