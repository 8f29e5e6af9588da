// An engine in memory: enough of the floor's life to draw and try every station screen without a factory.
import type { Answer } from '$lib/protocol/Answer';
import type { JobSheet } from '$lib/protocol/JobSheet';
import type { Message } from '$lib/protocol/Message';
import type { MessageCode } from '$lib/protocol/MessageCode';
import type { Param } from '$lib/protocol/Param';
import type { QueueCard } from '$lib/protocol/QueueCard';
import type { StationEvent } from '$lib/protocol/StationEvent';
import type { StationState } from '$lib/protocol/StationState';
import type { ValueDraft } from '$lib/protocol/ValueDraft';
import type { WorkerHead } from '$lib/protocol/WorkerHead';
import type { WorkstationKind } from '$lib/protocol/WorkstationKind';
import { jobOf, OPERATIONS, pairAt, WORKERS } from './factory';
import { stepPicture } from './picture';

export const PIN = '123456';
const UNDO_MS = 10_000;

/** A message with plain parameters. */
export function message(code: MessageCode, params: Record<string, Param['value']> = {}): Message {
  const typed = (value: Param['value']): Param =>
    typeof value === 'number' ? { type: 'number', value } : typeof value === 'string' ? { type: 'text', value } : { type: 'name', value };
  return { code, params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typed(value)])) };
}

/** What a fake begins with. */
export interface Beginning {
  cards: number;
  kind: WorkstationKind;
}

export class FakeStation {
  state: StationState;
  cards: QueueCard[];
  readonly values = new Map<string, ValueDraft[]>();
  readonly #listeners = new Set<(event: StationEvent) => void>();
  #answers = 0;
  #undo: (() => void) | null = null;

