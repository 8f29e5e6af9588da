// Which screen is open and which overlay lies on it.

const SCREENS = ['work', 'find', 'board', 'set_up'] as const;
const OVERLAYS = ['code', 'worker', 'status', 'history'] as const;

export type Screen = (typeof SCREENS)[number];
export type Overlay = (typeof OVERLAYS)[number];

export class Screens {
  #screen = $state<Screen>('work');
  #overlay = $state<Overlay | null>(null);

  /** May begin elsewhere than at the work, as wall screens and screenshots do: `#board`. */
  constructor(begin = '') {
    const [screen, overlay] = begin.split('/');
    if (SCREENS.includes(screen as Screen)) this.#screen = screen as Screen;
    if (OVERLAYS.includes(overlay as Overlay)) this.#overlay = overlay as Overlay;
  }

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
