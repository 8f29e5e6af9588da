// A failure on its way to be recorded: where, what, how bad. Nothing is kept by the engine before the decision.
import type { DefectCard } from '$lib/protocol/DefectCard';
import type { FindingDraft } from '$lib/protocol/FindingDraft';
import type { LocalText } from '$lib/protocol/LocalText';
import type { OperationId } from '$lib/protocol/OperationId';
import type { Severity } from '$lib/protocol/Severity';
import type { Side } from '$lib/protocol/Side';
import type { View } from '$lib/protocol/View';
import type { Place } from '$lib/components/quality/outline';

/** What is asked now: where it is, what it is, what becomes of it. */
export type FailStep = 'place' | 'defect' | 'decision';

/** A defect at its place. */
export interface Found extends Place {
  card: DefectCard;
  severity: Severity;
  side: Side;
}

export class Failing {
  #step = $state<FailStep>('place');
  #view = $state<View>('side');
  #side = $state<Side>('left');
  #place = $state.raw<Place | null>(null);
  #found = $state.raw<readonly Found[]>([]);
  #sendTo = $state.raw<LocalText | null>(null);

  get step(): FailStep {
    return this.#step;
  }
  get view(): View {
    return this.#view;
  }
  get side(): Side {
    return this.#side;
  }
  /** The place that was tapped and still wants its defect. */
  get place(): Place | null {
    return this.#place;
  }
  get found(): readonly Found[] {
    return this.#found;
  }

  /** The operation whose card was scanned; the 返工 card or a press records it. */
  get sendTo(): LocalText | null {
    return this.#sendTo;
  }

  /** The operations that usually mend what was found, in the order of the findings. */
  get mends(): OperationId[] {
    return [...new Set(this.#found.map((one) => one.card.defect.operation))];
  }

  look(view: View): void {
    this.#view = view;
  }

  tap(side: Side, at: { x: number; y: number }): void {
    this.#side = side;
    this.#place = { view: this.#view, ...at };
    this.#step = 'defect';
  }

  /** The defect of the tapped place. Without a place, as by a scanned card, its usual place on the left shoe stands in. */
  pick(card: DefectCard): void {
    const { view, x, y, severity } = card.defect;
    const place = this.#place ?? { view, x, y };
    const side = this.#place ? this.#side : 'left';
    if (!this.#holds(card, side, place)) this.#found = [...this.#found, { card, severity, side, ...place }];
    this.#place = null;
    this.#step = 'decision';
  }

  sendBackTo(operation: LocalText): void {
    this.#sendTo = operation;
  }

  grade(index: number, severity: Severity): void {
    this.#found = this.#found.map((one, at) => (at === index ? { ...one, severity } : one));
  }

  remove(index: number): void {
    this.#found = this.#found.filter((_, at) => at !== index);
    if (this.#found.length === 0) this.#step = 'place';
  }

  another(): void {
    this.#place = null;
    this.#step = 'place';
  }

  /** One step back; false when there is none and the flow is to be left. */
  back(): boolean {
    if (this.#step === 'defect') this.another();
    else if (this.#step === 'place' && this.#found.length > 0) this.#step = 'decision';
    else if (this.#step === 'decision') this.another();
    else return false;
    return true;
  }

  drafts(): FindingDraft[] {
    return this.#found.map(({ card, severity, side, view, x, y }) => ({ defect: card.defect.id, severity, side, view, x, y }));
  }

  #holds(card: DefectCard, side: Side, place: Place): boolean {
    return this.#found.some((one) => one.card.defect.id === card.defect.id && one.side === side && one.view === place.view && one.x === place.x && one.y === place.y);
  }
}
