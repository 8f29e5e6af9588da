import { describe, expect, it } from 'vitest';
import { alongShoe, apart, mirrored, seenFrom, tapped } from './outline';

const box = { left: 100, top: 50, width: 400, height: 200 };

describe('a tap on an outline', () => {
  it('is kept in thousandths of the drawing', () => {
    expect(tapped(box, { x: 200, y: 100 }, 'left')).toEqual({ x: 250, y: 250 });
  });

  it('on the right shoe means the same spot as its mirror on the left one', () => {
    const left = tapped(box, { x: 200, y: 100 }, 'left');
    const right = tapped(box, { x: 400, y: 100 }, 'right');
    expect(right, 'the right shoe is drawn mirrored').toEqual(left);
  });

  it('just outside the drawing counts as its edge', () => {
    expect(tapped(box, { x: 90, y: 260 }, 'left')).toEqual({ x: 0, y: 1000 });
    expect(tapped(box, { x: 90, y: 260 }, 'right')).toEqual({ x: 1000, y: 1000 });
  });
});

describe('mirroring', () => {
  it('twice leads back', () => {
    for (const x of [0, 1, 330, 500, 1000]) expect(mirrored(mirrored(x))).toBe(x);
  });

  it('is for the right shoe only', () => {
    expect(seenFrom('left', 330)).toBe(330);
    expect(seenFrom('right', 330)).toBe(670);
  });
});

describe('the distance of two places', () => {
  it('is nothing for the same place', () => {
    expect(apart({ view: 'top', x: 500, y: 120 }, { view: 'top', x: 500, y: 120 })).toBe(0);
  });

  it('takes the shape of the view into account: a narrow sole is not as wide as it is long', () => {
    const from = { view: 'sole', x: 500, y: 500 } as const;
    expect(apart(from, { view: 'sole', x: 900, y: 500 })).toBeLessThan(apart(from, { view: 'sole', x: 500, y: 900 }));
  });

  it('to another view grows with the way along the shoe', () => {
    const toe = { view: 'side', x: 60, y: 600 } as const;
    expect(apart(toe, { view: 'top', x: 500, y: 100 })).toBeLessThan(apart(toe, { view: 'heel', x: 500, y: 500 }));
  });

  it('is the same both ways', () => {
    const [one, other] = [{ view: 'inside', x: 225, y: 640 }, { view: 'heel', x: 400, y: 880 }] as const;
    expect(apart(one, other)).toBe(apart(other, one));
  });
});

describe('the way along the shoe', () => {
  it('ends at the heel in every view', () => {
    expect(alongShoe({ view: 'heel', x: 0, y: 0 })).toBe(1);
    expect(alongShoe({ view: 'side', x: 1000, y: 0 })).toBe(1);
    expect(alongShoe({ view: 'top', x: 0, y: 1000 })).toBe(1);
  });
});
