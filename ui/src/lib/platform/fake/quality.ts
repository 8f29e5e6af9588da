// The fake's inspections: an inspector's queue, sheets with a checklist, verdicts.
import type { Answer } from '$lib/protocol/Answer';
import type { Characteristic } from '$lib/protocol/Characteristic';
import type { Command } from '$lib/protocol/Command';
import type { JobSheet } from '$lib/protocol/JobSheet';
import type { QueueCard } from '$lib/protocol/QueueCard';
import type { ReturnedFor } from '$lib/protocol/ReturnedFor';
import type { RpcReply } from '$lib/protocol/RpcReply';
import { WORKERS } from './factory';
import { DEFECTS } from './defects';
import { message, PIN, type FakeStation } from './FakeStation';
import { FINAL_INSPECTION, routedJob } from './routing';

const attribute = (id: string, zh: string, en: string): Characteristic => ({ id, name: { zh, en }, kind: 'attribute', unit: '', min: null, max: null, decimals: 0 });
const measured = (id: string, zh: string, en: string, min: string, max: string): Characteristic => ({ id, name: { zh, en }, kind: 'measured', unit: 'mm', min, max, decimals: 1 });

export const CHECKS: Characteristic[] = [
  measured('heel_height', '跟高', 'Heel height', '24.0', '26.0'),
  measured('pair_difference', '左右长度差（扣除定制差）', 'L/R difference beyond order', '0.0', '1.0'),
  attribute('bond', '底边无开胶', 'No open bond'),
  attribute('nails', '内里无钉头', 'No nails inside'),
  attribute('colour', '颜色光泽左右一致', 'Colour and shine match'),
  attribute('matches_order', '款式尺寸与工单相符', 'Style and size as ordered'),
];

/** What the pair of an inspection was sent back for. */
export function returnedFor(station: FakeStation, index: number, open = false): ReturnedFor {
  const { defect } = DEFECTS[(index * 7 + 18) % DEFECTS.length]!;
  const at = new Date(Date.parse(station.now()) - 5_400_000).toISOString();
  const { id, severity, view, x, y, name } = defect;
  const rework = routedJob(station.cards[index]!.pair, FINAL_INSPECTION - 4);
  return {
    id: `nc-${index}`,
    findings: [{ defect: id, severity, side: index % 2 === 0 ? 'left' : 'right', view, x, y, photos: [] }],
    defects: [name],
    state: open ? { state: 'open' } : { state: 'disposed', disposition: { kind: 'rework', from: rework.id }, by: null, at },
    found_by: WORKERS['BCHECK001']!,
    found_at: at,
  };
}

/** Turns the station's cards into final inspections, once. */
export function inspect(station: FakeStation): void {
  if (station.state.workstation_kind !== 'inspection' || station.cards[0]?.job.inspection) return;
  station.cards.forEach((card, index) => (card.job = routedJob(card.pair, FINAL_INSPECTION, index === 0 || index === 3 || index === 4 ? 1 : 0)));
}

function sheet(station: FakeStation, card: QueueCard): JobSheet {
  const index = station.cards.indexOf(card);
  const made = Array.from({ length: FINAL_INSPECTION }, (_, at) => routedJob(card.pair, FINAL_INSPECTION - 1 - at)).filter((job) => !job.inspection);
  return {
    ...card,
    steps: [],
    parameters: [],
    values: [],
    characteristics: CHECKS,
    worked_s: station.worked(card),
    now: station.now(),
    returned_for: card.job.round > 0 ? [returnedFor(station, index)] : [],
    rework_choices: made.map((job) => ({ job, disposition: { kind: 'rework', from: job.id } })),
    next: [routedJob(card.pair, FINAL_INSPECTION + 1)],
    evidence: null,
  };
}

/** The verdict as the answer to what ended the inspection. */
function verdict(station: FakeStation, card: QueueCard, kind: 'passed' | 'failed', params: Parameters<typeof message>[1]): Answer {
  const ended = station.finish(card, [], true);
  return { ...ended, kind, message: message(kind, { number: card.pair.number, ...params }), tone: kind === 'passed' ? 'done' : 'noted' };
}

/** A card scanned while an inspection runs. */
function scanned(station: FakeStation, text: string): Answer | null {
  const card = station.cards.find((one) => one.job.inspection && one.standing.state === 'running');
  if (!card) return null;
  const about = { scanned: text, pair: card.pair, job: card.job };
  const defect = DEFECTS.find((one) => one.defect.code === text)?.defect;
  if (defect) return station.answer('picked', message('defect_picked', { defect: defect.name }), about);
  if (text === 'FAIL') return station.answer('picked', message('finding_needed'), { ...about, tone: 'question' });
  if (text === 'PASS') return { ...verdict(station, card, 'passed', {}), scanned: text };
  return text === card.pair.code ? station.answer('picked', message('inspection_begun', { number: card.pair.number }), about) : null;
}

/** Whether a decision may be recorded with this PIN; the answer when it may not. */
export function refusedPin(station: FakeStation, kind: string | undefined, pin: string | null): Answer | null {
  if (kind !== 'use_as_is' && kind !== 'scrap_and_remake') return null;
  if (pin === null) return station.answer('refused', message('pin_required'));
  return pin === PIN ? null : station.answer('refused', message('pin_wrong', { attempts: 3 }));
}

/** Answers what concerns inspections, or nothing if the command is another's. */
export function answerQuality(station: FakeStation, command: Command): RpcReply | null {
  inspect(station);
  const found = 'job' in command.args ? station.cards.find((one) => one.job.inspection && one.job.id === (command.args as { job: string }).job) : undefined;
  const said = (value: Answer): RpcReply => ({ reply: 'answer', value });
  if (command.command === 'get_defects') return { reply: 'defects', value: DEFECTS };
  if (command.command === 'scan') {
    const answer = scanned(station, command.args.text);
    return answer && said(answer);
  }
  if (!found) return null;
  switch (command.command) {
    case 'get_job':
      return { reply: 'job', value: sheet(station, found) };
    case 'pass_inspection':
      return said(verdict(station, found, 'passed', {}));
    case 'fail_inspection': {
      const { findings, disposition, pin } = command.args;
      const refused = refusedPin(station, disposition?.kind, pin);
      const name = DEFECTS.find((one) => one.defect.id === findings[0]?.defect)?.defect.name ?? '';
      return said(refused ?? verdict(station, found, 'failed', { defect: name }));
    }
    default:
      return null;
  }
}
