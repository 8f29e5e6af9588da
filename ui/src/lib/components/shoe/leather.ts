// Colours of a shoe's parts, worked out of the few that the options name.

/** Moves a colour towards black (below zero) or white (above zero); 1 is all the way. */
export function shade(hex: string, by: number): string {
  const target = by < 0 ? 0 : 255;
  const share = Math.min(1, Math.abs(by));
  const channel = (at: number) => Math.round(parseInt(hex.slice(at, at + 2), 16) * (1 - share) + target * share);
  return `#${[1, 3, 5].map((at) => channel(at).toString(16).padStart(2, '0')).join('')}`;
}

/** Perceived brightness, 0 to 1. */
export function brightness(hex: string): number {
  const channel = (at: number) => parseInt(hex.slice(at, at + 2), 16) / 255;
  return 0.299 * channel(1) + 0.587 * channel(3) + 0.114 * channel(5);
}

/** A line on leather of this colour that can be seen: darker on light leather, lighter on dark. */
export function seamOn(hex: string): string {
  return brightness(hex) < 0.22 ? shade(hex, 0.38) : shade(hex, -0.5);
}
