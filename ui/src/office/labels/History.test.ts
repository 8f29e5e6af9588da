import { describe, expect, it } from 'vitest';
import { amended, begun, changed, redone, undone } from './History';

describe('the history of a drawing', () => {
  it('goes back and forth', () => {
    const drawn = changed(changed(begun('a'), 'b'), 'c');
    expect(undone(undone(drawn)).now).toBe('a');
    expect(redone(undone(drawn)).now).toBe('c');
    expect(undone(begun('a')).now).toBe('a');
    expect(redone(drawn)).toBe(drawn);
  });

  it('forgets what was taken back once something else is done', () => {
    const other = changed(undone(changed(begun('a'), 'b')), 'c');
    expect(redone(other).now).toBe('c');
    expect(undone(other).now).toBe('a');
  });

  it('has one step for a drag', () => {
    const dragged = amended(amended(changed(begun(0), 1), 2), 3);
    expect(undone(dragged).now).toBe(0);
  });

  it('keeps no step where nothing changed', () => {
    expect(changed(begun('a'), 'a').past).toEqual([]);
  });
});
