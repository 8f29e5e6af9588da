// Why a nonconforming pair is accepted or scrapped: the id is recorded, the word is shown.
import type { Disposition } from '$lib/protocol/Disposition';
import { m } from '$lib/i18n';

export type WordedKind = 'use_as_is' | 'scrap_and_remake';

interface Reason {
  id: string;
  word: () => string;
}

export const DECISION_REASONS: Record<WordedKind, readonly Reason[]> = {
  use_as_is: [
    { id: 'hidden', word: m.decision_hidden },
    { id: 'within_standard', word: m.decision_within_standard },
    { id: 'customer_agreed', word: m.decision_customer_agreed },
    { id: 'leather_nature', word: m.decision_leather_nature },
  ],
  scrap_and_remake: [
    { id: 'leather_damaged', word: m.decision_leather_damaged },
    { id: 'wrong_size', word: m.decision_wrong_size },
    { id: 'not_as_ordered', word: m.decision_not_as_ordered },
    { id: 'beyond_repair', word: m.decision_beyond_repair },
  ],
};

export const DECISION_TITLES: Record<WordedKind, () => string> = { use_as_is: m.disposition_use_as_is, scrap_and_remake: m.disposition_scrap };

const WORDS = new Map(Object.values(DECISION_REASONS).flatMap((reasons) => reasons.map(({ id, word }) => [id, word] as const)));

/** What was decided, in words; a reason of another screen or release is said as it was recorded. */
export function decisionWords(disposition: Disposition, jobName: (job: string) => string): string {
  switch (disposition.kind) {
    case 'rework':
      return m.decided_rework({ operation: jobName(disposition.from) });
    case 'repair':
      return m.decided_repair({ operation: jobName(disposition.at) });
    case 'use_as_is':
    case 'scrap_and_remake':
      return m.decided_reason({ decision: DECISION_TITLES[disposition.kind](), reason: WORDS.get(disposition.reason)?.() ?? disposition.reason });
  }
}
