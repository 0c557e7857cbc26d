// Streams through the command: memory must stay flat whatever the input. Data is made on the fly and goes through pipes; no
// case counts unless its output is as it must be. Peak memory is what the process itself reports when it ends.
// Usage: npm run build && node bench/streams.mjs [--small]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../dist/millrace.js', import.meta.url));
const MEMORY_BAR_MB = 250;
const MB = 1e6;
const scale = process.argv.includes('--small') ? 1 / 50 : 1;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-streams-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const file = (name) => path.join(folder, name);
fs.writeFileSync(
  file('order.bl'),
  'TRANSFORM Order { OUTPUT { id: input.id, name: UPPER(input.name), city: input.address.city, total: input.price * input.count }; }',
);
fs.writeFileSync(
  file('row.bl'),
  'TRANSFORM Row { OUTPUT { id: input.id, name: UPPER(input.name), city: input.city }; }',
);

const ROWS = 4_000;
const orders = Array.from({ length: ROWS }, (_, i) => {
  const address = { street: `Street ${i}`, city: `City ${i % 97}`, zip: String(10_000 + i) };
  return JSON.stringify({
    id: i,
    name: `Customer ${i}`,
    price: i / 4,
    count: i % 7,
    address,
    note: 'é'.repeat(i % 40),
  });
});

/** Blocks of input are the same bytes again and again, so that making them costs next to nothing. */
const FORMATS = {
  ndjson: { head: '', block: orders.map((text) => `${text}\n`).join(''), tail: '' },
  json: {
    head: '{"meta":{"v":[1,2]},"orders":[',
    block: orders.map((text) => `${text},\n`).join(''),
    tail: '{"id":-1,"name":"last"}]}',
  },
  csv: {
    head: 'id,name,city,note\n',
    block: Array.from({ length: ROWS }, (_, i) => `${i},"Customer, ""${i}""",City ${i % 97},"two\nlines"\n`).join(''),
    tail: '',
  },
};

/** Runs the command on so many bytes; `bad` puts a line that cannot be read behind each block. */
async function run({ format, megabytes, args, bad = false, onData = () => undefined }) {
  const { head, block, tail } = FORMATS[format];
  const bytes = Buffer.from(bad ? `${block}{"id":\n` : block);
  const blockCount = Math.max(1, Math.round((megabytes * MB * scale) / bytes.length));
  const reportMemory =
    'import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(reportMemory)}`, TOOL, 'run', ...args],
    { cwd: folder, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
  );
  const seen = { lines: 0, bytes: 0, last: 0, err: '', memory: '' };
  child.stdout.on('data', (data) => {
    seen.bytes += data.length;
    seen.last = data.at(-1);
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) seen.lines++;
    onData(child);
  });
  child.stderr.on('data', (data) => (seen.err += data));
  child.stdio[3].on('data', (data) => (seen.memory += data));
  let isOpen = true;
  child.stdin.on('error', () => (isOpen = false));
  const closed = once(child, 'close').then(([code]) => code);
  const gone = closed.then(() => (isOpen = false));
  child.stdin.write(head);
  let written = 0;
  for (; written < blockCount && isOpen; written++) {
    if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), gone]).catch(() => (isOpen = false));
  }
  if (isOpen) child.stdin.end(tail);
  const code = await closed;
  const seconds = (performance.now() - startMs) / 1e3;
  const peakMb = (Number(seen.memory) * 1_024) / MB;
  return { ...seen, code, seconds, bytes: written * bytes.length, records: written * ROWS, blocks: written, peakMb };
}

const table = [];

async function measure(name, job, isRight) {
  const result = await run(job);
  const complaint = isRight(result) ? (result.peakMb < MEMORY_BAR_MB ? 'ok' : 'TOO MUCH MEMORY') : 'WRONG OUTPUT';
  table.push([
    name,
    (result.bytes / MB).toFixed(0),
    result.seconds.toFixed(1),
    (result.bytes / MB / result.seconds).toFixed(0),
    result.peakMb.toFixed(0),
    complaint,
  ]);
  if (complaint !== 'ok') process.exitCode = 1;
  if (complaint === 'WRONG OUTPUT')
    console.error(`${name}: exit code ${result.code}, ${result.lines} lines\n${result.err}`);
}

const isWhole = ({ code, err, last }) => code === 0 && err === '' && last === 10;

await measure(
  'NDJSON',
  { format: 'ndjson', megabytes: 1_000, args: ['order.bl', '--from', 'ndjson'] },
  (r) => isWhole(r) && r.lines === r.records,
);
await measure(
  'CSV to CSV',
  { format: 'csv', megabytes: 200, args: ['row.bl', '--from', 'csv', '--to', 'csv'] },
  (r) => isWhole(r) && r.lines === r.records + 1,
);
await measure(
  'one JSON document, --each',
  { format: 'json', megabytes: 200, args: ['row.bl', '--each', '$.orders[*]'] },
  (r) => isWhole(r) && r.lines === r.records + 1,
);
await measure(
  'NDJSON, bad lines set aside',
  { format: 'ndjson', megabytes: 200, bad: true, args: ['order.bl', '--from', 'ndjson', '--errors', 'bad.ndjson'] },
  (r) => {
    const bad = fs.readFileSync(file('bad.ndjson'), 'utf8').trim().split('\n');
    return r.code === 1 && r.lines === r.records && bad.length === r.blocks && JSON.parse(bad[0]).line === ROWS + 1;
  },
);
await measure(
  'NDJSON to a bad line',
  { format: 'ndjson', megabytes: 100, bad: true, args: ['order.bl', '--from', 'ndjson'] },
  (r) => r.code === 65 && r.lines === ROWS && r.err.includes(`record: stdin:${ROWS + 1}\n`),
);
await measure(
  'NDJSON, a reader that leaves',
  {
    format: 'ndjson',
    megabytes: 100,
    args: ['order.bl', '--from', 'ndjson'],
    onData: (child) => child.stdout.destroy(),
  },
  (r) => r.code === 0 && r.err === '',
);
await measure(
  'NDJSON, Ctrl-C',
  {
    format: 'ndjson',
    megabytes: 1_000,
    args: ['order.bl', '--from', 'ndjson'],
    onData: (child) => child.killed || child.kill('SIGINT'),
  },
  (r) => r.code === 130 && r.last === 10 && /interrupted after [\d,]+ records, at line \d+ of stdin/.test(r.err),
);

const heading = ['case', 'MB', 's', 'MB/s', 'peak MB', `verdict (bar ${MEMORY_BAR_MB} MB)`];
const widths = heading.map((text, i) => Math.max(text.length, ...table.map((row) => row[i].length)));
console.log(
  `Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, load ${os.loadavg()[0].toFixed(1)}`,
);
for (const row of [heading, ...table]) {
  const cells = row.map((text, i) => (i === 0 || i === 5 ? text.padEnd(widths[i]) : text.padStart(widths[i])));
  console.log(cells.join('  ').trimEnd());
}
