import type { Context } from '../contexts/context.js';
import { define } from './define.js';
import { laterIn } from './later.js';
import type { Realm } from './realm.js';

/** Reaches `data:` addresses, the extension's own files, and what the test answers; nothing else, and no network. */
export const furnishFetch = (context: Context, realm: Realm): void => {
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const address = new URL(
      typeof input === 'object' && 'url' in input ? input.url : `${input}`,
      context.facts.url,
    );
    context.world.trace.write(context.name, `fetch ${address.href.slice(0, 120)}`);
    if (address.protocol === 'data:') return dataResponse(address.href);
    const { extension, world } = context;
    if (extension && address.href.startsWith(`${extension.origin}/`)) {
      const bytes = extension.files.bytes(address.pathname.slice(1));
      if (bytes) return new Response(new Uint8Array(bytes));
    } else if (world.options.fetch) {
      return world.options.fetch(new Request(address.href, init));
    }
    throw new TypeError(
      world.profile.family === 'firefox'
        ? 'NetworkError when attempting to fetch resource.'
        : 'Failed to fetch',
    );
  };
  const own = async (input: string, init?: RequestInit): Promise<Response> =>
    responseIn(realm, await send(input, init));
  define(
    realm.global,
    'fetch',
    realm.fn('fetch', (input: string, init?: RequestInit) =>
      laterIn(context, realm, 'fetch', () => own(input, init)),
    ),
  );
};

/** The body is read already, and its readers give values of the realm. */
const responseIn = async (realm: Realm, response: Response): Promise<Response> => {
  const { status, statusText, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const own = new Response(status === 204 || status === 304 ? null : bytes, { status, statusText, headers });
  const text = (): string => new TextDecoder().decode(bytes);
  const readers: Readonly<Record<string, () => unknown>> = {
    arrayBuffer: () => realm.adopt(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    bytes: () => realm.adopt(bytes),
    text,
    json: () => realm.parse(text()),
  };
  for (const [name, read] of Object.entries(readers))
    define(
      own,
      name,
      realm.fn(name, () => {
        const { promise, resolve, reject } = realm.deferred();
        try {
          resolve(read());
        } catch (error) {
          reject(error);
        }
        return promise;
      }),
    );
  return own;
};

/** Not by Node's own fetch, which takes its time when it is first used. */
const dataResponse = (address: string): Response => {
  const [, type, base64, data = ''] = /^data:([^,]*?)(;base64)?,(.*)$/s.exec(address) ?? [];
  if (type === undefined) throw new TypeError('Failed to fetch');
  const text = decodeURIComponent(data);
  return new Response(new Uint8Array(Buffer.from(text, base64 ? 'base64' : 'utf8')), {
    headers: { 'content-type': type || 'text/plain;charset=US-ASCII' },
  });
};
