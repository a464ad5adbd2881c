import { isError } from 'portico';
import type { CapabilityClient } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';
import type { BoardWindow } from './board.js';
import { part } from './dom.js';
import { failureWords, pictureWords } from './failure-words.js';

/** Takes pictures of windows and shows them, one at a time. */
export const createPictureDialog = (root: Document) => {
  const dialog = part(root, '#picture', HTMLDialogElement);
  const title = part(root, '#picture-title', HTMLElement);
  const text = part(root, '#picture-text', HTMLElement);
  const image = part(root, '#picture-image', HTMLImageElement);
  const save = part(root, '#picture-save', HTMLButtonElement);

  dialog.addEventListener('close', () => {
    URL.revokeObjectURL(image.src);
    image.removeAttribute('src');
  });
  // A click beside the dialog closes it, as everywhere.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });

  const show = async (window: BoardWindow, bytes: Uint8Array): Promise<void> => {
    const taken = new Date();
    image.src = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
    await image.decode();
    const shown = window.tabs.find(({ active }) => active)?.title;
    image.alt = `Picture of ${window.name}${shown ? `: ${shown}` : ''}`;
    const download = `${window.name} ${fileTime(taken)}.png`.toLowerCase().replaceAll(' ', '-');
    save.onclick = () => Object.assign(document.createElement('a'), { href: image.src, download }).click();
    title.textContent = shown ? `${window.name}: ${shown}` : window.name;
    text.textContent = `${image.naturalWidth} × ${image.naturalHeight} pixels, taken at ${taken.toLocaleTimeString()}`;
  };

  const explain = (window: BoardWindow, error: unknown): void => {
    title.textContent = `No picture of ${window.name}`;
    text.textContent = isError(tabs, error, 'notVisible')
      ? pictureWords(error.data.reason)
      : failureWords(error).title;
  };

  return async (
    capture: CapabilityClient<typeof tabs, 'capture'>,
    window: BoardWindow,
    button: HTMLButtonElement,
  ): Promise<void> => {
    button.disabled = true;
    let taken = false;
    try {
      await show(window, await capture.visible({ windowId: window.id }));
      taken = true;
    } catch (error) {
      explain(window, error);
    }
    button.disabled = false;
    image.hidden = save.hidden = !taken;
    dialog.showModal();
  };
};

/** 2026-03-01-14-05-09 in local time. */
const fileTime = (time: Date): string =>
  new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[T:]/g, '-');
