import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WORKERS } from '$lib/platform/fake/factory';
import { FakeStation, message } from '$lib/platform/fake/FakeStation';
import { hostOf } from '$lib/platform/fake/host';
import type { Command } from '$lib/protocol/Command';
import type { Measured } from '$lib/protocol/Measured';
import { language } from '$lib/i18n/language.svelte';
import { answers } from '$lib/i18n/Answers.svelte';
import { say } from '$lib/i18n/say';
import { StationModel } from './StationModel.svelte';

/** Lets replies and what follows them arrive. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the station’s model', () => {
  let station = new FakeStation({ cards: 12, kind: 'production' });
  let model = new StationModel(hostOf(station));
  let asked: Command['command'][] = [];
  let sent: Command[] = [];

  beforeAll(() => answers.settled);

  beforeEach(async () => {
    station = new FakeStation({ cards: 12, kind: 'production' });
    station.signIn(WORKERS['BKHXRD7G1']!);
    const host = hostOf(station);
    asked = [];
    sent = [];
    model = new StationModel({
      ...host,
      rpc: (command) => {
        asked.push(command.command);
        sent.push(command);
        return host.rpc(command);
      },
    });
    station.listen((event) => model.hear(event));
    await Promise.all([model.refresh('state'), model.refresh('work')]);
  });

  it('shows an answer before it asks for anything', () => {
    asked = [];
    model.hear({ event: 'answer', value: station.answer('refused', message('badge_needed')) });
    expect(model.answers.current?.message.code).toBe('badge_needed');
    expect(asked, 'the band paints first').toEqual([]);
  });

  it('shows an answer once, although it comes as a reply and as an event', async () => {
    const answer = await model.scan(station.cards[4]!.pair.code, 'pad');
    model.hear({ event: 'answer', value: answer! });
    expect([model.answers.current, ...model.answers.earlier].length).toBe(1);
  });

  it('gives a reading to the value that is open, and says one that nobody waits for', async () => {
    const measured: Measured = { instrument: 'COM4', values: [{ unit: 'mm', value: '2.2' }], refused: null };
    const taken: string[] = [];
    const close = model.onMeasured((reading) => taken.push(reading.values[0]!.value));
    model.hear({ event: 'measured', value: measured });
    expect(taken).toEqual(['2.2']);
    expect(model.trouble, 'it has arrived').toBeNull();
    close();
    model.hear({ event: 'measured', value: measured });
    await vi.waitFor(() => expect(model.trouble?.code).toBe('reading_nowhere'));
    expect(taken.length, 'the value is closed').toBe(1);
    model.onMeasured((reading) => taken.push(reading.values[0]!.value));
    model.hear({ event: 'measured', value: measured });
    expect([taken.length, model.trouble], 'opened again, there is nothing left to say').toEqual([2, null]);
  });

  it('opens the job that a scan has started, and closes it when it is signed off', async () => {
    const card = station.cards[2]!;
    await model.scan(card.pair.code, 'wedge');
    await settle();
    expect(model.sheet?.job.id).toBe(card.job.id);
    const values = [{ parameter: 'stitch_pitch', value: '2.2', reason: null }, { parameter: 'edge_distance', value: '2.0', reason: null }];
    await model.finish(card.job.id, values, true);
    await settle();
    expect(model.sheet).toBeNull();
    expect(model.queue?.cards.some((one) => one.job.id === card.job.id), 'what is signed off leaves the queue').toBe(false);
  });

  it('keeps what was entered while the engine asks whether it is really done', async () => {
    const card = station.cards[4]!;
    station.start(card);
    await model.finish(card.job.id);
    expect(model.question?.kind).toBe('values');
    model.answerQuestion();
    await model.finish(card.job.id, [{ parameter: 'stitch_pitch', value: '2.2', reason: null }, { parameter: 'edge_distance', value: '2.1', reason: null }]);
    expect(model.question?.kind).toBe('early');
    model.answerQuestion();
    await model.finish(card.job.id, [], true);
    expect(model.answers.current?.kind).toBe('signed_off');
  });

  it('never sends the values of one job with another', async () => {
    const [first, second] = [station.cards[4]!, station.cards[5]!];
    station.start(first);
    station.start(second);
    await model.finish(first.job.id, [{ parameter: 'stitch_pitch', value: '2.2', reason: null }]);
    await model.finish(second.job.id);
    expect(sent.at(-1)).toMatchObject({ command: 'finish_job', args: { values: [] } });
  });

  it('leaves a half-answered question open when something else is refused', async () => {
    const card = station.cards[4]!;
    station.start(card);
    await model.finish(card.job.id);
    await model.scan('6901234567892', 'wedge');
    expect(model.question?.kind).toBe('values');
    expect(model.answers.refusalAfter(model.question!.answer.number, 0), 'the pad lies over the band and says it').toContain('6901234567892');
  });

  it('says that an input method spoiled a scan, though the engine saw a foreign text', async () => {
    await model.garbled('whh3');
    expect(model.answers.current?.message.code).toBe('scan_garbled');
  });

  it('follows the language of the station without a reload', async () => {
    await model.act({ command: 'set_language', args: { language: 'en' } });
    await settle();
    expect(language.now).toBe('en');
    expect(say(message('badge_needed'))).toBe('Scan your badge first');
    language.speak('zh-CN');
  });

  it('hides the job when the screen locks', async () => {
    await model.open(station.cards[0]!.job.id);
    await model.act({ command: 'lock', args: {} });
    await settle();
    expect(model.sheet).toBeNull();
    expect(model.state?.worker).toBeNull();
  });

  it('says why when a command cannot be carried out at all', async () => {
    await model.act({ command: 'start_job', args: { job: 'nobody-knows-it' } });
    await model.refresh('state');
    expect(model.trouble?.code, 'a view that comes meanwhile does not wipe it away').toBe('not_here_yet');
    await model.scan('6901234567892', 'wedge');
    expect(model.trouble, 'the next answer does').toBeNull();
  });
});
