// How long ago something was, as part of a sentence.
import { age, m } from '$lib/i18n';

export function ago(instant: string, now: number): string {
  const said = age(instant, now);
  return said === m.age_now() ? said : m.board_ago({ age: said });
}
