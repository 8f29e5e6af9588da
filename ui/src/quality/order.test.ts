import { describe, expect, it } from 'vitest';
import type { QueueCard } from '$lib/protocol/QueueCard';
import type { Standing } from '$lib/protocol/Standing';
import { countParts, inspectionsOf } from './order';

const waiting: Standing = { state: 'waiting', for_jobs: [] };
const card = (id: string, standing: Standing, round = 0, inspection = true) =>
  ({ job: { id, round, inspection }, standing }) as QueueCard;
const ids = (cards: QueueCard[]) => cards.map((one) => one.job.id);

describe('the inspection queue', () => {
  it('puts what is under way first and returned pairs before first inspections', () => {
    const cards = [card('later', waiting, 1), card('ready', { state: 'ready' }), card('back', { state: 'ready' }, 1), card('mine', { state: 'running' })];
    expect(ids(inspectionsOf(cards))).toEqual(['mine', 'back', 'ready', 'later']);
  });

  it('keeps the engine’s order within a part', () => {
    const cards = [card('b', { state: 'ready' }), card('a', { state: 'ready' })];
    expect(ids(inspectionsOf(cards))).toEqual(['b', 'a']);
  });

  it('shows inspections only', () => {
    expect(inspectionsOf([card('make', { state: 'ready' }, 0, false)])).toEqual([]);
  });

  it('counts each part', () => {
    const cards = [card('1', { state: 'ready' }, 1), card('2', { state: 'blocked', nonconformance: 'n' }), card('3', { state: 'paused' })];
    expect(countParts(cards)).toEqual({ running: 1, returned: 1, ready: 0, later: 1 });
  });
});
