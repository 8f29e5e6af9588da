// Fails when a bundle grows past its budget. The station entry is what every shop-floor window loads before its first
// paint: the entry chunk and all that it imports statically. The fake is never shipped and never weighed.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const BUDGET = { stationJs: 60 * KB, stationCss: 12 * KB, anyChunk: 200 * KB };

const weigh = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

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

function weighFolder(folder) {
  const manifest = JSON.parse(readFileSync(`${folder}/.vite/manifest.json`, 'utf8'));
  const entry = entryFiles(manifest, 'index.html');
  const sum = (files) => [...new Set(files)].reduce((total, file) => total + weigh(`${folder}/${file}`), 0);
  const lines = [
    { what: 'station entry, JS', bytes: sum(entry.js), limit: BUDGET.stationJs },
    { what: 'station entry, CSS', bytes: sum(entry.css), limit: BUDGET.stationCss },
  ];
  for (const file of readdirSync(`${folder}/assets`).filter((name) => /\.(js|css)$/.test(name))) {
    lines.push({ what: file, bytes: weigh(`${folder}/assets/${file}`), limit: BUDGET.anyChunk });
  }
  return lines;
}

const folders = ['dist', 'dist-http'].filter((folder) => existsSync(`${folder}/.vite/manifest.json`));
let over = 0;
for (const folder of folders) {
  for (const { what, bytes, limit } of weighFolder(folder)) {
    const mark = bytes > limit ? 'OVER' : 'ok';
    if (bytes > limit) over += 1;
    console.log(`${mark.padEnd(5)}${(bytes / KB).toFixed(1).padStart(7)} KB of ${(limit / KB).toFixed(0).padStart(3)}  ${folder}: ${what}`);
  }
}
if (folders.length === 0) console.log('no bundle that ships was built; nothing to weigh');
if (over > 0) {
  console.error(`${over} bundle(s) over budget (ui.md, figures to reach, row 3)`);
  process.exit(1);
}
