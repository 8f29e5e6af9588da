import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { captureKeys } from './window';

/** Presses a key on a target at a time; tells whether a button could still have got it. */
function press(target: EventTarget, code: string, key: string, atMs: number): { reachedButton: boolean } {
  const event = Object.assign(new Event('keydown', { cancelable: true }), { code, key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, keyCode: 0 });
  Object.defineProperty(event, 'timeStamp', { value: atMs });
  target.dispatchEvent(event);
  return { reachedButton: !event.defaultPrevented };
}

describe('the window’s keys', () => {
  const frames: string[] = [];
  const typed: string[] = [];
  let target = new EventTarget();
  let stop = () => undefined as void;

  beforeEach(() => {
    vi.useFakeTimers();
    frames.length = typed.length = 0;
    target = new EventTarget();
    stop = captureKeys(target as unknown as Window, {
      frame: (text) => frames.push(text),
      garbled: () => undefined,
      slow: (key) => {
        typed.push(key);
        return true;
      },
    });
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('never put a scan into a number pad', () => {
    [...'12345'].forEach((digit, index) => press(target, `Digit${digit}`, digit, index * 8));
    vi.advanceTimersByTime(40);
    const enter = press(target, 'Enter', 'Enter', 48);
    vi.advanceTimersByTime(1000);
    expect(frames).toEqual(['12345']);
    expect(typed, 'a badge is never a PIN').toEqual([]);
    expect(enter.reachedButton, 'the scanner’s Enter presses nothing').toBe(false);
  });

  it('give a number pad what a hand types', () => {
    press(target, 'Digit4', '4', 0);
    vi.advanceTimersByTime(300);
    press(target, 'Digit2', '2', 300);
    vi.advanceTimersByTime(300);
    press(target, 'Enter', 'Enter', 600);
    expect(typed).toEqual(['4', '2', 'Enter']);
    expect(frames).toEqual([]);
  });

  it('are left alone after the window stops listening', () => {
    stop();
    expect(press(target, 'KeyW', 'w', 0).reachedButton).toBe(true);
  });
});
