// A plain drawing for an instruction step, so that the fake needs no files.

const GROUNDS = ['#F1ECE2', '#E7EDF0', '#EFEAF1'];

/** A picture as a data URL, another for every hash. */
export function stepPicture(hash: string): string {
  const step = Number(hash.at(-1)) || 0;
  const needle = `<path d="M${150 + step * 12} 24V118" stroke="#2A2522" stroke-width="7"/><circle cx="${150 + step * 12}" cy="34" r="4" fill="#F1ECE2"/>`;
  const leather = `<path d="M40 ${140 - step * 6}C110 ${96 + step * 8} 210 ${150 - step * 10} 284 112V164H40Z" fill="#9A6237"/>`;
  const seam = `<path d="M52 ${142 - step * 6}C118 ${104 + step * 8} 208 ${154 - step * 10} 276 122" stroke="#F2D36B" stroke-width="4" stroke-dasharray="12 8"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200" fill="none"><rect width="320" height="200" fill="${GROUNDS[step % 3]}"/><rect y="164" width="320" height="36" fill="#D9D2C4"/>${leather}${seam}${needle}</svg>`;
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
