import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ATTENTION,
  type AttentionGuard,
  createAttentionGuard,
  type GuardedView,
} from '../../../src/ui/consent/attention-guard.js';
import { createPressGuard } from '../../../src/ui/consent/press-guard.js';

const fakeView = () => {
  const view = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), {
      visibilityState: 'visible' as DocumentVisibilityState,
      focused: true,
      hasFocus: () => view.document.focused,
    }),
    screenX: 10,
    screenY: 10,
  });
  return view;
};

describe('the attention guard', () => {
  let view: ReturnType<typeof fakeView>;
  let guard: AttentionGuard;
  const tell = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    tell.mockClear();
    view = fakeView();
    guard = createAttentionGuard(view as unknown as GuardedView, tell);
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
    expect(tell).toHaveBeenCalledTimes(2);
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
    view.screenY -= 300;
    vi.advanceTimersByTime(100);
    expect(guard.attention).toBe('waiting');
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
    view.dispatchEvent(new Event('blur'));
    expect(vi.getTimerCount()).toBe(0);
    expect(tell).toHaveBeenCalledTimes(2);
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
    expect(guard.counts({ detail: 1 })).toBe(true);
  });

  test('a button that went down too early does not count when it comes up', () => {
    const state = press(false);
    state.guard.onPress();
    expect(state.tooSoon).toBe(1);
    state.seen = true;
    expect(state.guard.counts({ detail: 1 })).toBe(false);
    expect(state.tooSoon).toBe(2);
    state.guard.onPress();
    expect(state.guard.counts({ detail: 1 })).toBe(true);
  });

  test('nor the second click of a double one', () => {
    const { guard } = press();
    guard.onPress();
    expect(guard.counts({ detail: 2 })).toBe(false);
  });

  test('nor a click while the window is not seen, whatever made it', () => {
    expect(press(false).guard.counts({ detail: 0 })).toBe(false);
  });

  test('a screen reader presses without a press', () => {
    expect(press().guard.counts({ detail: 0 })).toBe(true);
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
    expect(state.guard.counts({ detail: 0 })).toBe(false);
  });

  test('other keys are none of its business', () => {
    const state = press(false);
    const tab = key({ key: 'Tab', repeat: true });
    state.guard.onKey(tab);
    expect(tab.preventDefault).not.toHaveBeenCalled();
    expect(state.tooSoon).toBe(0);
  });
});
