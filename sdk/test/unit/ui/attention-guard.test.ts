import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ATTENTION,
  type AttentionGuard,
  createAttentionGuard,
  type GuardedView,
} from '../../../src/ui/guard/attention-guard.js';
import { createPressGuard } from '../../../src/ui/guard/press-guard.js';

const fakeView = () => {
  const view = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), {
      visibilityState: 'visible' as DocumentVisibilityState,
      focused: true,
      hasFocus: () => view.document.focused,
    }),
    screenX: 10,
    screenY: 10,
    outerWidth: 420,
    outerHeight: 600,
    screen: { availLeft: 0, availTop: 0, availWidth: 1200, availHeight: 800 },
  });
  return view;
};

describe('the attention guard', () => {
  let view: ReturnType<typeof fakeView>;
  let guard: AttentionGuard;
  const sight = { isClear: true, rest: Number.POSITIVE_INFINITY, forget: vi.fn() };
  const tell = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    tell.mockClear();
    view = fakeView();
    Object.assign(sight, { isClear: true, rest: Number.POSITIVE_INFINITY });
    guard = createAttentionGuard(view as unknown as GuardedView, sight, tell);
  });
  afterEach(() => {
    guard.stop();
    vi.useRealTimers();
  });

  test('arms after half a second in front, not a moment before', () => {
    vi.advanceTimersByTime(ATTENTION - 1);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(guard.attention).toBe('armed');
  });

  test.each(['focus', 'blur', 'resize', 'pageshow'])('begins anew at %s', (type) => {
    vi.advanceTimersByTime(ATTENTION);
    view.dispatchEvent(new Event(type));
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(ATTENTION - 1);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(guard.attention).toBe('armed');
  });

  test('an interruption in the middle of the wait makes it whole again', () => {
    vi.advanceTimersByTime(ATTENTION - 100);
    view.dispatchEvent(new Event('resize'));
    vi.advanceTimersByTime(ATTENTION - 1);
    expect(guard.attention).toBe('waiting');
  });

  test('begins anew when the window is moved, of which no event tells', () => {
    vi.advanceTimersByTime(ATTENTION);
    view.screenX += 1;
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(ATTENTION);
    view.screenY += 3;
    // Nobody has looked since.
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
  });

  test.each([
    ['half above', { screenY: -300 }],
    ['beyond the left edge', { screenX: -40 }],
    ['beyond the right one', { screenX: 1000 }],
    ['below', { screenY: 300 }],
    ['larger than it', { outerHeight: 900 }],
    [
      'across two of them',
      { screenX: 1100, screen: { availLeft: 1200, availTop: 0, availWidth: 1200, availHeight: 800 } },
    ],
  ])('[A11] a window that lies %s of the screen allows nothing, at once and for as long', (_where, place) => {
    vi.advanceTimersByTime(ATTENTION);
    const before = { ...view };
    Object.assign(view, place);
    expect(guard.attention).toBe('off-screen');
    vi.advanceTimersByTime(10 * ATTENTION);
    expect(guard.attention).toBe('off-screen');
    expect(guard.isSettled).toBe(true);
    const { screenX, screenY, outerWidth, outerHeight, screen } = before;
    Object.assign(view, { screenX, screenY, outerWidth, outerHeight, screen });
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(ATTENTION);
    expect(guard.attention).toBe('armed');
  });

  test('a window that fills the screen lies within it: in Windows it reaches over its edges by 8 pixels', () => {
    Object.assign(view, { screenX: -8, screenY: -8, outerWidth: 1216, outerHeight: 816 });
    vi.advanceTimersByTime(ATTENTION + 100);
    expect(guard.attention).toBe('armed');
  });

  test('[A11] what is not in view allows nothing, and has to be in view for half a second', () => {
    vi.advanceTimersByTime(ATTENTION);
    sight.isClear = false;
    expect(guard.attention).toBe('unseen');
    vi.advanceTimersByTime(ATTENTION);
    sight.isClear = true;
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(ATTENTION);
    expect(guard.attention).toBe('armed');
  });

  test('what moves under the pointer has to stand still first', () => {
    vi.advanceTimersByTime(ATTENTION);
    sight.rest = 0;
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(2 * ATTENTION);
    expect(guard.attention).toBe('waiting');
    sight.rest = ATTENTION;
    vi.advanceTimersByTime(ATTENTION + 100);
    expect(guard.attention).toBe('armed');
  });

  test('what was seen before the window was moved, resized or left says nothing', () => {
    for (const disturb of [
      () => view.dispatchEvent(new Event('resize')),
      () => view.dispatchEvent(new Event('focus')),
      () => {
        view.screenX++;
        vi.advanceTimersByTime(100);
      },
    ]) {
      sight.forget.mockClear();
      disturb();
      expect(sight.forget).toHaveBeenCalled();
    }
  });

  test('a no waits for the window alone, and not for its place', () => {
    expect(guard.isSettled).toBe(false);
    vi.advanceTimersByTime(ATTENTION);
    expect(guard.isSettled).toBe(true);
    view.screenX += 5;
    view.dispatchEvent(new Event('resize'));
    vi.advanceTimersByTime(100);
    expect([guard.attention, guard.isSettled]).toEqual(['waiting', true]);
    view.document.focused = false;
    expect(guard.isSettled).toBe(false);
    view.dispatchEvent(new Event('blur'));
    view.document.focused = true;
    view.dispatchEvent(new Event('focus'));
    expect(guard.isSettled).toBe(false);
    vi.advanceTimersByTime(ATTENTION);
    expect(guard.isSettled).toBe(true);
  });

  test('a window that is hidden, or without focus, never arms', () => {
    view.document.visibilityState = 'hidden';
    view.document.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(10 * ATTENTION);
    expect(guard.attention).toBe('away');
    view.document.visibilityState = 'visible';
    view.document.focused = false;
    view.document.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(10 * ATTENTION);
    expect(guard.attention).toBe('away');
  });

  test('a focus that is lost without an event disarms at once, and is noticed when it is back', () => {
    vi.advanceTimersByTime(ATTENTION);
    view.document.focused = false;
    expect(guard.attention).toBe('away');
    vi.advanceTimersByTime(100);
    view.document.focused = true;
    expect(guard.attention).toBe('away');
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
    vi.advanceTimersByTime(ATTENTION);
    expect(guard.attention).toBe('armed');
  });

  test('stops for good', () => {
    vi.advanceTimersByTime(ATTENTION);
    guard.stop();
    tell.mockClear();
    view.dispatchEvent(new Event('blur'));
    view.dispatchEvent(new Event('resize'));
    expect(vi.getTimerCount()).toBe(0);
    expect(tell).not.toHaveBeenCalled();
  });
});

