// What is not as it should be, in the order in which a supervisor wants it.
import type { Board } from '$lib/protocol/Board';
import type { BoardPair } from '$lib/protocol/BoardPair';
import type { BoardStation } from '$lib/protocol/BoardStation';
import type { Conflict } from '$lib/protocol/Conflict';

export type ExceptionKind = 'late' | 'blocked' | 'overrun' | 'stations' | 'conflicts';
export const EXCEPTIONS: readonly ExceptionKind[] = ['late', 'blocked', 'overrun', 'stations', 'conflicts'];

/** One line behind a tile. */
export type Entry =
  | { of: 'pair'; key: string; about: BoardPair }
  | { of: 'station'; key: string; about: BoardStation }
  | { of: 'conflict'; key: string; about: Conflict };

export const countOf = (board: Board, kind: ExceptionKind): number => board[kind].length;

/** The lines behind a tile, in the engine's order. */
export function entriesOf(board: Board, kind: ExceptionKind): Entry[] {
  if (kind === 'stations') return board.stations.map((about) => ({ of: 'station', key: about.station, about }));
  if (kind === 'conflicts') return board.conflicts.map((about) => ({ of: 'conflict', key: about.id, about }));
  return board[kind].map((about) => ({ of: 'pair', key: `${about.pair.work_order} ${about.job?.id ?? ''} ${about.nonconformance ?? ''}`, about }));
}
