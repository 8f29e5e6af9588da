// How large a label is shown: times its true size.

/** A CSS pixel is a ninety-sixth of an inch; how long that is on glass is the screen's business. */
export const PX_PER_MM = 96 / 25.4;

export const ZOOMS: readonly number[] = [0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 6];

/** The next larger or smaller zoom; the same at the end. */
export function next(zoom: number, larger: boolean): number {
  const found = larger ? ZOOMS.find((each) => each > zoom) : ZOOMS.findLast((each) => each < zoom);
  return found ?? zoom;
}