  constructor(beginning: Beginning, private readonly nowMs: () => number = Date.now) {
    this.state = this.#firstState(beginning.kind);
    this.cards = Array.from({ length: beginning.cards }, (_, index) => this.#card(index));
  }

  now(): string {
    return new Date(this.nowMs()).toISOString();
  }

  listen(listener: (event: StationEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: StationEvent): void {
    this.#listeners.forEach((listener) => listener(event));
  }

  changed(): void {
    this.tell({ event: 'changed', value: 'state' });
    this.tell({ event: 'changed', value: 'work' });
  }

  answer(kind: Answer['kind'], said: Message, more: Partial<Answer> = {}): Answer {
    this.#answers += 1;
    const blank = { scanned: null, pair: null, job: null, choices: [], missing: [], action: null, undo_until: null, evidence: null };
    return { number: this.#answers, kind, message: said, tone: 'noted', ...blank, worker: this.state.worker, at: this.now(), ...more };
  }

  scan(text: string): Answer {
    const badge = WORKERS[text];
    if (badge) return this.#badge(badge);
    const card = this.cards.find((candidate) => candidate.pair.code === text || candidate.pair.number === text);
    if (!card) {
      const code = text.length < 9 ? 'code_torn' : text.length > 13 ? 'code_foreign' : 'code_unknown';
      return this.answer('unknown', message(code, { text }), { scanned: text });
    }
    if (!this.state.worker) return this.answer('refused', message('badge_needed'), { scanned: text });
    return card.standing.state === 'running' ? this.finish(card, [], false) : this.start(card);
  }

  enterPin(pin: string): Answer {
    const asked = this.state.pin_for;
    if (!asked) return this.answer('refused', message('badge_needed'));
    if (pin !== PIN) return this.answer('refused', message('pin_wrong', { attempts: 3 }));
    return this.signIn(asked);
  }

  signIn(worker: WorkerHead): Answer {
    const others = this.state.signed_in.filter((one) => one.id !== worker.id);
    this.state = { ...this.state, worker, pin_for: null, locked: false, language: worker.language, signed_in: [worker, ...others] };
    this.changed();
    return this.answer('signed_in', message('signed_in', { worker: worker.short }));
  }

  signOut(): Answer {
    const leaving = this.state.worker;
    this.state = { ...this.state, worker: null, locked: true, signed_in: this.state.signed_in.filter((one) => one.id !== leaving?.id) };
    this.changed();
    return this.answer('signed_out', message('signed_out', { worker: leaving?.short ?? '' }));
  }

  lock(): Answer {
    this.state = { ...this.state, worker: null, locked: true, pin_for: null };
    this.changed();
    return this.answer('locked', message('locked'));
  }

  start(card: QueueCard): Answer {
    if (card.why) return this.answer('refused', card.why, { pair: card.pair, job: card.job });
    const kind = card.standing.state === 'paused' ? 'resumed' : 'started';
    return this.#move(card, kind, { standing: { state: 'running' }, worker: this.state.worker, workstation: this.state.workstation_name, started_at: this.now(), pause_reason: null });
  }

  pause(card: QueueCard, reason: QueueCard['pause_reason']): Answer {
    return this.#move(card, 'paused', { standing: { state: 'paused' }, pause_reason: reason });
  }

  finish(card: QueueCard, values: ValueDraft[], early: boolean): Answer {
    const about = { pair: card.pair, job: card.job };
    const entered = [...(this.values.get(card.job.id) ?? []), ...values];
    const missing = this.#parameters(card).filter((one) => one.required && !entered.some((value) => value.parameter === one.id));
    if (missing[0]) return this.answer('needs_values', message('value_needed', { parameter: missing[0].name }), { ...about, missing, tone: 'question' });
    const worked_s = this.worked(card);
    if (!early && worked_s < card.job.standard_time_s / 10) {
      const minutes = { minutes: Math.floor(worked_s / 60), standard_minutes: Math.round(card.job.standard_time_s / 60) };
      return this.answer('confirm_early', message('early_finish', minutes), { ...about, tone: 'question' });
    }
    this.state = { ...this.state, signed_off_today: this.state.signed_off_today + 1 };
    return this.#move(card, 'signed_off', { standing: { state: 'done' } });
  }

  undo(): Answer {
    if (!this.#undo) return this.answer('refused', message('nothing_to_undo'));
    this.#undo();
    this.#undo = null;
    this.changed();
    return this.answer('undone', message('undone', { number: '', operation: '' }));
  }

  worked(card: QueueCard): number {
    const since = card.started_at && card.standing.state === 'running' ? (this.nowMs() - Date.parse(card.started_at)) / 1000 : 0;
    return Math.round(card.worked_s + since);
  }

  sheet(card: QueueCard): JobSheet {
    const operation = OPERATIONS.find((one) => one.id === card.job.operation)!;
    return {
      job: card.job,
      pair: card.pair,
      standing: card.standing,
      why: card.why,
      steps: operation.steps.map((text, index) => ({ text, picture: `${operation.pictogram}-${index}` })),
      parameters: operation.parameters,
      values: this.values.get(card.job.id) ?? [],
      characteristics: [],
      worker: card.worker,
      started_at: card.started_at,
      worked_s: this.worked(card),
      now: this.now(),
      pause_reason: card.pause_reason,
      returned_for: card.job.round > 0 ? [this.#returned()] : [],
      rework_choices: [],
      next: [{ ...card.job, id: 'next', operation: 'lasting.upper', name: { zh: '绷帮', en: 'Lasting' }, short: { zh: '绷帮', en: 'Lasting' }, pictogram: 'last' }],
      evidence: card.standing.state === 'running' ? 'sent' : null,
    };
  }

  picture(hash: string): string {
    return stepPicture(hash);
  }

  #badge(worker: WorkerHead): Answer {
    if (worker.roles.includes('worker') && this.state.workstation_kind === 'production') return this.signIn(worker);
    this.state = { ...this.state, pin_for: worker };
    this.changed();
    return this.answer('pin_needed', message('pin_needed', { worker: worker.short }), { worker, tone: 'question' });
  }

  #move(card: QueueCard, kind: Answer['kind'], change: Partial<QueueCard>): Answer {
    const before = { ...card };
    const worked_s = this.worked(card);
    Object.assign(card, change, { worked_s });
    this.#undo = () => void Object.assign(card, before);
    this.changed();
    const said = message(kind as MessageCode, { number: card.pair.number, operation: card.job.short });
    return this.answer(kind, said, {
      pair: card.pair,
      job: card.job,
      action: `action-${this.#answers}`,
      evidence: 'saved',
      undo_until: new Date(this.nowMs() + UNDO_MS).toISOString(),
      tone: kind === 'signed_off' ? 'done' : 'started',
    });
  }

  #parameters(card: QueueCard) {
    return OPERATIONS.find((one) => one.id === card.job.operation)?.parameters ?? [];
  }

  #returned(): JobSheet['returned_for'][number] {
    const finding = { defect: 'skipped-stitch', severity: 'major', side: 'left', view: 'side', x: 330, y: 470, photos: [] } as const;
    return {
      id: 'nc-1',
      findings: [{ ...finding, photos: [] }],
      defects: [{ zh: '跳针', en: 'Skipped stitch' }],
      state: { state: 'open' },
      found_by: WORKERS['BCHECK001'] ?? null,
      found_at: new Date(this.nowMs() - 5_400_000).toISOString(),
    };
  }

  #card(index: number): QueueCard {
    const pair = pairAt(index, this.nowMs());
    const blank = { worker: null, workstation: null, started_at: null, worked_s: 0, pause_reason: null, why: null };
    const job = jobOf(pair, index, index === 2 || index === 3 ? 1 : 0);
    const ago = (minutes: number) => new Date(this.nowMs() - minutes * 60_000).toISOString();
    const li = WORKERS['BPWF1YYX2']!;
    if (index === 0) {
      const place = { zh: '针车 1 号', en: 'Closing 1' };
      return { ...blank, job, pair, standing: { state: 'running' }, worker: WORKERS['BKHXRD7G1']!, workstation: place, started_at: ago(52) };
    }
    if (index === 1) return { ...blank, job, pair, standing: { state: 'paused' }, worker: li, worked_s: 900, pause_reason: 'material', workstation: { zh: '针车 2 号', en: 'Closing 2' } };
    if (index === 7) return { ...blank, job, pair, standing: { state: 'blocked', nonconformance: 'nc-2' }, why: message('blocked_by_nonconformance', { defect: { zh: '色差', en: 'Colour mismatch' } }) };
    if (index % 10 === 9) {
      const why = message('predecessor_open', { operation: { zh: '面料裁断', en: 'Upper cutting' }, standing: 'running', workstation: { zh: '裁断 2 号', en: 'Cutting 2' }, worker: { zh: '林师傅', en: 'Lin' } });
      return { ...blank, job, pair, standing: { state: 'waiting', for_jobs: ['job-x'] }, why };
    }
    return { ...blank, job, pair, standing: { state: 'ready' } };
  }

