// The words of the inspector's queue.
import { m } from '$lib/i18n';
import type { QueuePart } from './order';

export const PART_WORDS: Record<QueuePart, () => string> = {
  running: m.quality_part_running,
  returned: m.quality_part_returned,
  ready: m.quality_part_ready,
  later: m.quality_part_later,
};
