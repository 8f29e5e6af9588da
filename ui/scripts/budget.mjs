// Fails when a bundle grows past its budget. The station entry is what every shop-floor window loads before its first
// paint: the entry chunk and all that it imports statically. `vite build` weighs what it wrote; `npm run budget` weighs
// what was built before. The fake is never shipped and never weighed.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const BUDGET = { stationJs: 60 * KB, stationCss: 12 * KB, officeJs: 150 * KB, anyChunk: 200 * KB };

const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

function entryFiles(manifest, key, seen = new Set()) {
  if (seen.has(key)) return { js: [], css: [] };
  seen.add(key);
  const chunk = manifest[key];
  const own = { js: [chunk.file], css: chunk.css ?? [] };
  for (const imported of chunk.imports ?? []) {
    const more = entryFiles(manifest, imported, seen);
    own.js.push(...more.js);
    own.css.push(...more.css);
  }
  return own;
}

function weigh(folder) {
  const manifest = JSON.parse(readFileSync(`${folder}/.vite/manifest.json`, 'utf8'));
  const entry = entryFiles(manifest, 'index.html');
  const office = entryFiles(manifest, 'src/office/open.ts');
  const sum = (files) => [...new Set(files)].reduce((total, file) => total + gzipped(`${folder}/${file}`), 0);
  const chunks = readdirSync(`${folder}/assets`).filter((name) => /\.(js|css)$/.test(name));
  return [
    { what: 'station entry, JS', bytes: sum(entry.js), limit: BUDGET.stationJs },
    { what: 'station entry, CSS', bytes: sum(entry.css), limit: BUDGET.stationCss },
    // What a browser loads before the sign-in: the entry, and the office's own first chunk.
    { what: 'office entry, JS', bytes: sum([...entry.js, ...office.js]), limit: BUDGET.officeJs },
    ...chunks.map((file) => ({ what: file, bytes: gzipped(`${folder}/assets/${file}`), limit: BUDGET.anyChunk })),
  ];
}

/** Prints what a folder's bundles weigh; returns how many are over budget. */
export function reportBudget(folder) {
  const lines = weigh(folder);
  for (const { what, bytes, limit } of lines) {
    const mark = bytes > limit ? 'OVER' : 'ok';
    console.log(`${mark.padEnd(5)}${(bytes / KB).toFixed(1).padStart(7)} KB of ${String(limit / KB).padStart(3)}  ${what}`);
  }
  return lines.filter(({ bytes, limit }) => bytes > limit).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folders = ['dist', 'dist-http'].filter((folder) => existsSync(`${folder}/.vite/manifest.json`));
  if (folders.length === 0) {
    console.error('nothing to weigh: run `npm run build` first');
    process.exit(1);
  }
  const over = folders.reduce((total, folder) => total + reportBudget(folder), 0);
  process.exit(over > 0 ? 1 : 0);
}
