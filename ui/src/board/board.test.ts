import { describe, expect, it } from 'vitest';
import type { Board } from '$lib/protocol/Board';
import type { BoardWorkCentre } from '$lib/protocol/BoardWorkCentre';
import type { JobLine } from '$lib/protocol/JobLine';
import type { Standing } from '$lib/protocol/Standing';
import { countOf, entriesOf, EXCEPTIONS } from './exceptions';
import { columnsOf, countDone } from './jobs';
import { halfHours, segments, widthOfOne } from './load';

const centre = (more: Partial<BoardWorkCentre>): BoardWorkCentre => ({ id: 'c', name: { zh: '', en: '' }, ready: 0, running: 0, paused: 0, blocked: 0, waiting: 0, rework: 0, late: 0, load_s: 0, ...more });
const quiet: Board = { now: '', whole_site: true, late: [], blocked: [], overrun: [], running: [], stations: [], alarms: [], open_items: [], proof: null, work_centres: [], open_pairs: 0, completed_today: 0, as_of: null };

describe('exceptions', () => {
  it('are none on a quiet board', () => {
    for (const kind of EXCEPTIONS) expect(countOf(quiet, kind), kind).toBe(0);
  });

  it('list each entry under its own kind, with a key of its own', () => {
    const pair = (work_order: string, nonconformance: string | null = null) => ({ pair: { work_order }, job: { id: 'j' }, nonconformance });
    const board = { ...quiet, blocked: [pair('a', 'n1'), pair('a', 'n2')], late: [pair('a')], stations: [{ station: 's' }], open_items: [{ id: 'c' }] } as unknown as Board;
    expect(entriesOf(board, 'blocked').map((entry) => entry.of)).toEqual(['pair', 'pair']);
    expect(new Set(entriesOf(board, 'blocked').map((entry) => entry.key)).size, 'two findings on one pair are two lines').toBe(2);
    expect(entriesOf(board, 'stations')[0]).toMatchObject({ of: 'station', key: 's' });
    expect(EXCEPTIONS.map((kind) => countOf(board, kind))).toEqual([1, 2, 0, 1, 1]);
  });
});

describe('the bar of a work centre', () => {
  it('leaves out what is empty and what is not here yet', () => {
    expect(segments(centre({ running: 1, blocked: 2, waiting: 9 }))).toEqual([{ part: 'running', count: 1 }, { part: 'blocked', count: 2 }]);
  });

  it('is as long as its jobs compared with the longest one', () => {
    expect(widthOfOne([centre({ ready: 3, running: 1 }), centre({ ready: 1 })])).toBe(0.25);
    expect(widthOfOne([centre({})]), 'an empty floor').toBe(1);
  });

  it('tells its load to the half hour', () => {
    expect(halfHours(0)).toBe(0);
    expect(halfHours(5_000)).toBe(1.5);
  });
});

describe('the jobs of a pair', () => {
  const line = (id: string, work_centre: string, standing: Standing = { state: 'ready' }) => ({ job: { id, work_centre }, standing }) as JobLine;
  const ids = (columns: ReturnType<typeof columnsOf>) => columns.map((column) => column.lines.map((one) => one.job.id));

  it('are grouped by work centre, in the order in which the pair first comes there', () => {
    const lines = [line('cut', 'cutting'), line('rib', 'bottom'), line('line', 'cutting'), line('last', 'lasting')];
    expect(ids(columnsOf(lines))).toEqual([['cut', 'line'], ['rib'], ['last']]);
  });

  it('leave out what a changed routing made void', () => {
    expect(columnsOf([line('gone', 'cutting', { state: 'void' })])).toEqual([]);
  });

  it('count as done only when they are', () => {
    expect(countDone([line('a', 'c', { state: 'done' }), line('b', 'c'), line('gone', 'c', { state: 'void' })])).toEqual({ done: 1, all: 2 });
  });
});
