// A tolerance in words, open where an end is not given.
import type { Characteristic } from '$lib/protocol/Characteristic';
import { m } from '$lib/i18n';

export function rangeOf({ min, max, unit }: Pick<Characteristic, 'min' | 'max' | 'unit'>): string {
  if (min !== null && max !== null) return m.job_range({ min, max, unit });
  if (min !== null) return m.range_at_least({ min, unit });
  return max === null ? unit : m.range_at_most({ max, unit });
}
