// Puts the fake into the state that a query names, for screenshots and for trying a screen:
// ?kind=production|inspection|supervision &cards=12 &lang=en &scene=locked|queue|job|… (see SCENES)
import type { Answer } from '$lib/protocol/Answer';
import type { Language } from '$lib/protocol/Language';
import type { WorkstationKind } from '$lib/protocol/WorkstationKind';
import { WORKERS } from './factory';
import { FakeStation, message } from './FakeStation';

type Scene = (station: FakeStation, show: (answer: Answer) => void) => void;

const signIn = (station: FakeStation, badge = 'BKHXRD7G1') => station.signIn(WORKERS[badge]!);
const card = (station: FakeStation, index: number) => station.cards[index]!;

/** Every scene that a query can name. */
export const SCENES: Record<string, Scene> = {
  locked: () => undefined,
  queue: (station) => void signIn(station),
  refused: (station, show) => {
    signIn(station);
    show(station.start(card(station, 9)));
  },
  unknown: (station, show) => {
    signIn(station);
    show(station.scan('6901234567892'));
  },
  started: (station, show) => {
    signIn(station);
    show(station.start(card(station, 4)));
  },
  job: (station, show) => {
    signIn(station);
    show(station.answer('started', message('started', { number: card(station, 0).pair.number, operation: card(station, 0).job.short }), { pair: card(station, 0).pair, job: card(station, 0).job, evidence: 'sent' }));
  },
  overrun: (station, show) => {
    card(station, 0).worked_s = 1800;
    SCENES['job']!(station, show);
  },
  rework: (station, show) => {
    signIn(station);
    show(station.start(card(station, 2)));
  },
  choose: (station, show) => {
    signIn(station);
    const [first, second] = [card(station, 4).job, card(station, 3).job];
    show(station.answer('choose', message('choose_job', { number: card(station, 4).pair.number }), { pair: card(station, 4).pair, choices: [first, second], tone: 'question' }));
  },
  values: (station, show) => {
    signIn(station);
    show(station.finish(card(station, 0), [], false));
  },
  early: (station, show) => {
    signIn(station);
    station.start(card(station, 4));
    const values = [{ parameter: 'stitch_pitch', value: '2.2', reason: null }, { parameter: 'edge_distance', value: '2.0', reason: null }];
    station.values.set(card(station, 4).job.id, values);
    show(station.finish(card(station, 4), [{ parameter: 'edge_thickness', value: '0.6', reason: null }], false));
  },
  signed_off: (station, show) => {
    signIn(station);
    const values = [{ parameter: 'stitch_pitch', value: '2.2', reason: null }, { parameter: 'edge_distance', value: '2.0', reason: null }];
    show(station.finish(card(station, 0), values, true));
  },
  pin: (station) => {
    station.state = { ...station.state, pin_for: WORKERS['BSUPER001']! };
  },
  print: (station) => {
    signIn(station);
    const pair = card(station, 0).pair;
    station.state = { ...station.state, ask_print: { id: 'print-1', number: pair.number, work_order: pair.work_order, state: 'unknown', reprint: 0, reason: null, printer: 'zpl+tcp://192.168.1.50:9100', at: station.now(), message: null } };
  },
  offline: (station) => {
    signIn(station, 'BPWF1YYX2');
    signIn(station);
    const devices = [{ kind: 'scanner', name: '/dev/ttyACM0', ok: false, message: message('scanner_missing', { path: '/dev/ttyACM0' }), seen_at: null }];
    const oldest_at = new Date(Date.now() - 840_000).toISOString();
    station.state = { ...station.state, online: false, offline_reason: message('server_unreachable', { server: 'http://192.168.1.10:7420' }), unsent: { count: 12, oldest_at, pending: 1 }, devices };
  },
  unenrolled: (station) => {
    station.state = { ...station.state, mode: 'unenrolled', workstation: null, workstation_name: null, workstation_kind: null };
  },
  unconfirmed: (station) => {
    station.state = { ...station.state, mode: 'unconfirmed', workstation_name: null, workstation_kind: null, online: false, offline_reason: message('awaits_confirmation') };
  },
  standalone: (station) => {
    signIn(station);
    station.state = { ...station.state, mode: 'standalone' };
  },
};

/** The station that a query describes, and what it says when the screen listens. */
export function stationOf(query: URLSearchParams): { station: FakeStation; begin: () => void } {
  const kind = (query.get('kind') ?? 'production') as WorkstationKind;
  const station = new FakeStation({ cards: Number(query.get('cards') ?? 24), kind });
  const said: Answer[] = [];
  SCENES[query.get('scene') ?? 'locked']?.(station, (answer) => said.push(answer));
  const language = query.get('lang') as Language | null;
  if (language) station.state = { ...station.state, language };
  const pxPerMm = Number(query.get('mm') ?? 0);
  if (pxPerMm) station.state = { ...station.state, px_per_mm_x100: Math.round(pxPerMm * 100) };
  return { station, begin: () => said.forEach((value) => station.tell({ event: 'answer', value })) };
}
