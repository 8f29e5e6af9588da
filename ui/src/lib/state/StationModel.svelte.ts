// The station as the screens see it: who, where, the queue, the job on screen, and the question that waits for an answer.
// It asks the engine again for whatever has changed. An answer is shown first; everything else is fetched after it.
import type { Answer } from '$lib/protocol/Answer';
import type { Command } from '$lib/protocol/Command';
import type { JobHead } from '$lib/protocol/JobHead';
import type { JobId } from '$lib/protocol/JobId';
import type { JobSheet } from '$lib/protocol/JobSheet';
import type { Measured } from '$lib/protocol/Measured';
import type { Message } from '$lib/protocol/Message';
import type { Queue } from '$lib/protocol/Queue';
import type { StationEvent } from '$lib/protocol/StationEvent';
import type { StationState } from '$lib/protocol/StationState';
import type { Topic } from '$lib/protocol/Topic';
import type { ValueDraft } from '$lib/protocol/ValueDraft';
import { language } from '$lib/i18n/language.svelte';
import { useTimeZone } from '$lib/i18n/format';
import { ask, refusalFrom, type Platform } from '$lib/platform/types';
import { AnswerModel } from './AnswerModel.svelte';
import { Pictures } from './Pictures.svelte';
import { StationClock } from './StationClock.svelte';

/** CSS's own millimetre, until somebody holds a bank card against the screen. */
export const UNCALIBRATED_PX_PER_MM = 3.78;

/** A question of the engine that is open on the screen. */
export type Question =
  | { kind: 'choose'; answer: Answer }
  | { kind: 'values'; answer: Answer; job: JobHead }
  | { kind: 'early'; answer: Answer; job: JobHead };

/** Answers after which the job they name is what the worker wants to see. */
const OPENS_JOB: ReadonlySet<Answer['kind']> = new Set(['started', 'resumed', 'paused', 'undone', 'needs_values']);
/** Answers that end the job on screen. */
const CLOSES_JOB: ReadonlySet<Answer['kind']> = new Set(['signed_off', 'passed', 'failed', 'signed_out', 'locked']);
/** Answers after which an open question is nobody's any more. */
const ENDS_QUESTION: ReadonlySet<Answer['kind']> = new Set(['signed_in', 'signed_out', 'locked', 'repeat']);

export class StationModel {
  readonly clock = new StationClock();
  readonly answers = new AnswerModel(this.clock);

  readonly pictures: Pictures;
  #state = $state.raw<StationState | null>(null);
  #queue = $state.raw<Queue | null>(null);
  #sheet = $state.raw<JobSheet | null>(null);
  #question = $state.raw<Question | null>(null);
  #failedAct = $state.raw<Message | null>(null);
  #failedFetch = $state.raw<Message | null>(null);
  #job: JobId | null = null;
  #entered: { job: JobId | null; values: ValueDraft[] } = { job: null, values: [] };
  readonly #listeners = new Map<Topic, Set<() => void>>();
  readonly #answerListeners = new Set<(answer: Answer) => void>();
  #reader: ((measured: Measured) => void) | null = null;

  constructor(readonly platform: Platform) {
    this.pictures = new Pictures(platform);
  }

  get state(): StationState | null {
    return this.#state;
  }
  get queue(): Queue | null {
    return this.#queue;
  }
  get sheet(): JobSheet | null {
    return this.#sheet;
  }
  get question(): Question | null {
    return this.#question;
  }
  /** Why the engine could not carry something out: until the next answer, or until views come again. */
  get trouble(): Message | null {
    return this.#failedAct ?? this.#failedFetch;
  }

  /** Calibrated pixels per millimetre. */
  get pxPerMm(): number {
    const hundredths = this.#state?.px_per_mm_x100 ?? 0;
    return hundredths > 0 ? hundredths / 100 : UNCALIBRATED_PX_PER_MM;
  }

  /** Connects; the returned function disconnects. */
  run(): () => void {
    const stops = [this.clock.run(), this.platform.onEvent((event) => this.hear(event))];
    void this.refresh('state');
    void this.refresh('work');
    return () => stops.forEach((stop) => stop());
  }

