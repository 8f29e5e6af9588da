import { describe, expect, it } from 'vitest';
import type { Measured } from '$lib/protocol/Measured';
import { readingIn, readingNowhere } from './reading';

const calliper: Measured = {
  instrument: 'COM4',
  values: [
    { unit: 'cm', value: '1.23' },
    { unit: 'mm', value: '12.3' },
  ],
  refused: null,
};
const moving: Measured = { instrument: 'COM4', values: [], refused: { code: 'reading_moving', params: { path: { type: 'text', value: 'COM4' } } } };

describe('a reading', () => {
  it('is taken in the unit that is asked for', () => {
    expect(readingIn(calliper, 'mm')).toEqual({ value: '12.3' });
    expect(readingIn(calliper, 'cm')).toEqual({ value: '1.23' });
  });

  it('in another unit is refused with both', () => {
    const taken = readingIn(calliper, 'kg');
    expect(taken.value, 'never a number in the wrong unit').toBeUndefined();
    expect(taken.refused).toMatchObject({ code: 'reading_other_unit', params: { sent: { value: 'cm' }, wanted: { value: 'kg' } } });
  });

  it('that is none says why, also while no value is open', () => {
    expect(readingIn(moving, 'mm').refused?.code).toBe('reading_moving');
    expect(readingNowhere(moving).code).toBe('reading_moving');
    expect(readingNowhere(calliper)).toMatchObject({ code: 'reading_nowhere', params: { value: { value: '1.23 cm' } } });
  });
});
