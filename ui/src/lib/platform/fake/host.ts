// The fake as a host: commands in, replies out. Areas answer in their own files; add one to `AREAS`.
import type { Answer } from '$lib/protocol/Answer';
import type { Command } from '$lib/protocol/Command';
import type { JobId } from '$lib/protocol/JobId';
import type { QueueCard } from '$lib/protocol/QueueCard';
import type { RpcReply } from '$lib/protocol/RpcReply';
import { refusalFrom, RpcRefused, type Platform } from '$lib/platform/types';
import { answerBoard } from './board';
import { answerOpenItems } from './openItems';
import { answerPlace } from './place';
import { answerQuality } from './quality';
import { message, type FakeStation } from './FakeStation';
import { stationOf } from './scene';

/** An area of commands; `null` hands the command on. */
export type Area = (station: FakeStation, command: Command) => RpcReply | null;

const answered = (value: Answer): RpcReply => ({ reply: 'answer', value });

function cardOf(station: FakeStation, job: JobId): QueueCard {
  const card = station.cards.find((one) => one.job.id === job);
  if (!card) throw new RpcRefused(message('not_here_yet', { number: job }));
  return card;
}

const session: Area = (station, command) => {
  switch (command.command) {
    case 'get_state':
      return { reply: 'state', value: { ...station.state, now: station.now() } };
    case 'scan':
      return answered(station.scan(command.args.text));
    case 'enter_pin':
      return answered(station.enterPin(command.args.pin));
    case 'sign_out':
      return answered(station.signOut());
    case 'lock':
      return answered(station.lock());
    case 'switch_worker': {
      const worker = station.state.signed_in.find((one) => one.id === command.args.worker);
      return answered(worker ? station.signIn(worker) : station.answer('refused', message('badge_needed')));
    }
    case 'set_language':
      station.state = { ...station.state, language: command.args.language };
      station.changed();
      return answered(station.answer('setting', message('language_changed')));
    case 'answer_print':
      station.state = { ...station.state, ask_print: null };
      station.changed();
      return answered(station.answer('label', message(command.args.came_out ? 'label_confirmed' : 'label_queued', { number: 'WO-2611-001', printer: 'Zebra' })));
    default:
      return null;
  }
};

const work: Area = (station, command) => {
  switch (command.command) {
    case 'get_queue': {
      const cards = station.cards.filter((card) => card.standing.state !== 'done').map((card) => ({ ...card, worked_s: station.worked(card) }));
      return { reply: 'queue', value: { now: station.now(), cards } };
    }
    case 'get_job':
      return { reply: 'job', value: station.sheet(cardOf(station, command.args.job)) };
    case 'get_picture':
      return { reply: 'picture', value: station.picture(command.args.hash) };
    case 'start_job':
    case 'resume_job':
      return answered(station.start(cardOf(station, command.args.job)));
    case 'pause_job':
      return answered(station.pause(cardOf(station, command.args.job), command.args.reason));
    case 'finish_job':
      return answered(station.finish(cardOf(station, command.args.job), command.args.values, command.args.early_confirmed));
    case 'enter_values': {
      const before = station.values.get(command.args.job) ?? [];
      const rest = before.filter((old) => !command.args.values.some((value) => value.parameter === old.parameter));
      station.values.set(command.args.job, [...rest, ...command.args.values]);
      station.changed();
      return { reply: 'job', value: station.sheet(cardOf(station, command.args.job)) };
    }
    case 'undo':
      return answered(station.undo());
    default:
      return null;
  }
};

/** Areas in the order in which they are asked. */
export const AREAS: Area[] = [answerQuality, session, answerBoard, answerOpenItems, work, answerPlace];

/** A fake station as a host. */
export function hostOf(station: FakeStation, begin: () => void = () => undefined): Platform {
  return {
    capabilities: { devices: true, enrol: true },

    rpc: async (command) => {
      try {
        for (const area of AREAS) {
          const reply = area(station, command);
          if (reply) return reply;
        }
      } catch (thrown) {
        throw refusalFrom(thrown);
      }
      throw new RpcRefused(message('unsupported', { detail: command.command }));
    },

    onEvent(listener) {
      const stop = station.listen(listener);
      setTimeout(begin);
      return stop;
    },
  };
}

const query = typeof location === 'undefined' ? new URLSearchParams() : new URLSearchParams(location.search);
const { station, begin } = stationOf(query);

export const platform: Platform = hostOf(station, begin);
