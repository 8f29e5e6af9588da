// Where a failed pair can go, likeliest first.
import type { DispositionChoice } from '$lib/protocol/DispositionChoice';
import type { JobLine } from '$lib/protocol/JobLine';
import type { OperationId } from '$lib/protocol/OperationId';

/** The choices with those that usually mend these defects in front, in the order of the findings; the rest as they come. */
export function suggestedFirst(choices: readonly DispositionChoice[], mends: readonly OperationId[]): DispositionChoice[] {
  const rank = ({ job }: DispositionChoice) => {
    const at = mends.indexOf(job.operation);
    return at < 0 ? mends.length : at;
  };
  return [...choices].sort((one, other) => rank(one) - rank(other));
}

/** What a pair's own jobs offer where nobody prepared choices: everything made so far, nearest first. */
export function choicesFrom(jobs: readonly JobLine[]): DispositionChoice[] {
  return jobs
    .filter((line) => line.standing.state === 'done' && !line.job.inspection)
    .map(({ job }): DispositionChoice => ({ job, disposition: { kind: 'rework', from: job.id } }))
    .reverse();
}
