// What an inspector has judged so far. Nothing is judged until he says so: a pass vouches for whatever the eye can judge,
// never for a number that nobody measured.
import type { Characteristic } from '$lib/protocol/Characteristic';
import type { CharacteristicId } from '$lib/protocol/CharacteristicId';
import type { CharacteristicResult } from '$lib/protocol/CharacteristicResult';

/** Whether a measured value lies within its tolerance; an end that is not given is open. */
export function inTolerance({ min, max }: Pick<Characteristic, 'min' | 'max'>, value: string): boolean {
  const measured = Number(value);
  return (min === null || measured >= Number(min)) && (max === null || measured <= Number(max));
}

export class CheckList {
  #judged = $state.raw<Readonly<Record<CharacteristicId, boolean>>>({});
  #values = $state.raw<Readonly<Record<CharacteristicId, string>>>({});

  constructor(private readonly characteristics: () => readonly Characteristic[]) {}

  /** Good, not good, or not yet judged. */
  verdict(characteristic: Characteristic): boolean | null {
    const value = this.#values[characteristic.id];
    if (characteristic.kind === 'measured') return value === undefined ? null : inTolerance(characteristic, value);
    return this.#judged[characteristic.id] ?? null;
  }

  value(id: CharacteristicId): string | null {
    return this.#values[id] ?? null;
  }

  /** Says good or not good; saying the same again takes it back. */
  judge(id: CharacteristicId, good: boolean): void {
    const { [id]: before, ...rest } = this.#judged;
    this.#judged = before === good ? rest : { ...rest, [id]: good };
  }

  measure(id: CharacteristicId, value: string): void {
    const { [id]: _, ...rest } = this.#values;
    this.#values = value === '' ? rest : { ...rest, [id]: value };
  }

  /** How many are not good. */
  get bad(): number {
    return this.characteristics().filter((one) => this.verdict(one) === false).length;
  }

  /** What is recorded with a pass: everything that is judged by eye is good. */
  passed(): CharacteristicResult[] {
    return this.#results((one) => (one.kind === 'attribute' ? true : this.verdict(one)));
  }

  /** What is recorded with a failure: only what was judged. */
  failed(): CharacteristicResult[] {
    return this.#results((one) => this.verdict(one));
  }

  #results(verdict: (characteristic: Characteristic) => boolean | null): CharacteristicResult[] {
    return this.characteristics().flatMap((one) => {
      const good = verdict(one);
      return good === null ? [] : [{ characteristic: one.id, good, value: this.value(one.id) }];
    });
  }
}
