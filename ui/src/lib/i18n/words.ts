// The words of the protocol's closed lists. A list that grows without a word here does not compile.
import type { AnswerKind } from '$lib/protocol/AnswerKind';
import type { DeviceHealth } from '$lib/protocol/DeviceHealth';
import type { Evidence } from '$lib/protocol/Evidence';
import type { MessageCode } from '$lib/protocol/MessageCode';
import type { PauseReason } from '$lib/protocol/PauseReason';
import type { Role } from '$lib/protocol/Role';
import type { Standing } from '$lib/protocol/Standing';
import * as m from '$lib/paraglide/messages';

type Said = (inputs: never) => string;

/** One catalogue entry for every code that a station says. */
export const MESSAGES: Record<MessageCode, Said> = {
  signed_in: m.msg_signed_in,
  signed_out: m.msg_signed_out,
  locked: m.msg_locked,
  pin_needed: m.msg_pin_needed,
  started: m.msg_started,
  resumed: m.msg_resumed,
  paused: m.msg_paused,
  signed_off: m.msg_signed_off,
  inspection_begun: m.msg_inspection_begun,
  passed: m.msg_passed,
  failed: m.msg_failed,
  disposed: m.msg_disposed,
  item_resolved: m.msg_item_resolved,
  undone: m.msg_undone,
  language_changed: m.msg_language_changed,
  label_queued: m.msg_label_queued,
  label_scanned_back: m.msg_label_scanned_back,
  label_confirmed: m.msg_label_confirmed,
  pair_found: m.msg_pair_found,
  operation_picked: m.msg_operation_picked,
  defect_picked: m.msg_defect_picked,
  choose_job: m.msg_choose_job,
  value_needed: m.msg_value_needed,
  early_finish: m.msg_early_finish,
  out_of_tolerance: m.msg_out_of_tolerance,
  code_empty: m.msg_code_empty,
  code_oversize: m.msg_code_oversize,
  code_torn: m.msg_code_torn,
  code_misread: m.msg_code_misread,
  code_foreign: m.msg_code_foreign,
  code_unknown: m.msg_code_unknown,
  code_unresolved: m.msg_code_unresolved,
  code_wrong_type: m.msg_code_wrong_type,
  scan_garbled: m.msg_scan_garbled,
  scan_repeated: m.msg_scan_repeated,
  badge_unknown: m.msg_badge_unknown,
  badge_revoked: m.msg_badge_revoked,
  badge_needed: m.msg_badge_needed,
  skill_missing: m.msg_skill_missing,
  role_missing: m.msg_role_missing,
  pin_required: m.msg_pin_required,
  pin_wrong: m.msg_pin_wrong,
  pin_wait: m.msg_pin_wait,
  predecessor_open: m.msg_predecessor_open,
  blocked_by_nonconformance: m.msg_blocked_by_nonconformance,
  other_worker: m.msg_other_worker,
  already_done: m.msg_already_done,
  wrong_work_centre: m.msg_wrong_work_centre,
  not_your_line: m.msg_not_your_line,
  job_held: m.msg_job_held,
  order_closed: m.msg_order_closed,
  pair_complete: m.msg_pair_complete,
  not_here_yet: m.msg_not_here_yet,
  nothing_running: m.msg_nothing_running,
  nothing_to_undo: m.msg_nothing_to_undo,
  no_inspection: m.msg_no_inspection,
  finding_needed: m.msg_finding_needed,
  item_gone: m.msg_item_gone,
  reason_needed: m.msg_reason_needed,
  not_at_this_workstation: m.msg_not_at_this_workstation,
  grant_expired: m.msg_grant_expired,
  recorded_supervisor_will_look: m.msg_recorded_supervisor_will_look,
  not_recorded_disk_full: m.msg_not_recorded_disk_full,
  disk_low: m.msg_disk_low,
  disk_read_only: m.msg_disk_read_only,
  drain_only: m.msg_drain_only,
  outbox_rebuilt: m.msg_outbox_rebuilt,
  journal_damaged: m.msg_journal_damaged,
  enrolment_lost: m.msg_enrolment_lost,
  not_recorded: m.msg_not_recorded,
  scanner_missing: m.msg_scanner_missing,
  scanner_no_permission: m.msg_scanner_no_permission,
  scanner_ambiguous: m.msg_scanner_ambiguous,
  scanner_busy: m.msg_scanner_busy,
  printer_unreachable: m.msg_printer_unreachable,
  printer_unknown_result: m.msg_printer_unknown_result,
  printer_not_set: m.msg_printer_not_set,
  label_glyph_missing: m.msg_label_glyph_missing,
  label_refused: m.msg_label_refused,
  no_sound: m.msg_no_sound,
  clock_wrong: m.msg_clock_wrong,
  server_unreachable: m.msg_server_unreachable,
  server_busy: m.msg_server_busy,
  enrol_code_refused: m.msg_enrol_code_refused,
  server_key_mismatch: m.msg_server_key_mismatch,
  awaits_confirmation: m.msg_awaits_confirmation,
  clock_off: m.msg_clock_off,
  station_revoked: m.msg_station_revoked,
  not_enrolled: m.msg_not_enrolled,
  data_folder_read_only: m.msg_data_folder_read_only,
  already_open: m.msg_already_open,
  outbox_of_another_station: m.msg_outbox_of_another_station,
  cache_rebuilt: m.msg_cache_rebuilt,
  unsupported: m.msg_unsupported,
  internal: m.msg_internal,
};

