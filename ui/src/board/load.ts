// A work centre's queue as parts of one bar, longest bar of the board = full width.
import type { BoardWorkCentre } from '$lib/protocol/BoardWorkCentre';

export type LoadPart = 'running' | 'ready' | 'paused' | 'blocked';
export const LOAD_PARTS: readonly LoadPart[] = ['running', 'ready', 'paused', 'blocked'];

export interface Segment {
  part: LoadPart;
  count: number;
}

/** The parts of a bar that hold anything, in their fixed order. */
export function segments(centre: BoardWorkCentre): Segment[] {
  return LOAD_PARTS.map((part) => ({ part, count: centre[part] })).filter(({ count }) => count > 0);
}

const present = (centre: BoardWorkCentre) => LOAD_PARTS.reduce((sum, part) => sum + centre[part], 0);

/** How much of the bar's width one job takes, so that bars of different work centres can be compared. */
export function widthOfOne(centres: readonly BoardWorkCentre[]): number {
  return 1 / Math.max(1, ...centres.map(present));
}

/** Hours of standard time, to the half hour. */
export const halfHours = (seconds: number): number => Math.round(seconds / 1800) / 2;
