// The site's time zone, in which instants are said. It comes with the station's state; every time on the screen follows it.
class Zone {
  #now = $state('Asia/Shanghai');

  get now(): string {
    return this.#now;
  }

  /** Says every instant in this zone from the next paint on. */
  use(zone: string): void {
    this.#now = zone;
  }
}

export const zone = new Zone();
