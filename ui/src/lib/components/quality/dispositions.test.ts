import { describe, expect, it } from 'vitest';
import type { DispositionChoice } from '$lib/protocol/DispositionChoice';
import type { JobHead } from '$lib/protocol/JobHead';
import type { JobLine } from '$lib/protocol/JobLine';
import { choicesFrom, suggestedFirst } from './dispositions';

const job = (operation: string, inspection = false): JobHead => ({
  id: `job ${operation}`,
  work_order: 'wo',
  operation,
  name: { zh: operation, en: operation },
  short: { zh: operation, en: operation },
  pictogram: '',
  work_centre: '',
  round: 0,
  inspection,
  standard_time_s: 60,
});
const choice = (operation: string): DispositionChoice => ({ job: job(operation), disposition: { kind: 'rework', from: `job ${operation}` } });
const line = (operation: string, state: 'done' | 'ready', inspection = false): JobLine => ({
  job: job(operation, inspection),
  standing: { state },
  worker: null,
  workstation: null,
  started_at: null,
  finished_at: null,
  worked_s: 0,
});
const order = (choices: DispositionChoice[]) => choices.map((one) => one.job.operation);

describe('the operations to which a pair can go back', () => {
  const nearestFirst = ['polish', 'welt', 'lasting', 'stitch', 'cut'].map(choice);

  it('begin with the one that usually mends the defect', () => {
    expect(order(suggestedFirst(nearestFirst, ['stitch']))).toEqual(['stitch', 'polish', 'welt', 'lasting', 'cut']);
  });

  it('follow the order of several findings', () => {
    expect(order(suggestedFirst(nearestFirst, ['cut', 'welt'])).slice(0, 2)).toEqual(['cut', 'welt']);
  });

  it('stay as they come when the usual operation is not among them', () => {
    expect(order(suggestedFirst(nearestFirst, ['sock']))).toEqual(order(nearestFirst));
  });
});

describe('choices from a pair’s own jobs', () => {
  it('are what was made, nearest first, and never an inspection', () => {
    const lines = [line('cut', 'done'), line('stitch', 'done'), line('check', 'done', true), line('lasting', 'ready')];
    expect(choicesFrom(lines)).toEqual([choice('stitch'), choice('cut')]);
  });
});
