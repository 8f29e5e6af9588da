import { describe, expect, it } from 'vitest';
import { visibleItems } from './visibleRows';

const view = { count: 300, columns: 3, rowHeight: 260, scrollTop: 0, height: 560 };

describe('a long grid', () => {
  it('keeps a screenful and one spare row', () => {
    expect(visibleItems(view)).toEqual({ from: 0, to: 12, total: 26_000 });
  });

  it('moves with the scroll', () => {
    expect(visibleItems({ ...view, scrollTop: 2600 })).toMatchObject({ from: 27, to: 42 });
  });

  it('ends with the final item, even when the list has shrunk under the scroll', () => {
    expect(visibleItems({ ...view, count: 7, scrollTop: 99_999 })).toEqual({ from: 9, to: 7, total: 780 });
  });
});
