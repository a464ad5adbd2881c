/** What a browser would show an extension's author in red or yellow. */
export interface BrowserError {
  /** Virtual milliseconds since the browser was made. */
  readonly time: number;
  readonly kind:
    | 'uncaught'
    | 'unhandled-rejection'
    | 'unchecked-last-error'
    | 'start'
    | 'late-listener'
    | 'refused-script'
    | 'not-simulated';
  /** Whose, unless a web page's. */
  readonly extension: { readonly id: string; readonly name: string } | undefined;
  /** Which of its contexts. */
  readonly context: string;
  /** As the browser words it. */
  readonly message: string;
  readonly stack: string | undefined;
}

/** A line that a context wrote to its console. */
export interface ConsoleLine {
  readonly time: number;
  readonly extension: string | undefined;
  readonly context: string;
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** An error's name and text, whatever realm it is of. */
export const wordsOf = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  return message === undefined ? String(thrown) : `${String(name ?? 'Error')}: ${String(message)}`;
};

export const stackOf = (thrown: unknown): string | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { stack } = thrown as { stack?: unknown };
  return typeof stack === 'string' ? stack : undefined;
};
