// A list that a page shows: fetched, searched, and fetched again after every change.
import type { OfficeRefused } from '$lib/platform/office';
import type { OfficeModel } from './OfficeModel.svelte';

export class Listing<Line> {
  lines = $state.raw<Line[] | null>(null);
  refused = $state.raw<OfficeRefused | null>(null);
  search = $state('');

  constructor(
    private readonly model: OfficeModel,
    private readonly fetchLines: () => Promise<Line[]>,
    /** The words of a line that a search looks at. */
    private readonly wordsOf: (line: Line) => string,
    /** How lines are ordered; asked at every paint, because names sort otherwise in the other language. */
    private readonly order: (a: Line, b: Line) => number = () => 0,
  ) {}

  /** What fits the search; every word of it must be found. */
  get shown(): Line[] {
    const wanted = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = (this.lines ?? []).filter((line) => {
      const words = this.wordsOf(line).toLowerCase();
      return wanted.every((word) => words.includes(word));
    });
    return found.sort(this.order);
  }

  async fetch(): Promise<void> {
    this.refused = await this.model.attempt(async () => {
      this.lines = await this.fetchLines();
    });
  }
}
