// Measures PouchDB against its own server, both on LevelDB folders of this disk, over loopback: what a team would get that
// takes the usual library instead of writing a protocol. Prints one JSON object; times are milliseconds.
//
//   node pouchdb.mjs FOLDER DOCUMENTS SINGLES
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import expressPouchDB from 'express-pouchdb';
import PouchDB from 'pouchdb';

const [folder, documentsText, singlesText] = process.argv.slice(2);
const documents = Number(documentsText);
const singles = Number(singlesText);
if (!folder || !(documents > 0) || !(singles > 0)) {
  console.error('usage: node pouchdb.mjs FOLDER DOCUMENTS SINGLES');
  process.exit(2);
}

/** About what one of our actions weighs, and as hard to compress. */
function action(number) {
  return {
    _id: `action-${String(number).padStart(8, '0')}`,
    kind: 'job_paused',
    worker: `worker-${number % 60}`,
    job: crypto.randomUUID(),
    signature: crypto.randomUUID().repeat(4),
    note: crypto.randomUUID().repeat(10),
  };
}

async function serve() {
  const place = join(folder, 'server');
  mkdirSync(place, { recursive: true });
  const Stored = PouchDB.defaults({ prefix: `${place}/` });
  const app = express();
  app.use('/', expressPouchDB(Stored, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt') }));
  const server = createServer(app);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

function since(began) {
  return performance.now() - began;
}

const { server, url } = await serve();
const station = new PouchDB(join(folder, 'station'));

for (let from = 0; from < documents; from += 1000) {
  const some = Array.from({ length: Math.min(1000, documents - from) }, (_, index) => action(from + index));
  await station.bulkDocs(some);
}

// Which batch is fastest depends on the machine: each is measured, so that the comparison is with the best of them.
const backlog_ms = {};
const pull_ms = {};
for (const size of [100, 500, 1000]) {
  const remote = new PouchDB(`${url}/factory-${size}`);
  await remote.info();
  let began = performance.now();
  const pushed = await station.replicate.to(remote, { batch_size: size });
  backlog_ms[size] = since(began);
  if (pushed.docs_written !== documents) throw new Error(`pushed ${pushed.docs_written} of ${documents}`);

  began = performance.now();
  const pulled = await new PouchDB(join(folder, `other-${size}`)).replicate.from(remote, { batch_size: size });
  pull_ms[size] = since(began);
  if (pulled.docs_written !== documents) throw new Error(`pulled ${pulled.docs_written} of ${documents}`);
}

const singles_ms = [];
const live = new PouchDB(join(folder, 'live'));
const target = new PouchDB(`${url}/singles`);
for (let number = 0; number < singles; number += 1) {
  const began = performance.now();
  await live.put(action(number));
  await live.replicate.to(target);
  singles_ms.push(since(began));
}

console.log(JSON.stringify({ backlog_ms, pull_ms, singles_ms }));
server.closeAllConnections();
process.exit(0);
