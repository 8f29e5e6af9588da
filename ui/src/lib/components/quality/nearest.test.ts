import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DefectCard } from '$lib/protocol/DefectCard';
import type { View } from '$lib/protocol/View';
import { nearest, nearestOn, pageOf } from './nearest';
import { VIEWS } from './outline';

/** The demo factory's own defects, so that the order is judged on real places. */
function demoDefects(): DefectCard[] {
  const blocks = readFileSync('../assets/demo/defects.toml', 'utf8').split('[[defect]]').slice(1);
  const word = (block: string, key: string) => new RegExp(`^${key} = "?([^"\n]+)"?$`, 'm').exec(block)![1]!;
  return blocks.map((block) => ({
    defect: {
      id: word(block, 'id'),
      code: word(block, 'code'),
      name: { zh: word(block, 'id'), en: word(block, 'id') },
      severity: 'major',
      view: word(block, 'view') as View,
      x: Number(word(block, 'x')),
      y: Number(word(block, 'y')),
      operation: word(block, 'operation'),
      pictogram: word(block, 'pictogram'),
    },
    operation_name: { zh: '', en: '' },
  }));
}

const defects = demoDefects();
const ids = (cards: DefectCard[]) => cards.map((card) => card.defect.id);

describe('the defects for a tap', () => {
  it('begin with the one whose usual place was tapped, for every defect', () => {
    for (const { defect } of defects) expect(ids(nearest(defects, defect))[0]).toBe(defect.id);
  });

  it('hold every defect, whatever was tapped', () => {
    expect(nearest(defects, { view: 'heel', x: 0, y: 0 })).toHaveLength(30);
  });

  it('name what is under the toe before what is behind the heel', () => {
    const order = ids(nearest(defects, { view: 'top', x: 500, y: 100 }));
    expect(order.indexOf('toe-crooked')).toBeLessThan(order.indexOf('back-height'));
    expect(order.indexOf('upper-torn'), 'the toe seen from the side').toBeLessThan(order.indexOf('heel-tilt'));
  });

  it('fill up from other views where a view has few: an open bond shows from below, too', () => {
    expect(ids(nearest(defects, { view: 'sole', x: 160, y: 100 })).slice(0, 12)).toContain('bond-open');
  });

  it('can all be reached by the filter of a view, each on one page of twelve', () => {
    const reached = VIEWS.flatMap((view) => nearestOn(defects, view, { view: 'side', x: 0, y: 0 }).slice(0, 12));
    expect(new Set(ids(reached)).size).toBe(30);
  });
});

describe('a page', () => {
  const letters = [...'abcdefg'];

  it('holds its share, the final one what is left', () => {
    expect(pageOf(letters, 3, 0)).toEqual({ items: ['a', 'b', 'c'], page: 0, pages: 3 });
    expect(pageOf(letters, 3, 2)).toEqual({ items: ['g'], page: 2, pages: 3 });
  });

  it('beyond the end is the end, so that a list that shrinks never shows an empty page', () => {
    expect(pageOf(letters, 3, 9).items).toEqual(['g']);
    expect(pageOf([], 3, 4)).toEqual({ items: [], page: 0, pages: 1 });
  });
});
