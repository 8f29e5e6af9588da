// Which screen is open and which overlay lies on it.

export type Screen = 'work' | 'find' | 'board' | 'set_up';
export type Overlay = 'code' | 'worker' | 'status' | 'history';

export class Screens {
  #screen = $state<Screen>('work');
  #overlay = $state<Overlay | null>(null);

  get screen(): Screen {
    return this.#screen;
  }
  get overlay(): Overlay | null {
    return this.#overlay;
  }

  show(screen: Screen): void {
    this.#screen = screen;
    this.#overlay = null;
  }
  lay(overlay: Overlay): void {
    this.#overlay = overlay;
  }
  lift(): void {
    this.#overlay = null;
  }
}
