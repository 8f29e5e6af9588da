// Ages, timers and undo bars are told from the station's own clock, never from this window's.

/** The station's clock as last heard, carried on by this window's steady timer. */
export class StationClock {
  #offsetMs = $state(0);
  #tickMs = $state(performance.now());

  /** Takes the station's instant as now. */
  hear(now: string): void {
    const offset = Date.parse(now) - performance.now();
    // A reply is late by its way here; only a real step is worth a repaint of every age.
    if (Math.abs(offset - this.#offsetMs) > 500) this.#offsetMs = offset;
  }

  /** Milliseconds since 1970 on the station's clock, moving once a second. */
  get now(): number {
    return this.#tickMs + this.#offsetMs;
  }

  /** The same to the millisecond, not reactive. */
  exact(): number {
    return performance.now() + this.#offsetMs;
  }

  /** Starts moving; the returned function stops it. */
  run(): () => void {
    const timer = setInterval(() => (this.#tickMs = performance.now()), 1000);
    return () => clearInterval(timer);
  }
}
