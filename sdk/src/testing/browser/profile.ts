/** A browser to be simulated: Chromium, Chromium with extensions that clone their messages, or Firefox. */
export type ProfileName = 'chromium' | 'chromium-clone' | 'firefox';

export type Format = 'json' | 'clone';

/** How the browsers differ, as Chromium 156 and Firefox ESR 153 were seen to. */
export interface Profile {
  readonly name: ProfileName;
  readonly family: 'chromium' | 'firefox';
  /** How messages are copied where the manifest doesn't say. */
  readonly format: Format;
  /** Largest message, in bytes. */
  readonly messageLimit: number;
  /** How long a background takes to start: least and most, in milliseconds. */
  readonly start: readonly [number, number];
  readonly texts: {
    readonly noReceiver: string;
    readonly mismatch: string;
    readonly deadPort: string;
    readonly uncloneable: string;
    readonly tooLarge: string;
    readonly invalidated: string;
    readonly channelClosed: string;
    /** What the other side is told when a page is put away; nothing where its ports are kept. */
    readonly putAway?: string;
  };
}

const NO_RECEIVER = 'Could not establish connection. Receiving end does not exist.';

const chromium = (name: ProfileName, format: Format): Profile => ({
  name,
  family: 'chromium',
  format,
  messageLimit: 64 * 1024 * 1024,
  start: [25, 40],
  texts: {
    noReceiver: NO_RECEIVER,
    mismatch: 'Could not establish connection. Receiving end uses different message serialization format.',
    deadPort: 'Attempting to use a disconnected port object',
    uncloneable: 'Could not serialize message.',
    tooLarge: 'Message exceeded maximum allowed size of 64MiB.',
    invalidated: 'Extension context invalidated.',
    channelClosed:
      'A listener indicated an asynchronous response by returning true, but the message channel closed before a response was received',
    putAway:
      'The page keeping the extension port is moved into back/forward cache, so the message channel is closed.',
  },
});

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  chromium: chromium('chromium', 'json'),
  // What the key means must be said by each manifest in a real browser; here it is the default.
  'chromium-clone': chromium('chromium-clone', 'clone'),
  firefox: {
    name: 'firefox',
    family: 'firefox',
    format: 'clone',
    messageLimit: Number.POSITIVE_INFINITY,
    start: [25, 45],
    texts: {
      noReceiver: NO_RECEIVER,
      mismatch: NO_RECEIVER,
      deadPort: 'Attempt to postMessage on disconnected port',
      uncloneable: 'The object could not be cloned.',
      tooLarge: '',
      invalidated: 'Extension context invalidated.',
      channelClosed: 'Promised response from onMessage listener went out of scope',
    },
  },
};

/** How long backgrounds may be idle: the same in both. */
export const IDLE_MS = 30_000;
