// The words of answers, once they are there. Whoever says a message before that says it anew when they come.
import type * as Words from './answers';

class Answers {
  #words = $state.raw<typeof Words | null>(null);
  #missing = $state.raw(false);
  /** Fulfilled when there is nothing more to wait for. */
  readonly settled: Promise<void>;

  constructor() {
    this.settled = import('./answers').then(
      (words) => {
        this.#words = words;
      },
      () => {
        this.#missing = true;
      },
    );
  }

  get words(): typeof Words | null {
    return this.#words;
  }

  /** Whether they cannot be fetched at all. */
  get missing(): boolean {
    return this.#missing;
  }
}

export const answers = new Answers();