  /** Calls back when a topic has changed, for screens that hold views of their own. */
  onChange(topic: Topic, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Calls back with every answer, after it was put into the band. */
  onAnswer(listener: (answer: Answer) => void): () => void {
    this.#answerListeners.add(listener);
    return () => this.#answerListeners.delete(listener);
  }

  /** Gives readings of instruments to the value that is open now; the returned function ends that. */
  onMeasured(reader: (measured: Measured) => void): () => void {
    this.#reader = reader;
    return () => {
      if (this.#reader === reader) this.#reader = null;
    };
  }

  hear(event: StationEvent): void {
    if (event.event === 'answer') this.take(event.value);
    else if (event.event === 'measured') void this.#measured(event.value);
    else if (event.event === 'changed') void this.refresh(event.value);
    else void this.refresh('state');
  }

  /** Sends a command that acts and shows its answer. */
  async act(command: Command): Promise<Answer | null> {
    try {
      const answer = await ask(this.platform, command, 'answer');
      this.take(answer);
      return answer;
    } catch (thrown) {
      this.#failedAct = refusalFrom(thrown).said;
      return null;
    }
  }

  scan(text: string, origin: 'wedge' | 'pad'): Promise<Answer | null> {
    return this.act({ command: 'scan', args: { text, origin } });
  }

  /**
   * An input method got between the scanner and us. The engine hears a text that no label carries, so that the refusal is
   * heard and logged; the band says what really happened.
   */
  async garbled(text: string): Promise<void> {
    const answer = await this.scan(`\uFFFD${text}`, 'wedge');
    if (answer) this.answers.amend({ ...answer, message: { code: 'scan_garbled', params: { text: { type: 'text', value: text } } } });
  }

  async open(job: JobId): Promise<void> {
    this.#job = job;
    const sheet = await this.#fetch(() => ask(this.platform, { command: 'get_job', args: { job } }, 'job'));
    if (sheet && this.#job === job) {
      this.clock.hear(sheet.now);
      this.#sheet = sheet;
    }
  }

  close(): void {
    this.#job = null;
    this.#sheet = null;
  }

  /** Finishes with what was entered so far; a question of the engine keeps the values until it is answered. */
  finish(job: JobId, values: ValueDraft[] = [], earlyConfirmed = false): Promise<Answer | null> {
    const before = this.#entered.job === job ? this.#entered.values : [];
    const entered = [...before.filter((old) => !values.some((draft) => draft.parameter === old.parameter)), ...values];
    this.#entered = { job, values: entered };
    return this.act({ command: 'finish_job', args: { job, values: entered, early_confirmed: earlyConfirmed } });
  }

  /** Keeps values while the job runs; nothing is recorded before the sign-off. */
  async enterValues(job: JobId, values: ValueDraft[]): Promise<void> {
    const reply = await this.#fetch(() => this.platform.rpc({ command: 'enter_values', args: { job, values } }));
    if (reply?.reply === 'answer') this.take(reply.value);
    if (reply && this.#job === job) await this.open(job);
  }

  /** The question was answered; what was entered is kept until the engine has said what came of it. */
  answerQuestion(): void {
    this.#question = null;
  }

  dismissQuestion(): void {
    this.#question = null;
    this.#entered = { job: null, values: [] };
  }

  undo(): Promise<Answer | null> {
    this.answers.closeUndo();
    return this.act({ command: 'undo', args: {} });
  }

  /** Asks the engine again for what has changed. */
  async refresh(topic: Topic): Promise<void> {
    this.#listeners.get(topic)?.forEach((listener) => listener());
    if (topic === 'work') await Promise.all([this.#refreshQueue(), this.#job ? this.open(this.#job) : undefined]);
    else await this.#refreshState();
  }

  /** A reading that nobody waits for is said, not swallowed. */
  async #measured(measured: Measured): Promise<void> {
    if (this.#reader) {
      this.#reader(measured);
      // What was said while nothing was open is answered by opening it.
      if (this.#failedAct?.code.startsWith('reading_')) this.#failedAct = null;
    } else this.#failedAct = (await import('./reading')).readingNowhere(measured);
  }

  private take(answer: Answer): void {
    if (!this.answers.take(answer)) return;
    this.#failedAct = null;
    this.#askOrClose(answer);
    // The band paints first: views are fetched after this task.
    setTimeout(() => {
      this.#follow(answer);
      this.#answerListeners.forEach((listener) => listener(answer));
    });
  }

  /** A scan of something else leaves a half-answered question open; a move of its own job, or another worker, ends it. */
  #askOrClose(answer: Answer): void {
    const asked = questionOf(answer);
    const ends = answer.action !== null || ENDS_QUESTION.has(answer.kind);
    if (asked) this.#question = asked;
    else if (ends) this.dismissQuestion();
  }

  #follow(answer: Answer): void {
    void this.#refreshState();
    const job = answer.job?.id;
    if (job && OPENS_JOB.has(answer.kind)) void this.open(job);
    else if (CLOSES_JOB.has(answer.kind) && (!job || job === this.#job)) this.close();
    if (answer.action) void this.#refreshQueue();
  }

  async #refreshState(): Promise<void> {
    const state = await this.#fetch(() => ask(this.platform, { command: 'get_state', args: {} }, 'state'));
    if (!state) return;
    useTimeZone(state.time_zone);
    if (language.now !== state.language) language.speak(state.language);
    this.clock.hear(state.now);
    if (state.locked || !state.worker) this.close();
    this.#state = state;
  }

  async #refreshQueue(): Promise<void> {
    const queue = await this.#fetch(() => ask(this.platform, { command: 'get_queue', args: {} }, 'queue'));
    if (queue) this.#queue = queue;
  }

  async #fetch<T>(fetch: () => Promise<T>): Promise<T | null> {
    try {
      const fetched = await fetch();
      this.#failedFetch = null;
      return fetched;
    } catch (thrown) {
      this.#failedFetch = refusalFrom(thrown).said;
      return null;
    }
  }
}

function questionOf(answer: Answer): Question | null {
  if (answer.kind === 'choose' && answer.choices.length > 0) return { kind: 'choose', answer };
  if (answer.kind === 'needs_values' && answer.job) return { kind: 'values', answer, job: answer.job };
  if (answer.kind === 'confirm_early' && answer.job) return { kind: 'early', answer, job: answer.job };
  return null;
}
