// The words of the office's closed lists. A list that grows without a word here does not compile.
import { m } from '$lib/i18n';
import type { OfficeRefused, OfficeTrouble } from '$lib/platform/office';
import type { AlarmReason } from '$lib/protocol/AlarmReason';
import type { OfficeRole } from '$lib/protocol/OfficeRole';
import type { WorkstationKind } from '$lib/protocol/WorkstationKind';

const TROUBLES: Record<Exclude<OfficeTrouble, 'wait'>, () => string> = {
  sign_in_failed: m.office_refused_sign_in_failed,
  code_needed: m.office_refused_code_needed,
  session_over: m.office_refused_session_over,
  set_up_due: m.office_refused_set_up_due,
  no_right: m.office_refused_no_right,
  foreign_origin: m.office_refused_foreign_origin,
  open_wire: m.office_refused_open_wire,
  password_short: m.office_refused_password_short,
  password_long: m.office_refused_password_long,
  password_common: m.office_refused_password_common,
  password_same: m.office_refused_password_same,
  password_wrong: m.office_refused_password_wrong,
  code_wrong: m.office_refused_code_wrong,
  login_name: m.office_refused_login_name,
  login_taken: m.office_refused_login_taken,
  name: m.office_refused_name,
  no_role: m.office_refused_no_role,
  last_administrator: m.office_refused_last_administrator,
  own_account: m.office_refused_own_account,
  key: m.office_refused_key,
  key_taken: m.office_refused_key_taken,
  unknown: m.office_refused_unknown,
  in_use: m.office_refused_in_use,
  changed_meanwhile: m.office_refused_changed_meanwhile,
  fingerprint_differs: m.office_refused_fingerprint_differs,
  label_unreadable: m.office_refused_label_unreadable,
  label_faulty: m.office_refused_label_faulty,
  reason: m.office_refused_reason,
  unreachable: m.office_refused_unreachable,
  gone: m.office_refused_gone,
  failed: m.office_refused_failed,
};

/** What went wrong and what to do, in words. */
export function troubleWords(refused: OfficeRefused): string {
  return refused.trouble === 'wait' ? m.office_refused_wait({ seconds: refused.waitS }) : TROUBLES[refused.trouble]();
}

export const OFFICE_ROLES: Record<OfficeRole, { name: () => string; may: () => string }> = {
  administrator: { name: m.office_role_administrator, may: m.office_role_administrator_may },
  supervisor: { name: m.office_role_supervisor, may: m.office_role_supervisor_may },
  planner: { name: m.office_role_planner, may: m.office_role_planner_may },
  sales: { name: m.office_role_sales, may: m.office_role_sales_may },
  warehouse: { name: m.office_role_warehouse, may: m.office_role_warehouse_may },
  quality: { name: m.office_role_quality, may: m.office_role_quality_may },
  finance: { name: m.office_role_finance, may: m.office_role_finance_may },
  auditor: { name: m.office_role_auditor, may: m.office_role_auditor_may },
};

export const ALARM_REASONS: Record<AlarmReason, () => string> = {
  mended: m.office_alarm_reason_mended,
  meant: m.office_alarm_reason_meant,
  nothing_found: m.office_alarm_reason_nothing_found,
};

export const PLACE_KINDS: Record<WorkstationKind, () => string> = {
  production: m.office_kind_production,
  inspection: m.office_kind_inspection,
  supervision: m.office_kind_supervision,
};
