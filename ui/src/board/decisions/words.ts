// The words and shapes of open items: what is wrong, what may be decided, and how sure a fact is.
import type { Component } from 'svelte';
import Ban from '@lucide/svelte/icons/ban';
import CalendarX from '@lucide/svelte/icons/calendar-x';
import Check from '@lucide/svelte/icons/check';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Clock3 from '@lucide/svelte/icons/clock-3';
import CopyCheck from '@lucide/svelte/icons/copy-check';
import FileWarning from '@lucide/svelte/icons/file-warning';
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows';
import Hourglass from '@lucide/svelte/icons/hourglass';
import ListX from '@lucide/svelte/icons/list-x';
import MapPin from '@lucide/svelte/icons/map-pin';
import Recycle from '@lucide/svelte/icons/recycle';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Route from '@lucide/svelte/icons/route';
import Scale from '@lucide/svelte/icons/scale';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Split from '@lucide/svelte/icons/split';
import SquareSplitHorizontal from '@lucide/svelte/icons/square-split-horizontal';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserCheck from '@lucide/svelte/icons/user-check';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import Users from '@lucide/svelte/icons/users';
import X from '@lucide/svelte/icons/x';
import type { AuthLevel } from '$lib/protocol/AuthLevel';
import type { ClockClass } from '$lib/protocol/ClockClass';
import type { ResolutionChoice } from '$lib/protocol/ResolutionChoice';
import type { ResolutionKind } from '$lib/protocol/ResolutionKind';
import { m, text } from '$lib/i18n';

export interface Look {
  word: () => string;
  icon: Component;
}

const ITEMS: Record<string, Look> = {
  signed_twice: { word: m.conflict_signed_twice, icon: CopyCheck },
  started_twice: { word: m.conflict_started_twice, icon: Split },
  finished_by_another: { word: m.conflict_finished_by_another, icon: Users },
  finish_without_start: { word: m.conflict_finish_without_start, icon: Clock3 },
  pass_and_fail: { word: m.conflict_pass_and_fail, icon: Scale },
  out_of_turn: { word: m.conflict_out_of_turn, icon: RotateCcw },
  order_closed: { word: m.conflict_order_closed, icon: CalendarX },
  disposed_twice: { word: m.conflict_disposed_twice, icon: Scale },
  undo_too_late: { word: m.conflict_undo_too_late, icon: Undo2 },
  released_twice: { word: m.conflict_released_twice, icon: CopyCheck },
  routing_revised: { word: m.conflict_routing_revised, icon: Route },
  resolved_twice: { word: m.conflict_resolved_twice, icon: Scale },
  resolved_too_late: { word: m.conflict_resolved_too_late, icon: Hourglass },
  same_identifier: { word: m.conflict_same_identifier, icon: ShieldAlert },
  waited_too_long: { word: m.conflict_waited_too_long, icon: Hourglass },
  dependency: { word: m.parked_dependency, icon: Hourglass },
  nonconformance: { word: m.parked_nonconformance, icon: Ban },
  held: { word: m.parked_held, icon: Ban },
  job_void: { word: m.parked_job_void, icon: ListX },
  unknown_work_order: { word: m.parked_unknown_work_order, icon: CircleHelp },
  unknown_subject: { word: m.parked_unknown_subject, icon: CircleHelp },
  unfit: { word: m.parked_unfit, icon: ListX },
  no_worker: { word: m.parked_no_worker, icon: UserRoundX },
  unknown_worker: { word: m.parked_unknown_worker, icon: UserRoundX },
  revoked: { word: m.parked_revoked, icon: UserRoundX },
  skill_missing: { word: m.parked_skill_missing, icon: UserRoundX },
  role_missing: { word: m.parked_role_missing, icon: UserRoundX },
  pin_needed: { word: m.parked_pin_needed, icon: UserRoundX },
  wrong_workstation: { word: m.parked_wrong_workstation, icon: UserRoundX },
  not_their_line: { word: m.parked_not_their_line, icon: UserRoundX },
  grant_expired: { word: m.parked_grant_expired, icon: UserRoundX },
  blocked_by: { word: m.parked_blocked_by, icon: Hourglass },
  unknown_kind: { word: m.parked_unknown_kind, icon: FileWarning },
  unreadable: { word: m.parked_unreadable, icon: FileWarning },
  bad_signature: { word: m.parked_bad_signature, icon: ShieldAlert },
  server_error: { word: m.parked_server_error, icon: FileWarning },
  unresolved_code: { word: m.parked_unresolved_code, icon: ScanSearch },
};

