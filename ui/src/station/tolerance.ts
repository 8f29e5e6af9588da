// Whether a measured value is within tolerance. Values are decimals as text, as the factory's data holds them.
import type { Parameter } from '$lib/protocol/Parameter';
import { m } from '$lib/i18n';

/** Why a value may be out of tolerance; the id is recorded, the word is shown. */
export const OUT_REASONS = [
  { id: 'leather', word: m.reason_leather },
  { id: 'machine', word: m.reason_machine },
  { id: 'customer', word: m.reason_customer },
  { id: 'supervisor', word: m.reason_supervisor },
];

/** Whether a value lies outside its parameter's tolerance; the limits themselves are inside. */
export function isOut(parameter: Pick<Parameter, 'min' | 'max'>, value: string): boolean {
  const measured = value === '' ? NaN : Number(value);
  return !Number.isFinite(measured) || measured < Number(parameter.min) || measured > Number(parameter.max);
}
