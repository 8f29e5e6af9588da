// What waits for a supervisor, read again when the floor changes.
import type { OpenItems } from '$lib/protocol/OpenItems';
import { ask } from '$lib/platform/types';
import type { StationModel } from '$lib/state/StationModel.svelte';

/** Ages and alarms come with time alone. */
const AGAIN_MS = 30_000;

export class OpenItemsModel {
  #open = $state.raw<OpenItems | null>(null);

  constructor(private readonly station: StationModel) {}

  get open(): OpenItems | null {
    return this.#open;
  }

  /** Begins to read; the returned function stops it. */
  run(): () => void {
    void this.read();
    const stop = this.station.onChange('work', () => void this.read());
    const timer = setInterval(() => void this.read(), AGAIN_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }

  async read(): Promise<void> {
    // What was read before, with its age, is better than nothing.
    const open = await ask(this.station.platform, { command: 'get_open_items', args: {} }, 'open_items').catch(() => null);
    if (open) this.#open = open;
  }
}
