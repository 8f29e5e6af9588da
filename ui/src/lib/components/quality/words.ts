// The words of judging.
import type { Severity } from '$lib/protocol/Severity';
import type { Side } from '$lib/protocol/Side';
import type { View } from '$lib/protocol/View';
import { m } from '$lib/i18n';

export const VIEW_WORDS: Record<View, () => string> = {
  side: m.view_side,
  top: m.view_top,
  sole: m.view_sole,
  heel: m.view_heel,
  inside: m.view_inside,
};

export const SIDE_WORDS: Record<Side, () => string> = { left: m.side_left, right: m.side_right };

export const SEVERITY_WORDS: Record<Severity, () => string> = {
  minor: m.severity_minor,
  major: m.severity_major,
  critical: m.severity_critical,
};

export const SEVERITIES: readonly Severity[] = ['minor', 'major', 'critical'];
