// What an instrument's reading is for the value that is open: its text, or why it cannot be taken. Nothing is reckoned here.
import type { Measured } from '$lib/protocol/Measured';
import type { Message } from '$lib/protocol/Message';

export type Taken = { value: string; refused?: undefined } | { value?: undefined; refused: Message };

const textParam = (value: string) => ({ type: 'text' as const, value });

/** The reading in the unit that is asked for. The host has said it in every unit in which it can be said exactly. */
export function readingIn(measured: Measured, unit: string): Taken {
  const sent = measured.values[0];
  if (measured.refused) return { refused: measured.refused };
  const found = measured.values.find((said) => said.unit === unit);
  if (found) return { value: found.value };
  return { refused: { code: 'reading_other_unit', params: { sent: textParam(sent?.unit ?? ''), wanted: textParam(unit) } } };
}

/** What is said about a reading while no value is open. */
export function readingNowhere(measured: Measured): Message {
  const sent = measured.values[0];
  return measured.refused ?? { code: 'reading_nowhere', params: { value: textParam(`${sent?.value ?? ''} ${sent?.unit ?? ''}`.trim()) } };
}
