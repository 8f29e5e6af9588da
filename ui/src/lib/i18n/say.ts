// Says a message: the catalogue entry of its code with its parameters in the reader's language.
import type { Message } from '$lib/protocol/Message';
import type { Param } from '$lib/protocol/Param';
import * as m from '$lib/paraglide/messages';
import { moment, number, text } from './format';
import { answers } from './Answers.svelte';

/** Parameters that name a word of the protocol (`badge`, `running`) rather than carry text of their own. */
const WORDED = new Set(['got', 'expected', 'role', 'standing', 'scanner_role']);

function spoken(name: string, param: Param, now: number): string {
  switch (param.type) {
    case 'name':
      return text(param.value);
    case 'instant':
      return moment(param.value, now);
    case 'number':
      return number(param.value);
    case 'text':
      return (WORDED.has(name) ? answers.words?.PARAMETER_WORDS[param.value]?.() : undefined) ?? param.value;
  }
}

/** What the reader is told. A parameter that the host left out is a dash, never "undefined". */
export function say(message: Message, now: number = Date.now()): string {
  // The words are on their way, and whoever asks is asked again when they come. A code is shown only if they never will.
  if (!answers.words && !answers.missing) return '';
  const known: Record<string, string> = {};
  for (const [name, param] of Object.entries(message.params)) known[name] = spoken(name, param, now);
  // Where a job is and who has it, as far as that is known: "3 号工位 李师傅 进行中".
  const place = [known['workstation'], known['worker'], known['standing']].filter(Boolean).join(' ');
  if (place) known['place'] = place;
  const inputs = new Proxy(known, { get: (from, name) => from[String(name)] ?? m.unknown_value() });
  const entry = answers.words?.MESSAGES[message.code] as ((values: Record<string, string>) => string) | undefined;
  // A newer engine may know a code that this screen does not.
  return entry ? entry(inputs) : message.code;
}