/** Words for the parameters that are words of the protocol themselves. */
export const PARAMETER_WORDS: Record<string, () => string> = {
  work_order: m.word_work_order,
  badge: m.word_badge,
  workstation: m.word_workstation,
  material_lot: m.word_material_lot,
  location: m.word_location,
  defect: m.word_defect,
  operation: m.word_operation,
  quantity: m.word_quantity,
  command: m.word_command,
  enrolment: m.word_enrolment,
  pin: m.word_pin,
  worker: m.word_worker,
  inspector: m.word_inspector,
  supervisor: m.word_supervisor,
  waiting: m.standing_waiting,
  ready: m.standing_ready,
  running: m.standing_running,
  paused: m.standing_paused,
  done: m.standing_done,
  held: m.standing_held,
  void: m.standing_void,
  blocked: m.standing_blocked,
};

export const STANDING_WORDS: Record<Standing['state'], () => string> = {
  waiting: m.standing_waiting,
  ready: m.standing_ready,
  running: m.standing_running,
  paused: m.standing_paused,
  done: m.standing_done,
  held: m.standing_held,
  void: m.standing_void,
  blocked: m.standing_blocked,
};

export const EVIDENCE_WORDS: Record<Evidence, () => string> = {
  saved: m.evidence_saved,
  sent: m.evidence_sent,
  accepted: m.evidence_accepted,
  pending: m.evidence_pending,
};

export const PAUSE_WORDS: Record<PauseReason, () => string> = {
  material: m.pause_material,
  machine: m.pause_machine,
  break: m.pause_break,
  other: m.pause_other,
};

export const ROLE_WORDS: Record<Role, () => string> = {
  worker: m.role_worker,
  inspector: m.role_inspector,
  supervisor: m.role_supervisor,
};

export const KIND_WORDS: Record<AnswerKind, () => string> = {
  signed_in: m.kind_signed_in,
  signed_out: m.kind_signed_out,
  locked: m.kind_locked,
  pin_needed: m.kind_pin_needed,
  started: m.kind_started,
  resumed: m.kind_resumed,
  paused: m.kind_paused,
  signed_off: m.kind_signed_off,
  passed: m.kind_passed,
  failed: m.kind_failed,
  disposed: m.kind_disposed,
  resolved: m.kind_resolved,
  undone: m.kind_undone,
  repeat: m.kind_repeat,
  choose: m.kind_choose,
  needs_values: m.kind_needs_values,
  confirm_early: m.kind_confirm_early,
  picked: m.kind_picked,
  label: m.kind_label,
  found: m.kind_found,
  setting: m.kind_setting,
  refused: m.kind_refused,
  unknown: m.kind_unknown,
  unresolved: m.kind_unresolved,
};

/** What a device is called. */
export function deviceWord(device: DeviceHealth): string {
  if (device.kind === 'printer') return m.shell_device_printer();
  if (device.kind === 'sound') return m.shell_device_sound();
  if (device.kind === 'disk') return m.shell_device_disk();
  if (device.kind === 'clock') return m.shell_device_clock();
  return m.shell_device_scanner();
}
