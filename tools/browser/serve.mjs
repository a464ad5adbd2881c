import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

/** @typedef {string | { type?: string, body: string | Uint8Array, status?: number, headers?: Record<string, string> }} ServedPage */
/** @typedef {string | ReadonlyMap<string, ServedPage> | Readonly<Record<string, ServedPage>>} DirOrMap */

/**
 * @typedef {object} PageServer
 * @property {number} port
 * @property {string} origin `http://127.0.0.1:<port>`
 * @property {(path?: string, host?: string) => string} url
 *   Address of a path; give `localhost` as host for a second origin.
 * @property {() => Promise<void>} close
 */

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Serves web pages for the browsers under test, to this machine only.
 *
 * @param {DirOrMap} dirOrMap A directory, or pages by path such as `{ '/': '<!doctype html>…' }`.
 * @returns {Promise<PageServer>}
 */
export async function servePages(dirOrMap) {
  const server = createServer((request, response) => {
    const path = pathOf(request.url ?? '/');
    if (path === undefined) return void response.writeHead(400).end();
    const answered =
      typeof dirOrMap === 'string' ? sendFile(response, dirOrMap, path) : sendPage(response, dirOrMap, path);
    answered.catch((error) => response.destroy(error));
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => done(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page server has no port.');
  const { port } = address;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    url: (path = '/', host = '127.0.0.1') => new URL(path, `http://${host}:${port}`).href,
    close: () =>
      new Promise((done, failed) => {
        server.close((error) => (error ? failed(error) : done()));
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} url
 * @returns {string | undefined}
 */
function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname);
  } catch {
    return undefined;
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Exclude<DirOrMap, string>} pages
 * @param {string} path
 */
async function sendPage(response, pages, path) {
  const page = pages instanceof Map ? pages.get(path) : own(pages, path);
  if (page === undefined) return void response.writeHead(404).end('Not found');
  const { body, type, status = 200, headers = {} } = typeof page === 'string' ? { body: page } : page;
  const contentType = type ?? TYPES[extname(path)] ?? TYPES['.html'];
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...headers });
  response.end(body);
}

/**
 * @param {object} pages
 * @param {string} path
 * @returns {ServedPage | undefined}
 */
function own(pages, path) {
  return Object.hasOwn(pages, path) ? /** @type {Record<string, ServedPage>} */ (pages)[path] : undefined;
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} dir
 * @param {string} path
 */
async function sendFile(response, dir, path) {
  const root = resolve(dir);
  const file = join(root, path.endsWith('/') ? `${path}index.html` : path);
  const found = file.startsWith(root + sep) ? await stat(file).catch(() => undefined) : undefined;
  if (!found?.isFile()) return void response.writeHead(404).end('Not found');
  const contentType = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
  createReadStream(file)
    .on('error', (error) => response.destroy(error))
    .pipe(response);
}
