// What is not as it should be, in the order in which a supervisor wants it.
import type { Board } from '$lib/protocol/Board';
import type { BoardPair } from '$lib/protocol/BoardPair';
import type { BoardStation } from '$lib/protocol/BoardStation';

export type ExceptionKind = 'late' | 'blocked' | 'overrun' | 'stations' | 'open_items';
export const EXCEPTIONS: readonly ExceptionKind[] = ['late', 'blocked', 'overrun', 'stations', 'open_items'];
/** Those that are shown as lines behind their tile; open items have a page of their own. */
export type ListedKind = Exclude<ExceptionKind, 'open_items'>;

/** One line behind a tile. */
export type Entry =
  | { of: 'pair'; key: string; about: BoardPair }
  | { of: 'station'; key: string; about: BoardStation };

export const countOf = (board: Board, kind: ExceptionKind): number => board[kind].length;

/** Whether something of a kind has been open for too long, or may be tampering. */
export const isAlarm = (board: Board, kind: ExceptionKind): boolean =>
  kind === 'open_items' && (board.proof?.ok === false || board.open_items.some((one) => !one.decided_here && (one.overdue || one.security)));

/** The lines behind a tile, in the engine's order. */
export function entriesOf(board: Board, kind: ListedKind): Entry[] {
  if (kind === 'stations') return board.stations.map((about) => ({ of: 'station', key: about.station, about }));
  return board[kind].map((about) => ({ of: 'pair', key: `${about.pair.work_order} ${about.job?.id ?? ''} ${about.nonconformance ?? ''}`, about }));
}
