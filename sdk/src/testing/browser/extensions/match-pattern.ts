/** Whether an address matches one of the patterns of a manifest. Ports are not looked at, as in Chromium. */
export const matchesAny = (patterns: readonly string[], address: string): boolean =>
  patterns.some((pattern) => matches(pattern, address));

const matches = (pattern: string, address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, pathname, search } = new URL(address);
  const scheme = protocol.slice(0, -1);
  if (pattern === '<all_urls>') return ['http', 'https', 'file', 'ftp'].includes(scheme);
  const [, wantedScheme = '', wantedHost = '', wantedPath = ''] =
    /^(\*|[a-z][a-z-]*):\/\/([^/]*)(\/.*)$/.exec(pattern) ?? [];
  const schemeFits = wantedScheme === '*' ? scheme === 'http' || scheme === 'https' : scheme === wantedScheme;
  return (
    schemeFits && hostFits(wantedHost.replace(/:\d+$/, ''), hostname) && glob(wantedPath, pathname + search)
  );
};

const hostFits = (wanted: string, host: string): boolean => {
  if (wanted === '*') return true;
  if (!wanted.startsWith('*.')) return wanted === host;
  return host === wanted.slice(2) || host.endsWith(wanted.slice(1));
};

const glob = (wanted: string, path: string): boolean =>
  new RegExp(`^${wanted.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(path);
