import { describe, expect, it } from 'vitest';
import { fitting, moved, onGrid, resized } from './geometry';
import { boxOf, freeName, fresh, inBox, turned, type BoxMm, type LabelTemplate, type LineElement } from './template';

const media = { width: 60, height: 40, gap: 2 };
const template: LabelTemplate = { name: 't', version: 1, media_mm: media, elements: [] };

describe('boxes', () => {
  it('are moved, and stay on the label', () => {
    const box: BoxMm = [10, 10, 20, 5];
    expect(moved(box, [0.5, -0.5], media)).toEqual([10.5, 9.5, 20, 5]);
    expect(moved(box, [100, 100], media)).toEqual([40, 35, 20, 5]);
    expect(moved(box, [-100, 0], media)).toEqual([0, 10, 20, 5]);
  });

  it('are resized at their lower right corner, and never to nothing', () => {
    const box: BoxMm = [10, 10, 20, 5];
    expect(resized(box, [0.5, 0], media)).toEqual([10, 10, 20.5, 5]);
    expect(resized(box, [500, 500], media)).toEqual([10, 10, 50, 30]);
    expect(resized(box, [-500, -500], media)).toEqual([10, 10, 0.1, 0.1]);
  });

  it('snap so that the edge stands on the grid', () => {
    expect(onGrid(10.2, 0)).toBe(0);
    expect(10.2 + onGrid(10.2, 0.4)).toBeCloseTo(10.5);
    expect(onGrid(10, 0.2)).toBe(0);
  });

  it('of a line are as thick as the line, also when it is turned', () => {
    const line: LineElement = { type: 'line', name: 'l', from_mm: [5, 5], to_mm: [25, 5], thickness_mm: 0.3 };
    expect(boxOf(line)).toEqual([5, 5, 20, 0.3]);
    const upright = turned(line);
    expect(boxOf(upright)).toEqual([5, 5, 0.3, 20]);
    expect(boxOf(turned(upright))).toEqual(boxOf(line));
    expect(boxOf(inBox(upright, [7, 5, 0.5, 10]))).toEqual([7, 5, 0.5, 10]);
  });
});

describe('elements', () => {
  it('get a name of their own and lie on the label', () => {
    const small = { ...template, media_mm: { width: 15, height: 10, gap: 2 } };
    for (const type of ['text', 'barcode', 'pictogram', 'rect', 'line'] as const) {
      const first = fresh(type, small, 'code');
      expect(first.name).toBe(type);
      const [x, y, width, height] = boxOf(first);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(15);
      expect(y + height).toBeLessThanOrEqual(10);
      expect(freeName({ ...small, elements: [first] }, type)).toBe(`${type} 2`);
    }
  });

  it('are shown as large as the place allows', () => {
    expect(fitting([0.5, 1, 2, 3], media, [500, 400], 96 / 25.4)).toBe(2);
    expect(fitting([0.5, 1, 2, 3], { width: 210, height: 297, gap: 0 }, [100, 100], 96 / 25.4)).toBe(0.5);
  });
});
