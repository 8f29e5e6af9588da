// The answers to scans and presses: the one in the band, the earlier ones, and how long each stays loud.
import type { Answer } from '$lib/protocol/Answer';
import { say } from '$lib/i18n/say';
import type { StationClock } from './StationClock.svelte';

/** How long an answer stays loud when nothing can be taken back. */
export const LOUD_MS = 3_000;
/** Earlier answers that can be looked at again. */
export const KEPT = 20;

export class AnswerModel {
  #kept = $state.raw<readonly Answer[]>([]);
  #quietAt = $state(0);
  #closedUndo = $state(0);

  constructor(private readonly clock: StationClock) {}

  /** The answer in the band. */
  get current(): Answer | null {
    return this.#kept[0] ?? null;
  }

  /** Earlier answers, newest first. */
  get earlier(): readonly Answer[] {
    return this.#kept.slice(1);
  }

  /** Seconds in which the current answer can still be taken back; 0 when it cannot. */
  get undoS(): number {
    const { undo_until: until, at, number } = this.current ?? {};
    if (!until || !at || this.#closedUndo === number) return 0;
    // The screen's clock ticks by the second and may be behind the answer: never promise more than there is.
    const leftMs = Math.min(Date.parse(until) - this.clock.now, Date.parse(until) - Date.parse(at));
    return Math.max(0, Math.ceil(leftMs / 1000));
  }

  /** Whether the band speaks up; afterwards it stays readable but calm. */
  get loud(): boolean {
    return this.current !== null && (this.undoS > 0 || this.clock.now < this.#quietAt);
  }

  /** What was refused since an answer, in words; panels that lie over the band say it themselves. */
  refusalAfter(number: number, now: number): string | undefined {
    const current = this.current;
    const refused = current !== null && (current.kind === 'refused' || current.kind === 'unknown');
    return refused && current.number !== number ? say(current.message, now) : undefined;
  }

  /** Takes an answer, once: it may come as the reply to a command and again as an event. */
  take(answer: Answer): boolean {
    if (this.#kept.some((kept) => kept.number === answer.number && kept.at === answer.at)) return false;
    this.#kept = [answer, ...this.#kept].slice(0, KEPT);
    this.#quietAt = this.clock.exact() + LOUD_MS;
    return true;
  }

  /** Says something else about an answer already taken, as when the window knows better what went wrong. */
  amend(answer: Answer): void {
    this.#kept = this.#kept.map((kept) => (kept.number === answer.number && kept.at === answer.at ? answer : kept));
  }

  /** The undo bar goes as soon as it was pressed. */
  closeUndo(): void {
    this.#closedUndo = this.current?.number ?? 0;
  }
}
