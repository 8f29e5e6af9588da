import { describe, expect, it } from 'vitest';
import type { FactSheet } from '$lib/protocol/FactSheet';
import type { ResolutionChoice } from '$lib/protocol/ResolutionChoice';
import { groupsOf, linesOf } from './compare';

const fact = (more: Partial<FactSheet>): FactSheet => ({
  action: 'a', kind: 'job_finished', worker: null, workstation: { zh: '一号', en: 'One' }, at: '2026-11-25T01:00:00Z', confidence: 'synchronised',
  received_at: '2026-11-25T01:00:00Z', auth_level: 'badge', base_version: 3, readable: true, values: [], lots: [], defects: [], disposition: null, resolution: null, ...more,
});
const pitch = (value: string) => ({ name: { zh: '针距', en: 'Pitch' }, value, unit: 'mm', reason: null });

describe('two facts side by side', () => {
  it('mark the lines that differ and no other', () => {
    const lines = linesOf([fact({ values: [pitch('2.2')] }), fact({ values: [pitch('2.4')], received_at: '2026-11-25T05:00:00Z' })]);
    expect(lines.filter((line) => line.differs).map((line) => line.said)).toEqual([['2.2 mm', '2.4 mm']]);
  });

  it('say of both what only one of them has', () => {
    const lots = linesOf([fact({ lots: ['M1'] }), fact({})]).find((line) => line.said.includes('M1'));
    expect(lots?.differs, 'a lot that the other lacks is a difference').toBe(true);
    expect(lots?.said).toHaveLength(2);
  });

  it('of one fact differ nowhere', () => {
    expect(linesOf([fact({ lots: ['M1'] })]).some((line) => line.differs)).toBe(false);
  });
});

describe('choices', () => {
  it('of one kind share a button, in the order in which they were offered', () => {
    const choice = (resolution: ResolutionChoice['resolution']): ResolutionChoice => ({ resolution, needs_reason: true, worker: null, second_worker: null, job: null });
    const groups = groupsOf([choice({ choice: 'accept' }), choice({ choice: 'reassign', worker: 'a' }), choice({ choice: 'reassign', worker: 'b' }), choice({ choice: 'refuse' })]);
    expect(groups.map((group) => [group.kind, group.choices.length])).toEqual([['accept', 1], ['reassign', 2], ['refuse', 1]]);
  });
});
