// The shape and hue of every standing of a job: ▶ running, ✓ done, ↺ rework, ‖ paused, ■ blocked.
import type { Standing } from '$lib/protocol/Standing';
import type { JobHead } from '$lib/protocol/JobHead';

/** A job that repeats a pass looks like rework until it runs. */
export type Look = Standing['state'] | 'rework';

export const SHAPES: Record<Look, string> = {
  waiting: '◷',
  ready: '○',
  running: '▶',
  paused: '‖',
  done: '✓',
  held: '‖',
  void: '×',
  blocked: '■',
  rework: '↺',
};

/** How a job looks, seen with its round. */
export function lookOf(standing: Standing, job: Pick<JobHead, 'round'>): Look {
  return standing.state === 'ready' && job.round > 0 ? 'rework' : standing.state;
}
