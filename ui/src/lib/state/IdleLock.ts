// Locks the screen after a minute without a touch or a scan. It hides data; it makes no scan void.
import type { StationModel } from './StationModel.svelte';

export const IDLE_MS = 60_000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

export class IdleLock {
  #seenMs = performance.now();

  constructor(private readonly station: StationModel) {}

  /** Watches the window; the returned function stops it. */
  watch(target: Window): () => void {
    const alive = () => (this.#seenMs = performance.now());
    const stops = new AbortController();
    for (const sign of SIGNS_OF_LIFE) target.addEventListener(sign, alive, { capture: true, passive: true, signal: stops.signal });
    const unheard = this.station.onAnswer(alive);
    const timer = setInterval(() => this.#look(), 1000);
    return () => {
      stops.abort();
      unheard();
      clearInterval(timer);
    };
  }

  #look(): void {
    if (performance.now() - this.#seenMs < IDLE_MS) return;
    this.#seenMs = performance.now();
    if (this.station.state?.worker) void this.station.act({ command: 'lock', args: {} });
  }
}
