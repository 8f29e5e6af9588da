// Pictures of instructions, asked for once each.
import { SvelteMap } from 'svelte/reactivity';
import { ask, type Platform } from '$lib/platform/types';

/** Older pictures go when this many are held: a shift meets a few dozen operations. */
const HELD = 60;

export class Pictures {
  readonly #byHash = new SvelteMap<string, string>();
  readonly #asked = new Set<string>();

  constructor(private readonly platform: Platform) {}

  /** The picture as a data URL; nothing until it has come. */
  get(hash: string): string | undefined {
    return this.#byHash.get(hash);
  }

  /** Asks for pictures not yet held. A picture that does not come leaves its step's words. */
  want(hashes: string[]): void {
    for (const hash of hashes.filter((one) => one !== '' && !this.#asked.has(one))) {
      this.#asked.add(hash);
      ask(this.platform, { command: 'get_picture', args: { hash } }, 'picture')
        .then((url) => this.#hold(hash, url))
        .catch(() => this.#asked.delete(hash));
    }
  }

  #hold(hash: string, url: string): void {
    const oldest = this.#byHash.size >= HELD ? this.#byHash.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#byHash.delete(oldest);
      this.#asked.delete(oldest);
    }
    this.#byHash.set(hash, url);
  }
}
