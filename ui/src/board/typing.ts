// Which real keys belong to the search field, and which to the scanner. One of our codes begins with a letter, so a burst that
// begins with a letter is a scan and goes to the engine; digits are a number to look for, typed or scanned.

/** A longer pause than this begins a new burst. */
export const BURST_MS = 100;

export class SearchKeys {
  #keyAt = -Infinity;
  #took = true;

  /** Whether the field takes this key. */
  takes(key: string, atMs: number): boolean {
    const begins = atMs - this.#keyAt > BURST_MS;
    this.#keyAt = atMs;
    this.#took = (begins || this.#took) && (/^[0-9-]$/.test(key) || key === 'Backspace');
    return this.#took;
  }
}
