// What each alarm means and what to do about it, the same words on the floor and in the office. A kind that is added without
// words here does not compile.
import type { AlarmKind } from '$lib/protocol/AlarmKind';
import * as m from '$lib/paraglide/messages';

export interface AlarmWords {
  what: () => string;
  /** The next thing that a person should do. */
  todo: () => string;
}

export const ALARM_WORDS: Record<AlarmKind, AlarmWords> = {
  server_restored: { what: m.alarm_server_restored, todo: m.alarm_server_restored_do },
  station_forked: { what: m.alarm_station_forked, todo: m.alarm_station_forked_do },
  bytes_altered: { what: m.alarm_bytes_altered, todo: m.alarm_bytes_altered_do },
  too_much_parked: { what: m.alarm_too_much_parked, todo: m.alarm_too_much_parked_do },
  rows_differ: { what: m.alarm_rows_differ, todo: m.alarm_rows_differ_do },
  no_progress: { what: m.alarm_no_progress, todo: m.alarm_no_progress_do },
  proof_fails: { what: m.alarm_proof_fails, todo: m.alarm_proof_fails_do },
  history_differs: { what: m.alarm_history_differs, todo: m.alarm_history_differs_do },
  pins_tried: { what: m.alarm_pins_tried, todo: m.alarm_pins_tried_do },
  other: { what: m.alarm_other, todo: m.alarm_other_do },
};
