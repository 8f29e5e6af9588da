import { describe, expect, it } from 'vitest';
import type { Characteristic } from '$lib/protocol/Characteristic';
import { CheckList, inTolerance } from './CheckList.svelte';

const attribute = (id: string): Characteristic => ({ id, name: { zh: id, en: id }, kind: 'attribute', unit: '', min: null, max: null, decimals: 0 });
const height: Characteristic = { ...attribute('height'), kind: 'measured', unit: 'mm', min: '24.0', max: '26.0', decimals: 1 };
const list = () => new CheckList(() => [attribute('bond'), attribute('nails'), height]);

describe('the checklist', () => {
  it('has judged nothing at first', () => {
    expect(list().failed()).toEqual([]);
    expect(list().bad).toBe(0);
  });

  it('passes with everything that the eye judges, and with no number that nobody measured', () => {
    expect(list().passed()).toEqual([
      { characteristic: 'bond', good: true, value: null },
      { characteristic: 'nails', good: true, value: null },
    ]);
  });

  it('records a measured value with what it means', () => {
    const checks = list();
    checks.measure('height', '25.0');
    expect(checks.passed()).toContainEqual({ characteristic: 'height', good: true, value: '25.0' });
    checks.measure('height', '26.1');
    expect(checks.failed()).toEqual([{ characteristic: 'height', good: false, value: '26.1' }]);
    expect(checks.bad).toBe(1);
  });

  it('takes a judgement back when it is said again', () => {
    const checks = list();
    checks.judge('bond', false);
    expect(checks.bad).toBe(1);
    checks.judge('bond', false);
    expect(checks.verdict(attribute('bond'))).toBe(null);
  });

  it('forgets a value that was cleared', () => {
    const checks = list();
    checks.measure('height', '25.0');
    checks.measure('height', '');
    expect(checks.verdict(height)).toBe(null);
  });
});

describe('a tolerance', () => {
  it('includes its ends, and is open where no end is given', () => {
    expect(inTolerance(height, '24.0')).toBe(true);
    expect(inTolerance(height, '23.9')).toBe(false);
    expect(inTolerance({ min: null, max: '1.0' }, '-5')).toBe(true);
  });
});
