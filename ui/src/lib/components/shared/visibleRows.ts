// Which rows of a long grid are worth having in the document.

export interface View {
  count: number;
  columns: number;
  /** Height of a row with its gap. */
  rowHeight: number;
  scrollTop: number;
  height: number;
}

/** Rows beyond the edge of the view, so that a quick scroll does not show a hole. */
const SPARE_ROWS = 1;

/** First item, one past the final item, and the height of everything. */
export function visibleItems({ count, columns, rowHeight, scrollTop, height }: View): { from: number; to: number; total: number } {
  const rows = Math.ceil(count / columns);
  const first = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight) - SPARE_ROWS));
  const end = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + SPARE_ROWS);
  return { from: first * columns, to: Math.min(count, end * columns), total: rows * rowHeight };
}
