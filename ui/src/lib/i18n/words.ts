// The words of the protocol's closed lists. A list that grows without a word here does not compile.
import type { AnswerKind } from '$lib/protocol/AnswerKind';
import type { DeviceHealth } from '$lib/protocol/DeviceHealth';
import type { Evidence } from '$lib/protocol/Evidence';
import type { PauseReason } from '$lib/protocol/PauseReason';
import type { Role } from '$lib/protocol/Role';
import type { Standing } from '$lib/protocol/Standing';
import * as m from '$lib/paraglide/messages';

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
  if (device.kind === 'instrument') return m.shell_device_instrument();
  return m.shell_device_scanner();
}
