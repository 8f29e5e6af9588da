// What can be taken back: whole states, newest last. A drag is one step however many places it came through.

/** More steps back than anybody remembers. */
const STEPS_MAX = 100;

export interface History<State> {
  readonly past: readonly State[];
  readonly now: State;
  readonly future: readonly State[];
}

export const begun = <State>(now: State): History<State> => ({ past: [], now, future: [] });

/** Another state; what was taken back before cannot be brought back any more. */
export function changed<State>(history: History<State>, now: State): History<State> {
  if (now === history.now) return history;
  return { past: [...history.past, history.now].slice(-STEPS_MAX), now, future: [] };
}

/** Another state in the same step. */
export const amended = <State>(history: History<State>, now: State): History<State> => ({ ...history, now });

export function undone<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future] };
}

export function redone<State>(history: History<State>): History<State> {
  const [after, ...later] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.now], now: after, future: later };
}
