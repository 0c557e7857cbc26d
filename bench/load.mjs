// What loading costs: the next plug-in of a warm process, from source and from binary, and the room that plug-ins take.
// Usage: node bench/load.mjs
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { withBundle } from '../test/fuzz/bundle.mjs';
import { plugin } from './workloads.mjs';

const PROCESSES = 5;
const PLUGINS = 1_500;
const KB = 1024;
const BARS = { text: 0.5, binary: 0.2, rss: 40 };

const child = fileURLToPath(new URL('load-process.mjs', import.meta.url));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const verdict = (figure, bar) => (figure <= bar ? 'met' : 'MISSED');

function measured(args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', child, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const times = (args, count) => Array.from({ length: count }, () => measured(args));

/** Milliseconds and bytes by form, as printed. */
export async function loading() {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'millrace-load-'));
  try {
    const file = path.join(folder, 'plugins.json');
    await withBundle('../../src/engine/building.ts', [], async ({ buildModule }) => {
      const binaries = [];
      for (let i = 0; i < PLUGINS; i++) {
        const { content } = await buildModule(plugin(i), `plugins/${i}`, { format: 'binary', lines: 'kept' });
        binaries.push(Buffer.from(content).toString('base64'));
      }
      fs.writeFileSync(file, JSON.stringify(binaries));
    });
    console.log(
      `\n### Next plug-in (W1, each another text), ms CPU to its first result (loads 51-150, ${PROCESSES} processes)`,
    );
    const floor = median(times(['next', 'floor'], PROCESSES));
    const figures = { floor, text: {}, binary: {} };
    console.log(`new Function, for comparison    ${floor.toFixed(3)} ms`);
    for (const form of ['text', 'binary']) {
      const ms = median(times(['next', form, file], PROCESSES));
      figures[form].ms = ms;
      const row = `from ${form}`.padEnd(30);
      console.log(
        `${row}  ${ms.toFixed(3)} ms, x${(ms / floor).toFixed(1)}   bar ${BARS[form]} ms: ${verdict(ms, BARS[form])}`,
      );
    }
    console.log('\n### Resident size of 1,000 plug-ins (W1, each another text, each has run), KB each');
    for (const form of ['text', 'binary']) {
      const { rss, heap } = measured(['size', form, file]);
      figures[form].rss = rss;
      const sizes = `${(rss / KB).toFixed(1)} resident, ${(heap / KB).toFixed(1)} on the heap`;
      console.log(`${`from ${form}`.padEnd(30)}  ${sizes}   bar ${BARS.rss} resident: ${verdict(rss / KB, BARS.rss)}`);
    }
    return figures;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await loading();
