import { createHash } from 'node:crypto';
import type { Format, Profile } from '../profile.js';

/** What the simulated browser reads of a manifest. */
export interface Manifest {
  readonly manifest_version?: number;
  readonly name: string;
  readonly version: string;
  readonly key?: string;
  readonly permissions?: readonly string[];
  readonly optional_permissions?: readonly string[];
  readonly host_permissions?: readonly string[];
  readonly optional_host_permissions?: readonly string[];
  readonly background?: {
    readonly service_worker?: string;
    readonly scripts?: readonly string[];
    readonly page?: string;
    readonly type?: string;
  };
  readonly content_scripts?: readonly {
    readonly matches: readonly string[];
    readonly exclude_matches?: readonly string[];
    readonly js?: readonly string[];
    readonly all_frames?: boolean;
  }[];
  readonly externally_connectable?: {
    readonly ids?: readonly string[];
    readonly matches?: readonly string[];
    readonly accepts_tls_channel_id?: boolean;
  };
  readonly message_serialization?: string;
  /** Has no effect: there is one background, whatever it says. */
  readonly incognito?: string;
  readonly action?: { readonly default_popup?: string; readonly default_title?: string };
  readonly options_ui?: { readonly page?: string };
  readonly options_page?: string;
  readonly default_locale?: string;
  readonly browser_specific_settings?: { readonly gecko?: { readonly id?: string } };
}

/** A manifest that no browser would take: what is wrong, where, and what to do. */
const refuse = (where: string, words: string): never => {
  throw new TypeError(`${where}: ${words}`);
};

/** @throws {TypeError} with one line for the author */
export const readManifest = (text: string | undefined, where: string, profile: Profile): Manifest => {
  if (text === undefined) refuse(where, 'there is no manifest; build the extension, or give its dist folder');
  let manifest: Manifest | undefined;
  try {
    manifest = JSON.parse(text as string) as Manifest;
  } catch (error) {
    refuse(where, `is no JSON: ${(error as Error).message}`);
  }
  return checkManifest(manifest as Manifest, where, profile);
};

export const checkManifest = (manifest: Manifest, where: string, { family }: Profile): Manifest => {
  if (typeof manifest !== 'object' || manifest === null) refuse(where, 'is no object');
  for (const key of ['name', 'version'] as const)
    if (typeof manifest[key] !== 'string') refuse(where, `${key} is missing`);
  if (manifest.manifest_version !== 3) refuse(where, 'manifest_version must be 3');
  const { background } = manifest;
  if (family === 'chromium' && background && background.service_worker === undefined)
    refuse(where, 'background.service_worker is missing: Chromium runs no background.scripts');
  if (family === 'firefox' && background && background.scripts === undefined)
    refuse(where, 'background.scripts is missing: Firefox runs no background.service_worker');
  // As Firefox reads it, and gives it to the extension.
  return family === 'firefox' && manifest.incognito === 'split'
    ? { ...manifest, incognito: 'not_allowed' }
    : manifest;
};

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** The id that the browser derives: from the key or by the manifest. Without either, from the name. */
export const idOf = ({ key, name, browser_specific_settings }: Manifest, { family }: Profile): string => {
  if (family === 'firefox') {
    const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return browser_specific_settings?.gecko?.id ?? `${words}@simulated`;
  }
  const digest = sha256(key === undefined ? `unpacked ${name}` : Buffer.from(key, 'base64'));
  return [...digest.slice(0, 32)].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]).join('');
};

export const formatIn = ({ message_serialization }: Manifest, profile: Profile): Format => {
  if (profile.family === 'firefox') return 'clone';
  if (message_serialization === undefined) return profile.format;
  return message_serialization === 'structured_clone' ? 'clone' : 'json';
};
