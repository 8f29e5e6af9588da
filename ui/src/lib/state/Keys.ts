// A pad that is open may take real keys before, or after, the scanner's reader has seen them.
import { createContext } from 'svelte';

/** Takes every key, scans too. Returns whether it took this one. */
export type EveryKey = (event: KeyboardEvent) => boolean;
/** Takes what a hand types, never a scan. Returns whether it took the key. */
export type SlowKey = (key: string) => boolean;

export class Keys {
  #every: EveryKey | null = null;
  #slow: SlowKey | null = null;

  /** Gives every key to a pad; the returned function takes them away again. */
  give(taker: EveryKey): () => void {
    this.#every = taker;
    return () => {
      if (this.#every === taker) this.#every = null;
    };
  }

  /** Gives a pad what a hand types; the returned function takes it away again. */
  giveSlow(taker: SlowKey): () => void {
    this.#slow = taker;
    return () => {
      if (this.#slow === taker) this.#slow = null;
    };
  }

  every(event: KeyboardEvent): boolean {
    return this.#every?.(event) ?? false;
  }

  slow(key: string): boolean {
    return this.#slow?.(key) ?? false;
  }
}

export const [keys, provideKeys] = createContext<Keys>();