  #firstState(kind: WorkstationKind): StationState {
    const places = {
      production: [{ zh: '针车 1 号', en: 'Closing 1' }, { zh: '制帮', en: 'Closing' }],
      inspection: [{ zh: '品检台', en: 'Inspection 1' }, { zh: '品检', en: 'Inspection' }],
      supervision: [{ zh: '主管台', en: "Supervisor's desk" }, null],
    } as const;
    const [workstation_name, work_centre_name] = places[kind];
    return {
      mode: 'joined',
      site: { zh: '温州履约皮鞋定制厂', en: 'Cordwainer Bespoke, Wenzhou' },
      time_zone: 'Asia/Shanghai',
      workstation: 'close-1',
      workstation_name,
      workstation_kind: kind,
      work_centre: 'closing',
      work_centre_name,
      worker: null,
      signed_in: [],
      locked: true,
      pin_for: null,
      language: 'zh-CN',
      online: true,
      offline_reason: null,
      last_contact: this.now(),
      unsent: { count: 0, oldest_at: null, pending: 0 },
      devices: [
        { kind: 'scanner', name: '/dev/ttyACM0', ok: true, message: null, seen_at: this.now() },
        { kind: 'printer', name: '192.168.1.50:9100', ok: true, message: null, seen_at: null },
      ],
      signed_off_today: 7,
      ask_print: null,
      now: this.now(),
      px_per_mm_x100: 0,
      app_version: '0.1.0',
    };
  }
}
