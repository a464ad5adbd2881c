import { connect } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';
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

const actionsNow = async (): Promise<BoardActions> => {
  const [capture, control] = await Promise.all([connection.has('capture'), connection.has('control')]);
  return {
    picture: capture ? (window, button) => void takePicture(capture, window, button) : undefined,
    // A tab that is gone by now is gone from the board, too.
    activate: control ? (tabId) => void control.activate({ tabId }).catch(() => {}) : undefined,
    close: control ? (tabId) => void control.close({ tabId }).catch(() => {}) : undefined,
  };
};

const follow = async (live: () => void): Promise<void> => {
  const { read } = connection;
  const changes = read.changed();
  const [list, windows, actions, leaveOut] = await Promise.all([
    read.list(),
    read.windows(),
    actionsNow(),
    ownWindow(),
  ]);
  const board = createBoard(list, windows, leaveOut);
  const draw = drawSoon(board, actions);
  draw();
  showAccess();
  live();
  for await (const change of changes) {
    board.apply(change);
    if (board.lacksWindows) board.setWindows(await read.windows());
    draw();
  }
};

/** When the board was last brought up to date. */
let drawn: Date | undefined;

/** Draws once for all changes of a moment. Not in an animation frame: a hidden page has none. */
const drawSoon = (board: Board, actions: BoardActions): (() => void) => {
  let soon = false;
  return () => {
    if (soon) return;
    soon = true;
    setTimeout(() => {
      soon = false;
      view.draw(board.windows, actions);
      drawn = new Date();
    });
  };
};

/** What Portico Tabs allows; as long as it hasn't said, only what there is to allow. */
const showAccess = (): void => {
  const { info } = connection.session;
  const items = Object.entries(tabs.capabilities).map(([name, { title }]) => {
    const allowed = info?.granted.some((granted) => granted === name);
    const item = stamp('access-template');
    item.classList.toggle('refused', allowed === false);
    part(item, 'use', SVGUseElement).setAttribute('href', allowed ? '#yes' : info ? '#no' : '');
    const verdict = allowed ? 'allowed' : info ? 'not allowed' : '…';
    part(item, 'span', HTMLElement).textContent = `${title}: ${verdict}`;
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

const showState = (state: Liveness, error?: unknown): void => {
  // A new attempt leaves on the page what the last one brought.
  if (state !== 'connecting') document.body.dataset['state'] = state;
  setText(part(document, '#status', HTMLElement), STATUS[state]);
  const notice = part(document, '#notice', HTMLElement);
  if (state === 'live') notice.hidden = true;
  if (state !== 'connecting') part(document, '#access', HTMLElement).hidden = state === 'failed';
  if (state !== 'failed') return;
  const { title, text, steps, button } = failureWords(error);
  setText(part(notice, '#notice-title', HTMLElement), title);
  setText(part(notice, '#notice-text', HTMLElement), text);
  part(notice, '#notice-steps', HTMLElement).replaceChildren(
    ...steps.map((step) => Object.assign(document.createElement('li'), { textContent: step })),
  );
  setText(part(notice, '#retry', HTMLButtonElement), button);
  setText(part(notice, '#notice-code', HTMLElement), error instanceof Error ? error.message : '');
  const stale = part(notice, '#notice-stale', HTMLElement);
  stale.hidden = !drawn;
  setText(stale, `What you see below is how your tabs were at ${drawn?.toLocaleTimeString()}.`);
  notice.hidden = false;
};

showAccess();
const again = stayLive(follow, showState);
part(document, '#retry', HTMLButtonElement).addEventListener('click', () => void again());
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
