import { describe, expect, it } from 'vitest';
import type { DefectCard } from '$lib/protocol/DefectCard';
import { Failing } from './Failing.svelte';

const card = (id: string, operation = 'closing.stitch'): DefectCard => ({
  defect: { id, code: id, name: { zh: id, en: id }, severity: 'major', view: 'top', x: 500, y: 120, operation, pictogram: '' },
  operation_name: { zh: operation, en: operation },
});

describe('failing a pair', () => {
  it('takes a tap and a defect to reach the decision', () => {
    const failing = new Failing();
    failing.tap('right', { x: 250, y: 600 });
    expect(failing.step).toBe('defect');
    failing.pick(card('skip'));
    expect(failing.step).toBe('decision');
    expect(failing.drafts()).toEqual([{ defect: 'skip', severity: 'major', side: 'right', view: 'side', x: 250, y: 600 }]);
  });

  it('marks a scanned defect at its usual place on the left shoe', () => {
    const failing = new Failing();
    failing.pick(card('skip'));
    expect(failing.drafts()).toEqual([{ defect: 'skip', severity: 'major', side: 'left', view: 'top', x: 500, y: 120 }]);
    expect(failing.step).toBe('decision');
  });

  it('gives a scanned defect the place that was tapped before', () => {
    const failing = new Failing();
    failing.look('heel');
    failing.tap('left', { x: 400, y: 880 });
    failing.pick(card('tilt'));
    expect(failing.found[0]).toMatchObject({ view: 'heel', x: 400, y: 880 });
  });

  it('counts a card that is scanned twice once', () => {
    const failing = new Failing();
    failing.pick(card('skip'));
    failing.pick(card('skip'));
    expect(failing.found).toHaveLength(1);
  });

  it('keeps several findings and names what mends each, once', () => {
    const failing = new Failing();
    failing.pick(card('skip'));
    failing.another();
    failing.pick(card('loose'));
    failing.another();
    failing.pick(card('scar', 'cutting.upper'));
    expect(failing.found).toHaveLength(3);
    expect(failing.mends).toEqual(['closing.stitch', 'cutting.upper']);
  });

  it('grades one finding and leaves the others', () => {
    const failing = new Failing();
    failing.pick(card('skip'));
    failing.another();
    failing.pick(card('loose'));
    failing.grade(1, 'critical');
    expect(failing.drafts().map((one) => one.severity)).toEqual(['major', 'critical']);
  });

  it('asks for a place again when the only finding is taken away', () => {
    const failing = new Failing();
    failing.pick(card('skip'));
    failing.remove(0);
    expect(failing.step).toBe('place');
  });

  it('goes back step by step and then out, without losing what was found', () => {
    const failing = new Failing();
    expect(failing.back(), 'nothing to go back to').toBe(false);
    failing.tap('left', { x: 1, y: 2 });
    expect(failing.back()).toBe(true);
    expect(failing.step).toBe('place');
    failing.pick(card('skip'));
    failing.another();
    expect(failing.back()).toBe(true);
    expect(failing.step).toBe('decision');
    expect(failing.found).toHaveLength(1);
  });
});
