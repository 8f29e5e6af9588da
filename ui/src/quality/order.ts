// The inspector's queue: what is under way, then returned pairs, then what is ready, then what is on its way here.
import type { QueueCard } from '$lib/protocol/QueueCard';

export type QueuePart = 'running' | 'returned' | 'ready' | 'later';
export const PARTS: readonly QueuePart[] = ['running', 'returned', 'ready', 'later'];

/** The part of the queue in which a card stands. */
export function partOf({ standing, job }: QueueCard): QueuePart {
  if (standing.state === 'running' || standing.state === 'paused') return 'running';
  if (standing.state !== 'ready') return 'later';
  return job.round > 0 ? 'returned' : 'ready';
}

/** Inspections in the order in which they are wanted; within a part as the engine ordered them. */
export function inspectionsOf(cards: readonly QueueCard[]): QueueCard[] {
  return cards
    .filter((card) => card.job.inspection)
    .sort((one, other) => PARTS.indexOf(partOf(one)) - PARTS.indexOf(partOf(other)));
}

/** How many pairs are in each part. */
export function countParts(cards: readonly QueueCard[]): Record<QueuePart, number> {
  const counts: Record<QueuePart, number> = { running: 0, returned: 0, ready: 0, later: 0 };
  for (const card of cards) counts[partOf(card)] += 1;
  return counts;
}
