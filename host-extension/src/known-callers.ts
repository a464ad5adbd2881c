import { extensions, type Principal } from 'portico/host';

/** Tab Board, our first client. The first id follows from the `key` in its manifest. */
export const TAB_BOARD = {
  chromium: 'lnlbikpnhcomaabnjdacpmkmbddekcjd',
  firefox: 'board@portico.example',
} as const;

export const tabBoard = () => extensions({ chromium: [TAB_BOARD.chromium], firefox: [TAB_BOARD.firefox] });

/** Whom the settings page shows the rules for. Made up: nobody connects as these. */
export const exampleCallers = (own: Own): Readonly<Record<'board' | 'self' | 'others', Principal>> => {
  const { browser } = own;
  const extension = (id: string): Principal => ({ kind: 'extension', browser, id, origin: 'null' });
  return {
    board: extension(TAB_BOARD[browser]),
    self: { kind: 'self', ...own },
    others: extension('some other extension'),
  };
};

export interface Own {
  readonly browser: 'chromium' | 'firefox';
  readonly id: string;
  readonly origin: string;
}
