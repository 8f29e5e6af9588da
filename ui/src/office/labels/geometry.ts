// Moving and resizing on a grid of half a millimetre, never beyond the label.
import { rounded, type BoxMm, type LabelTemplate } from './template';

/** The step of an arrow key, and the grid that a drag snaps to, in millimetres. */
export const STEP_MM = 0.5;
/** Thinner than that no printer of ours draws. */
const THINNEST_MM = 0.1;

type Media = LabelTemplate['media_mm'];

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(value, Math.max(least, most)));
const snapped = (mm: number) => rounded(Math.round(mm / STEP_MM) * STEP_MM);

/** The box, moved by a distance and kept on the label. */
export function moved([x, y, width, height]: BoxMm, [dx, dy]: readonly [number, number], media: Media): BoxMm {
  return [rounded(within(x + dx, 0, media.width - width)), rounded(within(y + dy, 0, media.height - height)), width, height];
}

/** The box with another lower right corner, kept on the label. */
export function resized([x, y, width, height]: BoxMm, [dx, dy]: readonly [number, number], media: Media): BoxMm {
  const wide = dx === 0 ? width : within(width + dx, THINNEST_MM, media.width - x);
  const high = dy === 0 ? height : within(height + dy, THINNEST_MM, media.height - y);
  return [x, y, rounded(wide), rounded(high)];
}

/** How far a drag has come so that the edge that follows it stands on the grid: `from` is where that edge began. */
export function onGrid(from: number, distance: number): number {
  return distance === 0 ? 0 : rounded(snapped(from + distance) - from);
}

/** The largest of some zooms at which the label fits a place of that many pixels. */
export function fitting(zooms: readonly number[], media: Media, place: readonly [number, number], pxPerMm: number): number {
  const fits = (zoom: number) => media.width * zoom * pxPerMm <= place[0] && media.height * zoom * pxPerMm <= place[1];
  return [...zooms].reverse().find(fits) ?? zooms[0] ?? 1;
}
