// Set-up of the fake: enrolling, workstations, devices, calibration.
import type { Command } from '$lib/protocol/Command';
import type { RpcReply } from '$lib/protocol/RpcReply';
import type { SetUp } from '$lib/protocol/SetUp';
import { RpcRefused } from '$lib/platform/types';
import { message, type FakeStation } from './FakeStation';

const setUp: SetUp = {
  mode: 'joined',
  server: 'http://192.168.1.10:7420',
  station: '019a9c1e-6f00-7cc1-9d2e-0c2a6a1f7e10',
  fingerprint: '7F2A-91C4-E03B-58D6',
  workstations: [
    { id: 'cut-1', name: { zh: '裁断 1 号', en: 'Cutting 1' }, work_centre: { zh: '裁断', en: 'Cutting' }, kind: 'production' },
    { id: 'close-1', name: { zh: '针车 1 号', en: 'Closing 1' }, work_centre: { zh: '制帮', en: 'Closing' }, kind: 'production' },
    { id: 'last-1', name: { zh: '绷帮 1 号', en: 'Lasting 1' }, work_centre: { zh: '绷帮', en: 'Lasting' }, kind: 'production' },
    { id: 'qc-1', name: { zh: '品检台', en: 'Inspection 1' }, work_centre: { zh: '品检', en: 'Inspection' }, kind: 'inspection' },
    { id: 'desk-1', name: { zh: '主管台', en: "Supervisor's desk" }, work_centre: null, kind: 'supervision' },
  ],
  scanners: [{ connection: { by: 'serial', port: '/dev/ttyACM0', baud: 9600, shape: '8N1' }, role: 'any', reads: 'symbols' }],
  instruments: [],
  ports: ['/dev/ttyACM0', '/dev/ttyUSB0'],
  printer: 'zpl+tcp://192.168.1.50:9100',
  data_folder: '/var/lib/cordwainer',
  px_per_mm_x100: 0,
};

/** Answers what concerns the place, or nothing if the command is another's. */
export function answerPlace(station: FakeStation, command: Command): RpcReply | null {
  switch (command.command) {
    case 'get_set_up':
      return { reply: 'set_up', value: { ...setUp, mode: station.state.mode, px_per_mm_x100: station.state.px_per_mm_x100 } };
    case 'save_devices':
      Object.assign(setUp, command.args);
      return { reply: 'set_up', value: { ...setUp } };
    case 'save_calibration':
      station.state = { ...station.state, px_per_mm_x100: command.args.px_per_mm_x100 };
      station.changed();
      return { reply: 'set_up', value: { ...setUp, px_per_mm_x100: command.args.px_per_mm_x100 } };
    case 'choose_workstation': {
      const chosen = setUp.workstations.find((one) => one.id === command.args.workstation);
      if (!chosen) throw new RpcRefused(message('not_at_this_workstation'));
      station.state = { ...station.state, workstation: chosen.id, workstation_name: chosen.name, workstation_kind: chosen.kind, work_centre_name: chosen.work_centre };
      station.changed();
      return { reply: 'state', value: station.state };
    }
    case 'enrol':
      if (command.args.code.length < 9) throw new RpcRefused(message('enrol_code_refused'));
      station.state = { ...station.state, mode: 'joined', workstation: 'close-1', workstation_name: { zh: '针车 1 号', en: 'Closing 1' }, workstation_kind: 'production' };
      station.changed();
      return { reply: 'state', value: station.state };
    default:
      return null;
  }
}
