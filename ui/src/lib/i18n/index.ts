// Words, names, numbers and times for the screens: `import { m, say, text } from '$lib/i18n'`.
export * as m from '$lib/paraglide/messages';
export { ALARM_WORDS } from './alarms';
export { age, brief, clockTime, day, duration, moment, number, text, timer, useTimeZone } from './format';
export { language } from './language.svelte';
export { say } from './say';
export { deviceWord, EVIDENCE_WORDS, KIND_WORDS, PAUSE_WORDS, ROLE_WORDS, STANDING_WORDS } from './words';
