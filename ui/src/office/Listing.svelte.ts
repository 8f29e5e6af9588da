// A list that a page shows: fetched, searched, and fetched again after every change. What is over stays out of sight until
// it is asked for.
import type { OfficeRefused } from '$lib/platform/office';
import type { OfficeModel } from './OfficeModel.svelte';

export class Listing<Line> {
  lines = $state.raw<Line[] | null>(null);
  refused = $state.raw<OfficeRefused | null>(null);
  search = $state('');
  showsPast = $state(false);

  constructor(
    private readonly model: OfficeModel,
    private readonly fetchLines: () => Promise<Line[]>,
    /** The words of a line that a search looks at. */
    private readonly wordsOf: (line: Line) => string,
    /** How lines are ordered; asked at every paint, because names sort otherwise in the other language. */
    private readonly order: (a: Line, b: Line) => number = () => 0,
    /** Whether a line is over: revoked, closed. Shown only on demand, and last. */
    private readonly isPast: (line: Line) => boolean = () => false,
  ) {}

  /** How many lines are over. */
  get past(): number {
    return (this.lines ?? []).filter(this.isPast).length;
  }

  /** What fits the search; every word of it must be found. */
  get shown(): Line[] {
    const wanted = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const listed = (this.lines ?? []).filter((line) => this.showsPast || !this.isPast(line));
    const found = listed.filter((line) => {
      const words = this.wordsOf(line).toLowerCase();
      return wanted.every((word) => words.includes(word));
    });
    return found.sort((a, b) => Number(this.isPast(a)) - Number(this.isPast(b)) || this.order(a, b));
  }

  async fetch(): Promise<void> {
    this.refused = await this.model.attempt(async () => {
      this.lines = await this.fetchLines();
    });
  }
}