describe('the press guard', () => {
  const press = (seen = true) => {
    const state = { seen, tooSoon: 0 };
    const guard = createPressGuard(
      () => state.seen,
      () => {
        state.tooSoon++;
      },
    );
    return Object.assign(state, { guard });
  };
  const key = (more: Partial<KeyboardEvent>) =>
    ({ key: 'Enter', repeat: false, preventDefault: vi.fn(), ...more }) as unknown as KeyboardEvent;

  test('a click counts that begins and ends while the window is seen', () => {
    const { guard } = press();
    guard.onPress();
    expect(guard.counts({ detail: 1, isTrusted: true })).toBe(true);
  });

  test('a button that went down too early does not count when it comes up', () => {
    const state = press(false);
    state.guard.onPress();
    expect(state.tooSoon).toBe(1);
    state.seen = true;
    expect(state.guard.counts({ detail: 1, isTrusted: true })).toBe(false);
    expect(state.tooSoon).toBe(2);
    state.guard.onPress();
    expect(state.guard.counts({ detail: 1, isTrusted: true })).toBe(true);
  });

  test('nor the second click of a double one', () => {
    const { guard } = press();
    guard.onPress();
    expect(guard.counts({ detail: 2, isTrusted: true })).toBe(false);
  });

  test('nor a click while the window is not seen, whatever made it', () => {
    expect(press(false).guard.counts({ detail: 0, isTrusted: true })).toBe(false);
  });

  test('nor one that a script has made', () => {
    const { guard } = press();
    guard.onPress();
    expect(guard.counts({ detail: 1, isTrusted: false })).toBe(false);
  });

  test('a screen reader presses without a press', () => {
    expect(press().guard.counts({ detail: 0, isTrusted: true })).toBe(true);
  });

  test.each(['Enter', ' '])('a key %j that is held down is no click', (name) => {
    const state = press(false);
    const held = key({ key: name, repeat: true });
    state.guard.onKey(held);
    expect(held.preventDefault).toHaveBeenCalledOnce();
    const fresh = key({ key: name });
    state.guard.onKey(fresh);
    expect(fresh.preventDefault).not.toHaveBeenCalled();
    state.seen = true;
    expect(state.guard.counts({ detail: 0, isTrusted: true })).toBe(false);
  });

  test('other keys are none of its business', () => {
    const state = press(false);
    const tab = key({ key: 'Tab', repeat: true });
    state.guard.onKey(tab);
    expect(tab.preventDefault).not.toHaveBeenCalled();
    expect(state.tooSoon).toBe(0);
  });
});
