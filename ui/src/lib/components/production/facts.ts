// The three facts of a pair: upper, size, sole.
import type { PairHead } from '$lib/protocol/PairHead';
import { m, text } from '$lib/i18n';

export interface Fact {
  id: 'upper' | 'size' | 'sole';
  label: string;
  value: string;
  detail: string;
  hex: string | null;
}

/** What must be right before anybody begins; read again whenever the language changes. */
export function factsOf(pair: PairHead): Fact[] {
  const chosen = (group: string) => pair.options.find((option) => option.group === group);
  const [colour, leather, sole] = [chosen('colour'), chosen('leather'), chosen('sole')];
  const { size } = pair;
  const unknown = m.unknown_value();
  return [
    {
      id: 'upper',
      label: m.fact_upper(),
      value: colour ? text(colour.name) : unknown,
      detail: leather ? text(leather.name) : '',
      hex: colour?.hex ?? leather?.hex ?? null,
    },
    {
      id: 'size',
      label: m.fact_size(),
      value: size ? m.fact_size_value({ eu: size.eu }) : unknown,
      detail: size ? m.fact_size_detail({ left: size.left_length_mm, right: size.right_length_mm }) : '',
      hex: null,
    },
    { id: 'sole', label: m.fact_sole(), value: sole ? text(sole.name) : unknown, detail: text(pair.construction), hex: sole?.hex ?? null },
  ];
}
