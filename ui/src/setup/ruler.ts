// The arithmetic of the bank-card ruler (ISO/IEC 7810 ID-1).

export const CARD_WIDTH_MM = 85.6;
export const CARD_HEIGHT_MM = 53.98;
/** Screens from a wall display of 40 dots an inch to a phone of 300. */
const COARSEST = 1.6;
const FINEST = 12;

/** One step wider or narrower moves the frame's edge by one pixel: the eye cannot judge less. */
export function stepped(pxPerMm: number, by: number): number {
  const widthPx = Math.round(pxPerMm * CARD_WIDTH_MM) + by;
  return Math.min(FINEST, Math.max(COARSEST, widthPx / CARD_WIDTH_MM));
}
