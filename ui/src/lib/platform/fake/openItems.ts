// The fake's open items: one of every kind that looks different, decided by a press.
import type { Command } from '$lib/protocol/Command';
import type { FactSheet } from '$lib/protocol/FactSheet';
import type { OpenItem } from '$lib/protocol/OpenItem';
import type { ProofSheet } from '$lib/protocol/ProofSheet';
import type { Resolution } from '$lib/protocol/Resolution';
import type { ResolutionChoice } from '$lib/protocol/ResolutionChoice';
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { WorkerHead } from '$lib/protocol/WorkerHead';
import { WORKERS } from './factory';
import { message, PIN, type FakeStation } from './FakeStation';
import { routedJob, ROUTING } from './routing';

const decided = new Map<string, Resolution>();
const wang = WORKERS['BKHXRD7G1']!;
const li = WORKERS['BPWF1YYX2']!;
const anna = WORKERS['BQ7M2K4D3']!;
const zhou = WORKERS['BCHECK001']!;
const boss = WORKERS['BSUPER001']!;

const ago = (station: FakeStation, minutes: number) => new Date(Date.parse(station.now()) - minutes * 60_000).toISOString();

function fact(station: FakeStation, kind: string, worker: WorkerHead | null, minutes: number, more: Partial<FactSheet> = {}): FactSheet {
  return {
    action: `${kind}-${minutes}`,
    kind,
    worker,
    workstation: { zh: '针车 1 号', en: 'Closing 1' },
    at: ago(station, minutes),
    confidence: 'synchronised',
    received_at: ago(station, Math.max(1, minutes - 2)),
    auth_level: 'badge',
    base_version: 12,
    readable: true,
    values: [],
    lots: [],
    defects: [],
    disposition: null,
    resolution: null,
    ...more,
  };
}

const choice = (resolution: Resolution, more: Partial<ResolutionChoice> = {}): ResolutionChoice => ({ resolution, needs_reason: true, worker: null, second_worker: null, job: null, ...more });

interface Draft {
  id: string;
  of?: 'conflict' | 'parked';
  kind: string;
  pair: number | null;
  job?: number;
  minutes: number;
  security?: boolean;
  facts: FactSheet[];
  choices: ResolutionChoice[];
}

const pitch = (value: string) => ({ name: { zh: '针距', en: 'Stitch pitch' }, value, unit: 'mm', reason: null });
const edge = (value: string, reason: string | null = null) => ({ name: { zh: '边距', en: 'Edge distance' }, value, unit: 'mm', reason });

