import { describe, expect, it } from 'vitest';
import { paceOf } from './pace';
import { isOut } from './tolerance';

describe('the pace of a job', () => {
  it('is said at 80, 100 and 120 % of the standard, not a second before', () => {
    const cases: [number, string][] = [[0, 'ok'], [2879, 'ok'], [2880, 'at_80'], [3599, 'at_80'], [3600, 'at_100'], [4319, 'at_100'], [4320, 'at_120'], [99_999, 'at_120']];
    for (const [worked, pace] of cases) expect(paceOf(worked, 3600), `${worked} s`).toBe(pace);
  });

  it('cannot be missed where there is no standard', () => {
    expect(paceOf(9999, 0)).toBe('ok');
  });
});

describe('a tolerance', () => {
  const pitch = { min: '2.0', max: '2.4' };

  it('includes its limits', () => {
    for (const value of ['2.0', '2.4', '2', '2.20']) expect(isOut(pitch, value), value).toBe(false);
  });

  it('excludes what lies beyond them, and what is no number', () => {
    for (const value of ['1.99', '2.41', '22', '.', '']) expect(isOut(pitch, value), value).toBe(true);
  });
});
