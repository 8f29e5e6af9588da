// A pair's jobs as the floor sees them: by work centre, in the order in which the pair first comes there. Upper and bottom
// are made side by side, so a plain list would hide that both go on at once.
import type { JobLine } from '$lib/protocol/JobLine';
import type { WorkCentreId } from '$lib/protocol/WorkCentreId';

export interface JobColumn {
  work_centre: WorkCentreId;
  lines: JobLine[];
}

const counts = (line: JobLine) => line.standing.state !== 'void';

export function columnsOf(lines: readonly JobLine[]): JobColumn[] {
  const columns = new Map<WorkCentreId, JobColumn>();
  for (const line of lines.filter(counts)) {
    const { work_centre } = line.job;
    const column = columns.get(work_centre) ?? { work_centre, lines: [] };
    column.lines.push(line);
    columns.set(work_centre, column);
  }
  return [...columns.values()];
}

/** How much of the pair is made. */
export function countDone(lines: readonly JobLine[]): { done: number; all: number } {
  const real = lines.filter(counts);
  return { done: real.filter((line) => line.standing.state === 'done').length, all: real.length };
}
