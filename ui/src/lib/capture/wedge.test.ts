import { describe, expect, it } from 'vitest';
import { characterOf, WedgeReader, type Key, type Reading } from './wedge';

const key = (code: string, more: Partial<Key> = {}): Key => ({
  code,
  key: '',
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});

const codeOf = (character: string): [string, boolean] =>
  /\d/.test(character) ? [`Digit${character}`, false] : [`Key${character.toUpperCase()}`, /[A-Z]/.test(character)];

/** Types a text as a scanner would, one key every `gapMs`, and ends it. */
function scan(text: string, { gapMs = 8, end = 'Enter', more = {} as Partial<Key>, reader = new WedgeReader(), startMs = 0 } = {}): Reading {
  let atMs = startMs;
  for (const character of text) {
    const [code, shiftKey] = codeOf(character);
    reader.press(key(code, { shiftKey, ...more }), atMs);
    atMs += gapMs;
  }
  return reader.press(key(end), atMs);
}

describe('the wedge reader', () => {
  it('reads a code that ends with Enter or Tab', () => {
    for (const end of ['Enter', 'NumpadEnter', 'Tab']) {
      expect(scan('WHH3PV3KA', { end })).toEqual({ kind: 'frame', text: 'WHH3PV3KA' });
    }
  });

  it('reads the physical key whatever the layout or CapsLock made of it', () => {
    const reader = new WedgeReader();
    reader.press(key('KeyQ', { key: 'a', shiftKey: true }), 0);
    reader.press(key('Digit7', { key: 'è' }), 5);
    expect(reader.press(key('Enter'), 10), 'an AZERTY layout calls these keys a and è').toEqual({ kind: 'frame', text: 'Q7' });
  });

  it('reads every printable character of the US keyboard', () => {
    const made = new Set<string>();
    const codes = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((c) => `Key${c}`);
    codes.push(...[...'0123456789'].map((d) => `Digit${d}`));
    codes.push('Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash', 'Semicolon', 'Quote', 'Backquote', 'Comma', 'Period', 'Slash', 'Space');
    for (const code of codes) for (const shift of [false, true]) made.add(characterOf(code, shift) ?? '?');
    for (let at = 32; at < 127; at += 1) expect(made, `no key makes ${String.fromCharCode(at)}`).toContain(String.fromCharCode(at));
  });

  it('is not fooled by a hand that types slowly', () => {
    expect(scan('WHH3PV3KA', { gapMs: 101 }), 'only the gap before Enter counts, and it was too long').toEqual({ kind: 'ignored' });
  });

  it('accepts the longest gap of a slow scanner', () => {
    expect(scan('WHH3', { gapMs: 100 })).toEqual({ kind: 'frame', text: 'WHH3' });
  });

  it('forgets a torn frame before the next one', () => {
    const reader = new WedgeReader();
    reader.press(key('KeyX'), 0);
    expect(scan('WHH3', { reader, startMs: 500 })).toEqual({ kind: 'frame', text: 'WHH3' });
  });

  it('refuses aloud what an input method has touched', () => {
    for (const more of [{ keyCode: 229 }, { isComposing: true }, { key: 'Process' }]) {
      expect(scan('WHH3', { more })).toMatchObject({ kind: 'garbled' });
    }
    const reader = new WedgeReader();
    reader.press(key('KeyW'), 0);
    reader.compose(4);
    expect(reader.press(key('Enter'), 8)).toMatchObject({ kind: 'garbled' });
  });

  it('leaves Enter, Space and Tab to the buttons when nothing was scanned', () => {
    const reader = new WedgeReader();
    for (const code of ['Enter', 'Space', 'Tab']) expect(reader.press(key(code), 0)).toEqual({ kind: 'ignored' });
  });

  it('never lets the Enter of a scan press the focused button', () => {
    expect(scan('W').kind, 'anything but ignored is swallowed by the window').toBe('frame');
  });

  it('leaves shortcuts alone', () => {
    expect(new WedgeReader().press(key('KeyR', { ctrlKey: true }), 0)).toEqual({ kind: 'ignored' });
  });

  it('hands on an oversize frame without growing forever', () => {
    const reading = scan('A'.repeat(2000), { gapMs: 1 });
    expect(reading.kind === 'frame' && reading.text.length).toBe(513);
  });
});
