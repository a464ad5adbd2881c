import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandWatch, type HandWatch, type WatchedView } from '../../../src/ui/consent/hand-watch.js';

const fakeView = () => {
  const view = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), {
      visibilityState: 'visible' as DocumentVisibilityState,
      focused: true,
      hasFocus: () => view.document.focused,
      documentElement: new EventTarget(),
    }),
    screenX: 100,
    screenY: 100,
    outerWidth: 420,
    outerHeight: 600,
  });
  return view;
};

/** As a browser makes it; scripts can't. */
const trusted = (type: string, more: object = {}): Event =>
  Object.defineProperties(
    new Event(type),
    Object.fromEntries(Object.entries({ isTrusted: true, ...more }).map(([key, value]) => [key, { value }])),
  );

describe('[A11] the watch over the hand', () => {
  let view: ReturnType<typeof fakeView>;
  let watch: HandWatch;
  const tell = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    tell.mockClear();
    view = fakeView();
    watch = createHandWatch(view as unknown as WatchedView, tell);
  });
  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });

  const move = (screenX: number, more: object = {}) =>
    view.dispatchEvent(trusted('pointermove', { screenX, screenY: 300, pointerType: 'mouse', ...more }));
  const leave = () => view.document.documentElement.dispatchEvent(trusted('pointerleave'));
  const key = (name: string) => view.dispatchEvent(trusted('keydown', { key: name }));

  test('nobody is leaving who has done nothing', () => {
    expect(watch.state).toBe('here');
    leave();
    vi.advanceTimersByTime(60_000);
    expect(watch.state).toBe('here');
  });

  test('a pointer that moved on the page and left it may be about to close the window', () => {
    move(200);
    move(210);
    expect(watch.state).toBe('here');
    leave();
    expect(watch.state).toBe('leaving');
    expect(tell).toHaveBeenCalledTimes(1);
    move(205);
    expect(watch.state).toBe('here');
  });

  test('a window that is put under a pointer that rests, and taken away again, tells nothing', () => {
    move(200);
    move(200);
    leave();
    expect(watch.state).toBe('here');
  });

  test.each([{ screenX: 900 }, { screenY: -300 }, { outerWidth: 100 }, { outerHeight: 100 }])(
    'nor does one that is taken from under a pointer that moved: %j',
    (place) => {
      move(200);
      move(210);
      Object.assign(view, place);
      leave();
      expect(watch.state).toBe('here');
    },
  );

  test('a finger is nowhere once it has touched', () => {
    view.dispatchEvent(trusted('pointerdown', { screenX: 1, screenY: 1, pointerType: 'touch' }));
    expect(watch.state).toBe('leaving');
  });

  test.each(['Control', 'Alt', 'Meta'])('%s may begin what closes a window, for a moment', (name) => {
    move(200);
    move(210);
    key(name);
    expect(watch.state).toBe('leaving');
    vi.advanceTimersByTime(3_000);
    expect(watch.state).toBe('here');
    expect(tell).toHaveBeenCalledTimes(2);
  });

  test('whoever has only the keyboard is leaving from the first key on', () => {
    key('Tab');
    expect(watch.state).toBe('leaving');
  });

  test('what a script makes up tells nothing', () => {
    view.dispatchEvent(Object.assign(new Event('keydown'), { key: 'Control' }));
    for (const screenX of [1, 2])
      view.dispatchEvent(Object.assign(new Event('pointermove'), { screenX, screenY: 1 }));
    view.document.documentElement.dispatchEvent(new Event('pointerleave'));
    expect(watch.state).toBe('here');
  });

  test.each(['beforeunload', 'pagehide'])('a page that goes is hidden by its going: %s', (type) => {
    key('Tab');
    tell.mockClear();
    view.dispatchEvent(new Event(type));
    view.document.visibilityState = 'hidden';
    view.document.dispatchEvent(new Event('visibilitychange'));
    expect(watch.state).toBe('leaving');
    expect(tell).not.toHaveBeenCalled();
    // It has stayed.
    vi.advanceTimersByTime(1_000);
    expect(watch.state).toBe('away');
    expect(tell).toHaveBeenCalledTimes(1);
  });

  test('a window that is not in front is left by nobody', () => {
    key('Tab');
    view.document.focused = false;
    view.dispatchEvent(new Event('blur'));
    expect(watch.state).toBe('away');
    view.document.focused = true;
    view.document.visibilityState = 'hidden';
    view.document.dispatchEvent(new Event('visibilitychange'));
    expect(watch.state).toBe('away');
    view.document.visibilityState = 'visible';
    view.dispatchEvent(new Event('focus'));
    expect(watch.state).toBe('leaving');
  });
});
