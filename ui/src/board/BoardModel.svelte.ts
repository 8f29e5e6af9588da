// The board as its screens see it: read again when work changes, never more often than a person can follow.
import type { Board } from '$lib/protocol/Board';
import { ask } from '$lib/platform/types';
import type { StationModel } from '$lib/state/StationModel.svelte';

/** Changes closer together than this are shown together: fifty a second must not cost fifty repaints. */
export const SHORTEST_MS = 1_000;
/** Late, silent and overrun come with time alone. */
export const AGAIN_MS = 30_000;

export class BoardModel {
  #board = $state.raw<Board | null>(null);
  #due: ReturnType<typeof setTimeout> | null = null;
  #readAt = 0;

  constructor(private readonly station: StationModel) {}

  get board(): Board | null {
    return this.#board;
  }

  /** Begins to read; the returned function stops it. */
  run(): () => void {
    void this.#read();
    const stops = [
      this.station.onChange('work', () => this.#soon()),
      this.station.onChange('state', () => this.#soon()),
    ];
    const timer = setInterval(() => this.#soon(), AGAIN_MS);
    return () => {
      stops.forEach((stop) => stop());
      clearInterval(timer);
      if (this.#due) clearTimeout(this.#due);
    };
  }

  #soon(): void {
    if (this.#due) return;
    const wait = Math.max(0, this.#readAt + SHORTEST_MS - performance.now());
    this.#due = setTimeout(() => {
      this.#due = null;
      void this.#read();
    }, wait);
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    // The board of a moment ago, with its age, is better than none.
    const board = await ask(this.station.platform, { command: 'get_board', args: {} }, 'board').catch(() => null);
    if (board) this.#board = board;
  }
}
