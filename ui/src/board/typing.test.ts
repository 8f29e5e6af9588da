import { describe, expect, it } from 'vitest';
import { SearchKeys } from './typing';

/** Presses keys this far apart; tells which of them the field took. */
function pressed(keys: readonly string[], gapMs: number): string {
  const search = new SearchKeys();
  return keys.filter((key, index) => search.takes(key, index * gapMs)).join('');
}

describe('the search field', () => {
  it('takes a number typed by hand', () => {
    expect(pressed([...'2611-007'], 220)).toBe('2611-007');
  });

  it('takes a number that a scanner reads from a paper of the office', () => {
    expect(pressed([...'2611007'], 5)).toBe('2611007');
  });

  it('leaves every key of one of our codes to the engine', () => {
    expect(pressed([...'WHH3PV3K9'], 5)).toBe('');
  });

  it('takes digits again after a scan', () => {
    const search = new SearchKeys();
    [...'WHH3PV3K9'].forEach((key, index) => search.takes(key, index * 5));
    expect(search.takes('7', 1_000)).toBe(true);
  });
});
