// A pad that wants real keys (an address, a code, a number) takes them before the scanner's reader does.
import { createContext } from 'svelte';

/** Returns whether it took the key. */
export type KeyTaker = (event: KeyboardEvent) => boolean;

export class Keys {
  #taker: KeyTaker | null = null;

  /** Gives keys to a pad; the returned function takes them away again. */
  give(taker: KeyTaker): () => void {
    this.#taker = taker;
    return () => {
      if (this.#taker === taker) this.#taker = null;
    };
  }

  take(event: KeyboardEvent): boolean {
    return this.#taker?.(event) ?? false;
  }
}

export const [keys, provideKeys] = createContext<Keys>();
