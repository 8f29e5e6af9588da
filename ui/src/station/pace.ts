// How the time worked compares with the standard: said at 80, 100 and 120 %.

export type Pace = 'ok' | 'at_80' | 'at_100' | 'at_120';

/** The pace of a job; without a standard there is none to miss. */
export function paceOf(workedS: number, standardS: number): Pace {
  if (standardS <= 0) return 'ok';
  // Whole hundredths, so that exactly 120 % is not lost to rounding.
  const percent = (workedS * 100) / standardS;
  if (percent >= 120) return 'at_120';
  if (percent >= 100) return 'at_100';
  return percent >= 80 ? 'at_80' : 'ok';
}
