// Reads a keyboard-wedge scanner. Pure: keys and times go in, frames come out.
//
// A scanner types faster than any hand and ends with Enter or Tab. Characters come from the physical key by a fixed US
// map, because a scanner presses US keys whatever layout, CapsLock or input method the PC has. If an input method has got
// hold of the keys (composition, key code 229), nothing can be trusted and the frame is refused aloud.

/** A longer pause than this between two keys is a hand, not a scanner. */
export const LONGEST_GAP_MS = 100;
/** No label of any maker carries more; beyond it the frame is still handed on, for the engine to refuse and log. */
export const LONGEST_FRAME = 513;

/** The part of a keyboard event that is read. */
export interface Key {
  code: string;
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/** What a key came to. `took` says that no button may have it. */
export type Reading =
  | { kind: 'ignored' }
  | { kind: 'took' }
  | { kind: 'frame'; text: string }
  | { kind: 'garbled'; text: string };

const PUNCTUATION: Record<string, [string, string]> = {
  Minus: ['-', '_'],
  Equal: ['=', '+'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Backslash: ['\\', '|'],
  Semicolon: [';', ':'],
  Quote: ["'", '"'],
  Backquote: ['`', '~'],
  Comma: [',', '<'],
  Period: ['.', '>'],
  Slash: ['/', '?'],
  Space: [' ', ' '],
  NumpadDecimal: ['.', '.'],
  NumpadAdd: ['+', '+'],
  NumpadSubtract: ['-', '-'],
  NumpadMultiply: ['*', '*'],
  NumpadDivide: ['/', '/'],
};
const SHIFTED_DIGITS = ')!@#$%^&*(';

/** The character of a US keyboard, or nothing if the key makes none. */
export function characterOf(code: string, shift: boolean): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shift ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit) return shift ? (SHIFTED_DIGITS[Number(digit)] ?? null) : digit;
  const pad = /^Numpad(\d)$/.exec(code)?.[1];
  if (pad) return pad;
  return PUNCTUATION[code]?.[shift ? 1 : 0] ?? null;
}

const isEnd = (key: Key) => ['Enter', 'NumpadEnter', 'Tab'].includes(key.code) || key.key === 'Enter' || key.key === 'Tab';
const isComposed = (key: Key) => key.isComposing || key.keyCode === 229 || key.key === 'Process';

/** Gathers the keys of one scan. */
export class WedgeReader {
  #text = '';
  #garbled = false;
  #lastMs = -Infinity;

  /** Reads a key that went down at a time of a steady clock. */
  press(key: Key, atMs: number): Reading {
    if (atMs - this.#lastMs > LONGEST_GAP_MS) this.#forget();
    if (isEnd(key)) return this.#end();
    if (isComposed(key)) {
      this.#garbled = true;
      this.#lastMs = atMs;
      this.#add(characterOf(key.code, key.shiftKey) ?? '');
      return { kind: 'took' };
    }
    if (key.ctrlKey || key.altKey || key.metaKey) return { kind: 'ignored' };
    const character = characterOf(key.code, key.shiftKey);
    // A lone space presses the focused button; no code begins with one.
    if (character === null || (character === ' ' && this.#text === '')) return { kind: 'ignored' };
    this.#lastMs = atMs;
    this.#add(character);
    return { kind: 'took' };
  }

  /** The one character that has been typed so far, if it is one: perhaps a hand at a number pad. */
  get lone(): string | null {
    return this.#text.length === 1 && !this.#garbled ? this.#text : null;
  }

  /** Gives up what was read so far: it was a hand. */
  drop(): void {
    this.#forget();
  }

  /** An input method began to compose: whatever was being scanned is spoiled. */
  compose(atMs: number): void {
    this.#garbled = true;
    this.#lastMs = atMs;
  }

  #add(character: string): void {
    if (this.#text.length < LONGEST_FRAME) this.#text += character;
  }

  #end(): Reading {
    const [text, garbled] = [this.#text, this.#garbled];
    this.#forget();
    if (garbled) return { kind: 'garbled', text };
    return text === '' ? { kind: 'ignored' } : { kind: 'frame', text };
  }

  #forget(): void {
    this.#text = '';
    this.#garbled = false;
    this.#lastMs = -Infinity;
  }
}
