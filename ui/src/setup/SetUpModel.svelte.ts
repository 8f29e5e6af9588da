// Devices and place of this PC, as the set-up screen changes them.
import type { Command } from '$lib/protocol/Command';
import type { InstrumentSetting } from '$lib/protocol/InstrumentSetting';
import type { Message } from '$lib/protocol/Message';
import type { ScannerSetting } from '$lib/protocol/ScannerSetting';
import type { SetUp } from '$lib/protocol/SetUp';
import { ask, refusalFrom } from '$lib/platform/types';
import type { StationModel } from '$lib/state/StationModel.svelte';

export class SetUpModel {
  #setUp = $state.raw<SetUp | null>(null);
  #refusal = $state.raw<Message | null>(null);
  #busy = $state(false);
  #saved = $state(false);

  constructor(private readonly station: StationModel) {}

  get setUp(): SetUp | null {
    return this.#setUp;
  }
  /** Why the change was not made. */
  get refusal(): Message | null {
    return this.#refusal;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get saved(): boolean {
    return this.#saved;
  }

  async load(): Promise<void> {
    this.#setUp = await ask(this.station.platform, { command: 'get_set_up', args: {} }, 'set_up').catch((thrown: unknown) => {
      this.#refusal = refusalFrom(thrown).said;
      return null;
    });
  }

  enrol(server: string, code: string): Promise<boolean> {
    return this.#change({ command: 'enrol', args: { server, code } });
  }

  chooseWorkstation(workstation: string): Promise<boolean> {
    return this.#change({ command: 'choose_workstation', args: { workstation } });
  }

  saveDevices(scanners: ScannerSetting[], instruments: InstrumentSetting[], printer: string): Promise<boolean> {
    return this.#change({ command: 'save_devices', args: { scanners, instruments, printer } });
  }

  saveCalibration(pxPerMm: number): Promise<boolean> {
    return this.#change({ command: 'save_calibration', args: { px_per_mm_x100: Math.round(pxPerMm * 100) } });
  }

  async #change(command: Command): Promise<boolean> {
    this.#busy = true;
    this.#saved = false;
    try {
      await this.station.platform.rpc(command);
      this.#refusal = null;
      this.#saved = true;
      await Promise.all([this.load(), this.station.refresh('state'), this.station.refresh('work')]);
      return true;
    } catch (thrown) {
      this.#refusal = refusalFrom(thrown).said;
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
