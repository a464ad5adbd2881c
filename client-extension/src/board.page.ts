import { connect, requestGrants } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';
import { accessTo, saysNoRight } from './access.js';
import { type Board, createBoard } from './board.js';
import { type BoardActions, createBoardView } from './board-view.js';
import { browser } from './browser.js';
import { part, setChildren, setText, stamp } from './dom.js';
import { failureWords } from './failure-words.js';
import { createPictureDialog } from './picture-dialog.js';
import { type Liveness, stayLive } from './stay-live.js';

const connection = connect(tabs, {
  needs: ['read'],
  wants: ['titles', 'control', 'capture'],
  name: 'Tab Board',
});
// For the developer tools: the page says so.
Object.assign(globalThis, { tabs: connection });

const view = createBoardView(document);
const takePicture = createPictureDialog(document);

/** The window of this board, where it has one to itself: showing it there would be no news. */
const ownWindow = async (): Promise<number | undefined> => {
  const { id, type } = await browser.windows.getCurrent();
  return type === 'popup' ? id : undefined;
};

const isGranted = (name: string): boolean =>
  connection.session.info?.granted.some((each) => each === name) ?? false;

/** What is granted now, and no more: what the person is still being asked for is not waited for. */
const actionsNow = async (): Promise<BoardActions> => {
  const [capture, control] = await Promise.all([
    isGranted('capture') && connection.has('capture'),
    isGranted('control') && connection.has('control'),
  ]);
  return {
    picture: capture ? (window, button) => void takePicture(capture, window, button) : undefined,
    // A tab that is gone by now is gone from the board, too.
    activate: control ? (tabId) => void control.activate({ tabId }).catch(() => {}) : undefined,
    close: control ? (tabId) => void control.close({ tabId }).catch(() => {}) : undefined,
  };
};

/** Brings what the page shows in line with what is granted; while there is a board. */
let regranted = async (): Promise<void> => {};

const follow = async (live: () => void): Promise<void> => {
  const { read } = connection;
  const changes = read.changed();
  const [list, windows, leaveOut] = await Promise.all([read.list(), read.windows(), ownWindow()]);
  const board = createBoard(list, windows, leaveOut);
  let actions = await actionsNow();
  const draw = drawSoon(board, () => actions);
  draw();
  regranted = async () => {
    // At once: reading anew takes a moment, and may fail.
    if (!isGranted('titles')) board.forgetTitles();
    draw();
    actions = await actionsNow();
    board.setTabs(await read.list());
    draw();
  };
  live();
  try {
    for await (const change of changes) {
      board.apply(change);
      if (board.lacksWindows) board.setWindows(await read.windows());
      draw();
    }
  } finally {
    regranted = async () => {};
  }
};

/** When the board was last brought up to date. */
let drawn: Date | undefined;

/** Draws once for all changes of a moment. Not in an animation frame: a hidden page has none. */
const drawSoon = (board: Board, actions: () => BoardActions): (() => void) => {
  let soon = false;
  return () => {
    if (soon) return;
    soon = true;
    setTimeout(() => {
      soon = false;
      // What was drawn for a session that is over may be more than the page may show by now.
      if (document.body.dataset['state'] === 'failed') return;
      view.draw(board.windows, actions());
      drawn = new Date();
    });
  };
};

/** What Portico Tabs allows, as the session has it; as long as it hasn't said, only what there is to allow. */
const showAccess = (): void => {
  const items = Object.entries(tabs.capabilities).map(([name, { title }]) => {
    const { mark, words } = accessTo(name, connection.session);
    const item = stamp('access-template');
    item.classList.toggle('refused', mark === 'no');
    item.classList.toggle('asked', mark === 'asks');
    part(item, 'use', SVGUseElement).setAttribute('href', mark ? `#${mark}` : '');
    part(item, 'span', HTMLElement).textContent = `${title}: ${words}`;
    return item;
  });
  setChildren(part(document, '#access ul', HTMLElement), items);
};

const STATUS: Readonly<Record<Liveness, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  paused: 'Paused',
  failed: 'Not connected',
};

/** A session that goes on knows better than the call that it refuses. */
const reasonOf = (error: unknown): unknown => {
  const code = connection.session.info?.refused['read'];
  return code === undefined ? error : { code };
};

/** Says what is the matter, and what the person can do about it. */
const showNotice = (error: unknown): void => {
  const notice = part(document, '#notice', HTMLElement);
  const { title, text, steps, button } = failureWords(reasonOf(error));
  setText(part(notice, '#notice-title', HTMLElement), title);
  setText(part(notice, '#notice-text', HTMLElement), text);
  part(notice, '#notice-steps', HTMLElement).replaceChildren(
    ...steps.map((step) => Object.assign(document.createElement('li'), { textContent: step })),
  );
  const retry = part(notice, '#retry', HTMLButtonElement);
  setText(retry, button);
  retry.hidden = (error as { code?: string } | undefined)?.code === 'CONSENT_PENDING';
  setText(part(notice, '#notice-code', HTMLElement), error instanceof Error ? error.message : '');
  const stale = part(notice, '#notice-stale', HTMLElement);
  stale.hidden = !drawn;
  setText(stale, `What you see below is how your tabs were at ${drawn?.toLocaleTimeString()}.`);
  notice.hidden = false;
};

const showState = (state: Liveness, error?: unknown): void => {
  // A new attempt leaves on the page what the last one brought.
  if (state !== 'connecting') document.body.dataset['state'] = state;
  setText(part(document, '#status', HTMLElement), STATUS[state]);
  if (state === 'live') part(document, '#notice', HTMLElement).hidden = true;
  if (state !== 'connecting') part(document, '#access', HTMLElement).hidden = state === 'failed';
  showAccess();
  if (state !== 'failed') return;
  if (saysNoRight(error)) {
    view.clear();
    drawn = undefined;
  }
  showNotice(error);
};

let granted = '';
// Also while the session goes on: what is given and taken back meanwhile.
connection.session.onChange((state) => {
  showAccess();
  if (state === 'pending' || connection.session.info?.pending.includes('read')) {
    part(document, '#access', HTMLElement).hidden = false;
    setText(part(document, '#status', HTMLElement), 'Waiting for you');
    showNotice({ code: 'CONSENT_PENDING' });
  }
  if (state !== 'open') return;
  const now = `${connection.session.info?.id} ${connection.session.info?.granted.join()}`;
  // What it can't read now is read by the next attempt.
  if (now !== granted) void regranted().catch(() => {});
  granted = now;
});

showAccess();
const again = stayLive(follow, showState);
/** A session that goes on without the right to see tabs has to ask for it: connecting alone would not. */
const askAgain = async (): Promise<void> => {
  try {
    if (connection.session.state === 'open' && !isGranted('read')) await requestGrants(connection, ['read']);
  } catch (error) {
    showState('failed', error);
    return;
  }
  await again();
};
part(document, '#retry', HTMLButtonElement).addEventListener('click', () => void askAgain());
void again();

/** Brings this board to the front. */
const comeForward = async (): Promise<void> => {
  const tab = await browser.tabs.getCurrent();
  if (tab?.id === undefined) return;
  await browser.tabs.update(tab.id, { active: true });
  await browser.windows.update(tab.windowId, { focused: true });
};

browser.runtime.onMessage.addListener((message: unknown, _sender, respond) => {
  if (message !== 'show') return;
  void comeForward();
  respond(true);
});
