// Places on the shoe outlines. A place is kept as it lies on the drawn outline, which is the left shoe; the right shoe is the
// same drawing mirrored, so one place means the same spot of either shoe.
import type { Side } from '$lib/protocol/Side';
import type { View } from '$lib/protocol/View';

/** A spot on a view, in thousandths of its width and height. */
export interface Place {
  view: View;
  x: number;
  y: number;
}

/** The views in the order in which they are offered. */
export const VIEWS: readonly View[] = ['side', 'top', 'sole', 'heel', 'inside'];
export const SIDES: readonly Side[] = ['left', 'right'];

/** How wide and high each view is in lengths of the shoe: the drawings differ in scale, the shoe does not. */
const SIZES: Record<View, { width: number; height: number }> = {
  side: { width: 1, height: 0.5 },
  top: { width: 0.4, height: 1 },
  sole: { width: 0.4, height: 1 },
  heel: { width: 0.35, height: 0.35 },
  inside: { width: 0.4, height: 1 },
};

/** Width divided by height of a view's drawing. */
export const aspectOf = (view: View): number => SIZES[view].width / SIZES[view].height;

const MOST = 1000;
const within = (thousandths: number) => Math.min(MOST, Math.max(0, Math.round(thousandths)));

/** A place seen on the other shoe of the pair. */
export const mirrored = (x: number): number => MOST - x;

/** Where on the screen's drawing of this shoe a kept place lies, and the reverse. */
export const seenFrom = (side: Side, x: number): number => (side === 'right' ? mirrored(x) : x);

/** The place that was tapped in a drawing's box on the screen. */
export function tapped(box: { left: number; top: number; width: number; height: number }, at: { x: number; y: number }, side: Side): { x: number; y: number } {
  const across = within(((at.x - box.left) / box.width) * MOST);
  return { x: seenFrom(side, across), y: within(((at.y - box.top) / box.height) * MOST) };
}

/** How far along the shoe a place is, from 0 at the toe to 1 at the heel. */
export function alongShoe({ view, x, y }: Place): number {
  if (view === 'heel') return 1;
  return (view === 'side' ? x : y) / MOST;
}

/** What another view costs: nearer than the far end of the same view, farther than its neighbourhood. */
const OTHER_VIEW = 0.35;

/** How far apart two places are, in lengths of the shoe. */
export function apart(one: Place, other: Place): number {
  if (one.view !== other.view) return OTHER_VIEW + Math.abs(alongShoe(one) - alongShoe(other));
  const { width, height } = SIZES[one.view];
  return Math.hypot(((one.x - other.x) / MOST) * width, ((one.y - other.y) / MOST) * height);
}