/** How an item of a kind looks; one that is newer than this screen is still an item. */
export const itemLook = (kind: string): Look => ITEMS[kind] ?? { word: m.conflict_other, icon: GitCompareArrows };

const FACTS: Record<string, () => string> = {
  work_order_released: m.fact_work_order_released,
  job_started: m.fact_job_started,
  job_paused: m.fact_job_paused,
  job_resumed: m.fact_job_resumed,
  job_finished: m.fact_job_finished,
  inspection_passed: m.fact_inspection_passed,
  inspection_failed: m.fact_inspection_failed,
  nonconformance_disposed: m.fact_nonconformance_disposed,
  undone: m.fact_undone,
  scan_unresolved: m.fact_scan_unresolved,
  work_order_cancelled: m.fact_work_order_cancelled,
  routing_revised: m.fact_routing_revised,
  conflict_resolved: m.fact_resolved,
  parked_resolved: m.fact_resolved,
};

export const factWord = (kind: string): string => (FACTS[kind] ?? m.fact_other)();

export const CONFIDENCE_WORDS: Record<ClockClass, () => string> = {
  synchronised: m.confidence_synchronised,
  remembered: m.confidence_remembered,
  unknown: m.confidence_unknown,
};

export const AUTH_WORDS: Record<AuthLevel, () => string> = { none: m.auth_none, badge: m.auth_badge, pin: m.auth_pin };

export interface ResolutionLook extends Look {
  /** What follows, in one sentence. */
  consequence: (choice: ResolutionChoice) => string;
}

const name = (worker: ResolutionChoice['worker']) => (worker ? text(worker.short) : m.unknown_value());

export const RESOLUTIONS: Record<ResolutionKind, ResolutionLook> = {
  credit_first: { word: m.resolve_credit_first, icon: UserCheck, consequence: ({ worker }) => m.consequence_credit({ worker: name(worker) }) },
  credit_second: { word: m.resolve_credit_second, icon: UserCheck, consequence: ({ worker }) => m.consequence_credit({ worker: name(worker) }) },
  split: { word: m.resolve_split, icon: SquareSplitHorizontal, consequence: ({ worker, second_worker }) => m.consequence_split({ first: name(worker), second: name(second_worker) }) },
  neither: { word: m.resolve_neither, icon: X, consequence: m.consequence_neither },
  correct_times: { word: m.resolve_correct_times, icon: Clock3, consequence: m.consequence_correct_times },
  failure_stands: { word: m.resolve_failure_stands, icon: X, consequence: m.consequence_failure_stands },
  pass_stands: { word: m.resolve_pass_stands, icon: Check, consequence: m.consequence_pass_stands },
  scrap_work: { word: m.resolve_scrap_work, icon: Trash2, consequence: m.consequence_scrap_work },
  reinstate: { word: m.resolve_reinstate, icon: RotateCcw, consequence: m.consequence_reinstate },
  reuse_part: { word: m.resolve_reuse_part, icon: Recycle, consequence: m.consequence_reuse_part },
  redo: { word: m.resolve_redo, icon: RotateCcw, consequence: m.consequence_redo },
  accept: { word: m.resolve_accept, icon: Check, consequence: m.consequence_accept },
  reassign: { word: m.resolve_reassign, icon: Users, consequence: ({ worker }) => m.consequence_credit({ worker: name(worker) }) },
  map_to_job: { word: m.resolve_map_to_job, icon: MapPin, consequence: ({ job }) => m.consequence_map_to_job({ operation: job ? text(job.name) : m.unknown_value() }) },
  refuse: { word: m.resolve_refuse, icon: Ban, consequence: m.consequence_refuse },
  acknowledge: { word: m.resolve_acknowledge, icon: Check, consequence: m.consequence_acknowledge },
};

/** What a button says: the decision, and whose name it puts down. */
export function choiceWord(choice: ResolutionChoice): string {
  const { choice: kind } = choice.resolution;
  if (kind === 'credit_first' || kind === 'credit_second') return m.resolve_credit({ worker: name(choice.worker) });
  return RESOLUTIONS[kind].word();
}

/** Why it was decided so: the id is recorded, the word is shown. */
export const RESOLUTION_REASONS = [
  { id: 'seen_on_floor', word: m.resolve_reason_seen },
  { id: 'worker_confirmed', word: m.resolve_reason_worker },
  { id: 'scanned_twice', word: m.resolve_reason_twice },
  { id: 'paper_record', word: m.resolve_reason_paper },
  { id: 'office_instruction', word: m.resolve_reason_office },
  { id: 'training', word: m.resolve_reason_training },
];
