// What is not as it should be, in the order in which a supervisor wants it.
import type { Board } from '$lib/protocol/Board';

export type ExceptionKind = 'late' | 'blocked' | 'overrun' | 'stations' | 'conflicts';
export const EXCEPTIONS: readonly ExceptionKind[] = ['late', 'blocked', 'overrun', 'stations', 'conflicts'];

export const countOf = (board: Board, kind: ExceptionKind): number => board[kind].length;
/** Whether nothing at all is wrong. */
export const allWell = (board: Board): boolean => EXCEPTIONS.every((kind) => countOf(board, kind) === 0);
