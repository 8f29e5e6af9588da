// The fake's floor: a board with every kind of exception, pairs to find, decisions and reprints.
import type { Board } from '$lib/protocol/Board';
import type { BoardPair } from '$lib/protocol/BoardPair';
import type { Command } from '$lib/protocol/Command';
import type { JobLine } from '$lib/protocol/JobLine';
import type { PairHead } from '$lib/protocol/PairHead';
import type { PairSheet } from '$lib/protocol/PairSheet';
import type { PrintJobLine } from '$lib/protocol/PrintJobLine';
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { Standing } from '$lib/protocol/Standing';
import { WORKERS } from './factory';
import { DEFECTS } from './defects';
import { openItemsOf, proofOf } from './openItems';
import { message, type FakeStation } from './FakeStation';
import { refusedPin, returnedFor } from './quality';
import { ROUTING, routedJob, WORK_CENTRES } from './routing';

const people = Object.values(WORKERS).filter((worker) => worker.roles.includes('worker'));
const place = (index: number) => ({ zh: `${WORK_CENTRES[index % 6]!.name.zh} ${(index % 2) + 1} 号`, en: `${WORK_CENTRES[index % 6]!.name.en} ${(index % 2) + 1}` });
const printed: PrintJobLine[] = [];
const decided = new Set<string>();
/** How far the pair with this place in the list has come. */
const reached = (index: number) => (index * 5 + 6) % ROUTING.length;
const blockedPairs = [7, 12];

function about(station: FakeStation, index: number, more: Partial<BoardPair> = {}): BoardPair {
  const { pair } = station.cards[index % station.cards.length]!;
  const job = routedJob(pair, reached(index));
  const since = new Date(Date.parse(station.now()) - (index + 3) * 540_000).toISOString();
  const finish_at = new Date(Date.parse(pair.promise_at) + 2 * 86_400_000).toISOString();
  const worked_s = Math.round(job.standard_time_s * (0.2 + ((index * 37) % 100) / 110));
  return { pair, job, worker: people[index % people.length]!, workstation: place(index), since, worked_s, finish_at, why: null, nonconformance: null, ...more };
}

function boardOf(station: FakeStation): Board {
  const now = station.now();
  const minutes = (count: number) => new Date(Date.parse(now) - count * 60_000).toISOString();
  const offline = !station.state.online;
  const over = (index: number) => about(station, index, { worked_s: Math.round(routedJob(station.cards[index]!.pair, reached(index)).standard_time_s * 1.4) });
  return {
    now,
    whole_site: station.state.workstation_kind === 'supervision',
    late: [3, 14, 2].map((index) => about(station, index)),
    blocked: blockedPairs.filter((index) => !decided.has(`nc-${index}`)).map((index) => {
      const nonconformance = returnedFor(station, index, true);
      return about(station, index, { why: message('blocked_by_nonconformance', { defect: nonconformance.defects[0]! }), nonconformance: nonconformance.id });
    }),
    overrun: [over(5)],
    running: [over(5), ...[0, 1, 4, 6, 8, 9, 10, 11, 13, 15, 16, 17].map((index) => about(station, index))],
    stations: [
      { station: 's-1', workstation: { zh: '绷帮 2 号', en: 'Lasting 2' }, last_contact: minutes(14), unsent: 12, oldest_at: minutes(38) },
      { station: 's-2', workstation: { zh: '修饰 1 号', en: 'Finishing 1' }, last_contact: minutes(7), unsent: 0, oldest_at: null },
    ],
    alarms: [
      { id: 'a-1', kind: 'no_progress', workstation: { zh: '绷帮 2 号', en: 'Lasting 2' }, times: 3, since: minutes(26) },
      { id: 'a-2', kind: 'proof_fails', workstation: null, times: 1, since: minutes(300) },
    ],
    open_items: openItemsOf(station).map((one) => one.line),
    proof: proofOf(station),
    work_centres: WORK_CENTRES.map(({ id, name }, index) => ({
      id,
      name,
      ready: [3, 5, 2, 4, 6, 1, 0, 2][index]!,
      running: [2, 3, 1, 2, 2, 1, 0, 2][index]!,
      paused: [0, 1, 0, 0, 1, 0, 0, 0][index]!,
      blocked: [0, 1, 0, 0, 0, 0, 0, 1][index]!,
      waiting: [0, 7, 4, 9, 14, 18, 22, 25][index]!,
      rework: [0, 1, 0, 0, 2, 0, 0, 0][index]!,
      late: [1, 0, 0, 1, 0, 0, 0, 1][index]!,
      load_s: [14400, 30600, 7200, 21600, 41400, 3600, 0, 9000][index]!,
    })),
    open_pairs: 52,
    completed_today: 3,
    as_of: offline ? minutes(14) : null,
  };
}

