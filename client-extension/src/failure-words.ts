/** What to tell a person about a connection that failed. */
export interface FailureWords {
  readonly title: string;
  readonly text: string;
  /** What they can do about it, in order. */
  readonly steps: readonly string[];
  readonly button: string;
}

const lost: FailureWords = {
  title: 'The connection was lost',
  text: 'Portico Tabs went away. Perhaps it was updated, or switched off.',
  steps: [],
  button: 'Connect again',
};

const WORDS: Readonly<Record<string, FailureWords>> = {
  UNREACHABLE: {
    title: 'Portico Tabs is not there',
    text: 'Tab Board has no permission to see your tabs: it shows what the extension Portico Tabs tells it. But Portico Tabs did not answer.',
    steps: [
      'Install Portico Tabs, or switch it on if you have it.',
      'Come back to this page: it tries again by itself.',
    ],
    button: 'Try again',
  },
  REFUSED: {
    title: 'Portico Tabs does not let Tab Board in',
    text: 'It answered, and it said no. Which extensions it talks to is decided there, not here.',
    steps: [
      'See in the settings of Portico Tabs whom it allows what.',
      'If Tab Board was built with another id, Portico Tabs doesn’t know it: use the original.',
    ],
    button: 'Ask again',
  },
  CAPABILITY_REFUSED: {
    title: 'Tab Board may not see your tabs',
    text: 'Portico Tabs knows Tab Board, but does not allow it to see which tabs are open.',
    steps: ['Change that in the settings of Portico Tabs.'],
    button: 'Ask again',
  },
  CONSENT_DENIED: {
    title: 'Tab Board was not allowed to see your tabs',
    text: 'Portico Tabs asked, and the answer was no, or there was none. It will not ask again for a while.',
    steps: ['Change your mind in the settings of Portico Tabs, under “Who uses Portico Tabs”.'],
    button: 'Ask again',
  },
  CONSENT_PENDING: {
    title: 'Portico Tabs is asking you',
    text: 'It has a window open in which you decide about Tab Board.',
    steps: ['Look for the window of Portico Tabs, and answer there.'],
    button: 'Try again',
  },
  GRANT_REVOKED: {
    title: 'Tab Board may not see your tabs any more',
    text: 'What it was allowed has been taken back in the settings of Portico Tabs.',
    steps: ['If you want Tab Board to show your tabs, let Portico Tabs ask you again.'],
    button: 'Ask again',
  },
  NO_COMMON_VERSION: {
    title: 'The two extensions speak different versions',
    text: 'Tab Board and Portico Tabs have no version of their protocol in common.',
    steps: ['Update both extensions.'],
    button: 'Try again',
  },
  HANDSHAKE_TIMEOUT: {
    title: 'Portico Tabs does not answer',
    text: 'It is there, but it said nothing for ten seconds.',
    steps: ['Switch Portico Tabs off and on again.'],
    button: 'Try again',
  },
  LIMIT_EXCEEDED: {
    title: 'Portico Tabs has too much to do',
    text: 'It serves only so many at a time, and asks you only so many questions at once.',
    steps: ['Answer what Portico Tabs asks you, and close boards that you don’t need.'],
    button: 'Try again',
  },
  DISCONNECTED: lost,
};

export const failureWords = (error: unknown): FailureWords => {
  const { code = '' } = (error ?? {}) as { code?: string };
  return (
    (Object.hasOwn(WORDS, code) && WORDS[code]) || {
      title: 'Something went wrong',
      text: error instanceof Error ? error.message : String(error),
      steps: [],
      button: 'Try again',
    }
  );
};

const PICTURE_REASONS = {
  'no-window': 'The window was closed in the meantime.',
  'page-protected':
    'The browser lets no extension picture what this window shows: a page of the browser itself, of its store, or of an extension. Show a web page there and try again.',
  'site-access-off':
    'Portico Tabs may not look at web pages. Allow it to “access your data for all websites” where your browser manages extensions.',
} as const;

/** Why there is no picture. */
export const pictureWords = (reason: keyof typeof PICTURE_REASONS): string => PICTURE_REASONS[reason];
