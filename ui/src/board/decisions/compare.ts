// Two facts laid side by side, line by line, with the lines that differ marked.
import type { FactSheet } from '$lib/protocol/FactSheet';
import type { ResolutionChoice } from '$lib/protocol/ResolutionChoice';
import type { ResolutionKind } from '$lib/protocol/ResolutionKind';
import { clockTime, day, m, text } from '$lib/i18n';
import { AUTH_WORDS, RESOLUTIONS } from './words';

/** One line of a fact: what it is called, and what each fact says. */
export interface Line {
  label: string;
  said: string[];
  differs: boolean;
}

const READINGS: readonly { label: () => string; read: (fact: FactSheet) => string }[] = [
  { label: m.fact_where, read: (fact) => (fact.workstation ? text(fact.workstation) : m.unknown_value()) },
  { label: m.fact_identified, read: (fact) => AUTH_WORDS[fact.auth_level]() },
  { label: m.fact_version, read: (fact) => (fact.base_version === null ? m.unknown_value() : String(fact.base_version)) },
];

function evidence(fact: FactSheet): Map<string, string> {
  const found = new Map<string, string>();
  for (const value of fact.values) {
    const said = `${value.value} ${value.unit}`.trim();
    found.set(text(value.name), value.reason ? m.fact_value_reason({ value: said, reason: value.reason }) : said);
  }
  if (fact.lots.length > 0) found.set(m.fact_lots(), fact.lots.join(m.list_comma()));
  if (fact.defects.length > 0) found.set(m.fact_defects(), fact.defects.map(text).join(m.list_comma()));
  if (fact.resolution) found.set(m.fact_decided(), RESOLUTIONS[fact.resolution].word());
  return found;
}

/** The lines of one or two facts. Who and when stand above them. That they were received one after the other is no difference. */
export function linesOf(facts: readonly FactSheet[]): Line[] {
  const line = (label: string, said: string[]): Line => ({ label, said, differs: new Set(said).size > 1 });
  const fixed = READINGS.map(({ label, read }) => line(label(), facts.map(read)));
  const found = facts.map(evidence);
  const names = [...new Set(found.flatMap((one) => [...one.keys()]))];
  const received: Line = { label: m.fact_received(), said: facts.map((fact) => `${day(fact.received_at)} ${clockTime(fact.received_at)}`), differs: false };
  return [...fixed, received, ...names.map((label) => line(label, found.map((one) => one.get(label) ?? m.unknown_value())))];
}

/** The choices under one button: one alone, or all workers or jobs that a fact can be given to. */
export interface ChoiceGroup {
  kind: ResolutionKind;
  choices: ResolutionChoice[];
}

/** Choices of one kind share a button, in the order in which they were offered. */
export function groupsOf(choices: readonly ResolutionChoice[]): ChoiceGroup[] {
  const groups: ChoiceGroup[] = [];
  for (const choice of choices) {
    const kind = choice.resolution.choice;
    const group = groups.find((one) => one.kind === kind);
    if (group) group.choices.push(choice);
    else groups.push({ kind, choices: [choice] });
  }
  return groups;
}