function line(station: FakeStation, index: number, at: number): JobLine {
  const { pair } = station.cards[index]!;
  const here = reached(index);
  const blocked = blockedPairs.includes(index) && !decided.has(`nc-${index}`);
  const standing: Standing =
    at < here ? { state: 'done' } : at > here ? { state: 'waiting', for_jobs: [] } : blocked ? { state: 'blocked', nonconformance: `nc-${index}` } : { state: 'running' };
  const worked = standing.state !== 'waiting';
  const started = new Date(Date.parse(station.now()) - (here - at) * 7_200_000 - 1_500_000).toISOString();
  return {
    job: routedJob(pair, at, index === 3 && at === here ? 1 : 0),
    standing,
    worker: worked ? people[(index + at) % people.length]! : null,
    workstation: worked ? place(at) : null,
    started_at: worked ? started : null,
    finished_at: standing.state === 'done' ? new Date(Date.parse(started) + 3_600_000).toISOString() : null,
    worked_s: worked ? 1500 : 0,
  };
}

function pairSheet(station: FakeStation, index: number): PairSheet {
  const { pair } = station.cards[index]!;
  const jobs = ROUTING.map((_, at) => line(station, index, at));
  const here = jobs.filter((one) => one.standing.state === 'running');
  const node = reached(index) < 3 ? 2 : reached(index) < 22 ? 3 : 4;
  const order = ['requirement', 'purchasing', 'cutting', 'stitching', 'inspection', 'shipping'] as const;
  const found = blockedPairs.includes(index) || index === 3;
  return {
    pair,
    nodes: order.map((one, at) => ({ node: one, state: at < node ? 'done' : at === node ? 'here' : 'ahead' })),
    jobs,
    here,
    next: jobs.filter((one) => one.standing.state === 'waiting').slice(0, 1).map((one) => one.job),
    nonconformances: found ? [returnedFor(station, index, blockedPairs.includes(index) && !decided.has(`nc-${index}`))] : [],
    finish_at: new Date(Date.parse(pair.promise_at) + (pair.late ? 2 : -1) * 86_400_000).toISOString(),
    name_only: false,
    printed_before: index % 2 === 0,
  };
}

const matches = (pair: PairHead, text: string) => pair.number.includes(text) || pair.code.startsWith(text);

/** Answers what concerns the floor, or nothing if the command is another's. */
export function answerBoard(station: FakeStation, command: Command): RpcReply | null {
  const indexOf = (work_order: string) => Math.max(0, station.cards.findIndex((card) => card.pair.work_order === work_order));
  switch (command.command) {
    case 'get_board':
      return { reply: 'board', value: boardOf(station) };
    case 'find_pair':
      return { reply: 'pairs', value: station.cards.map((card) => card.pair).filter((pair) => matches(pair, command.args.text)) };
    case 'get_pair':
      return { reply: 'pair', value: pairSheet(station, indexOf(command.args.work_order)) };
    case 'get_defects':
      return { reply: 'defects', value: DEFECTS };
    case 'get_print_jobs':
      return { reply: 'print_jobs', value: [...printed] };
    case 'print_traveller': {
      const { pair } = station.cards[indexOf(command.args.work_order)]!;
      const reprint = command.args.reason ? printed.filter((one) => one.work_order === pair.work_order).length + 1 : 0;
      printed.unshift({ id: `print-${printed.length}`, number: pair.number, work_order: pair.work_order, state: 'sent', reprint, reason: command.args.reason, printer: '', at: station.now(), message: null });
      station.tell({ event: 'changed', value: 'printing' });
      return { reply: 'answer', value: station.answer('label', message('label_queued', { number: pair.number, printer: 'Zebra' }), { pair }) };
    }
    case 'dispose_nonconformance': {
      const refused = refusedPin(station, command.args.disposition.kind, command.args.pin);
      if (refused) return { reply: 'answer', value: refused };
      decided.add(command.args.nonconformance);
      station.changed();
      const { pair } = station.cards[indexOf(command.args.work_order)]!;
      return { reply: 'answer', value: station.answer('disposed', message('disposed', { number: pair.number }), { pair, action: 'a', evidence: 'saved' }) };
    }
    default:
      return null;
  }
}