function drafts(station: FakeStation): Draft[] {
  const place = (zh: string, en: string) => ({ workstation: { zh, en } });
  return [
    {
      id: 'c-1', kind: 'signed_twice', pair: 0, job: 5, minutes: 95,
      facts: [
        fact(station, 'job_finished', wang, 190, { values: [pitch('2.2'), edge('2.0')], lots: ['M00001CQ5'] }),
        fact(station, 'job_finished', li, 160, { ...place('针车 2 号', 'Closing 2'), confidence: 'unknown', received_at: ago(station, 95), base_version: 11, values: [pitch('2.4'), edge('2.0')], lots: ['M00001CQ5'] }),
      ],
      choices: [choice({ choice: 'credit_first' }, { worker: wang, needs_reason: false }), choice({ choice: 'credit_second' }, { worker: li }), choice({ choice: 'split' }, { worker: wang, second_worker: li }), choice({ choice: 'neither' })],
    },
    {
      id: 'c-2', kind: 'order_closed', pair: 5, job: 6, minutes: 1_700,
      facts: [fact(station, 'job_finished', anna, 1_740, { confidence: 'remembered', values: [pitch('2.1')], ...place('针车 3 号', 'Closing 3') })],
      choices: [choice({ choice: 'scrap_work' }), choice({ choice: 'reuse_part' }), choice({ choice: 'reinstate' })],
    },
    {
      id: 'c-3', kind: 'pass_and_fail', pair: 8, job: ROUTING.length - 3, minutes: 40,
      facts: [
        fact(station, 'inspection_passed', zhou, 70, { auth_level: 'pin', ...place('品检台 1', 'Inspection 1') }),
        fact(station, 'inspection_failed', boss, 62, { auth_level: 'pin', ...place('品检台 2', 'Inspection 2'), defects: [{ zh: '跳针', en: 'Skipped stitch' }] }),
      ],
      choices: [choice({ choice: 'failure_stands' }, { needs_reason: false }), choice({ choice: 'pass_stands' })],
    },
    {
      id: 'c-4', kind: 'finish_without_start', pair: 11, job: 8, minutes: 15,
      facts: [fact(station, 'job_finished', li, 20, place('绷帮 2 号', 'Lasting 2'))],
      choices: [choice({ choice: 'accept' }), choice({ choice: 'correct_times', started_at: ago(station, 20), finished_at: ago(station, 20) })],
    },
    {
      id: 'p-1', of: 'parked', kind: 'grant_expired', pair: 3, job: 4, minutes: 130,
      facts: [fact(station, 'job_finished', anna, 150, { confidence: 'remembered', ...place('针车 3 号', 'Closing 3') })],
      choices: [choice({ choice: 'accept' }), choice({ choice: 'reassign', worker: wang.id }, { worker: wang }), choice({ choice: 'reassign', worker: li.id }, { worker: li }), choice({ choice: 'refuse' })],
    },
    {
      id: 'p-2', of: 'parked', kind: 'job_void', pair: 9, job: 7, minutes: 300,
      facts: [fact(station, 'job_finished', wang, 320)],
      choices: [
        ...[8, 9, 10].map((at) => choice({ choice: 'map_to_job', job: `j-${at}` }, { job: routedJob(station.cards[9]!.pair, at) })),
        choice({ choice: 'refuse' }),
      ],
    },
    {
      id: 'p-3', of: 'parked', kind: 'bad_signature', pair: null, minutes: 75, security: true,
      facts: [fact(station, '', null, 80, { readable: false, confidence: 'unknown', auth_level: 'none', base_version: null, ...place('修饰 1 号', 'Finishing 1') })],
      choices: [choice({ choice: 'refuse' })],
    },
  ];
}

function itemOf(station: FakeStation, draft: Draft): OpenItem {
  const pair = draft.pair === null ? null : station.cards[draft.pair % station.cards.length]!.pair;
  const resolution = decided.get(draft.id);
  return {
    line: {
      id: draft.id,
      of: draft.of ?? 'conflict',
      kind: draft.kind,
      pair,
      job: pair && draft.job !== undefined ? routedJob(pair, draft.job) : null,
      opened_at: ago(station, draft.minutes),
      overdue: draft.minutes > (draft.security ? 60 : 1440),
      security: draft.security ?? false,
      decided_here: resolution !== undefined,
    },
    facts: draft.facts,
    choices: draft.choices,
    decided: resolution ? { kind: resolution.choice, worker: station.state.worker ?? boss, at: station.now(), evidence: 'saved' } : null,
  };
}

/** What waits for a supervisor; nothing in the scene where all is well. */
export function openItemsOf(station: FakeStation): OpenItem[] {
  if (station.state.workstation_kind !== 'supervision' || station.state.unsent.pending < 0) return [];
  const items = drafts(station).map((draft) => itemOf(station, draft));
  const rank = (one: OpenItem) => Number(one.line.decided_here) * 2 + Number(!one.line.security);
  return items.sort((a, b) => rank(a) - rank(b) || a.line.opened_at.localeCompare(b.line.opened_at));
}

export const proofOf = (station: FakeStation): ProofSheet => ({ proved_at: ago(station, 600), ok: true, stored: 18_402, applied: 18_391, flagged: 4, parked: 3, closed: 4 });

/** Answers what concerns open items, or nothing if the command is another's. */
export function answerOpenItems(station: FakeStation, command: Command): RpcReply | null {
  switch (command.command) {
    case 'get_open_items':
      return {
        reply: 'open_items',
        value: {
          now: station.now(),
          whole_site: station.state.workstation_kind === 'supervision',
          items: openItemsOf(station),
          proof: proofOf(station),
          as_of: station.state.online ? null : ago(station, 14),
        },
      };
    case 'resolve_item': {
      if (command.args.pin !== PIN) return { reply: 'answer', value: station.answer('refused', message('pin_wrong', { attempts: 3 })) };
      decided.set(command.args.item, command.args.resolution);
      station.changed();
      return { reply: 'answer', value: station.answer('resolved', message('item_resolved'), { action: 'a', evidence: 'saved' }) };
    }
    default:
      return null;
  }
}
