// One process of bench/load.mjs: loads plug-ins, prints figures as JSON. Usage: node load-process.mjs next|size text|binary|floor
import fs from 'node:fs';
import process from 'node:process';
import { createHost } from '../dist/index.js';
import { sleep } from './harness.mjs';
import { JS1, order, plugin } from './workloads.mjs';

const [, , what, form, file] = process.argv;
const [FIRST, LAST] = [50, 150];
const [WARM, PLUGINS] = [500, 1_000];
const SETTLE_MS = 1_000;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function loader() {
  if (form === 'floor')
    return async (i) => {
      const enrich = new Function(`return ${JS1.replace('"web"', `"web ${i}"`)}`)();
      return () => enrich(order);
    };
  const host = createHost();
  const binaries = form === 'binary' ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
  const sources = Array.from({ length: WARM + PLUGINS }, (_, i) =>
    form === 'binary' ? Uint8Array.from(Buffer.from(binaries[i], 'base64')) : plugin(i),
  );
  return async (i) => {
    const module = await host.load(sources[i], { id: `plugins/${i}` });
    return () => module.run(order);
  };
}

/** Milliseconds of processor time from the source of a plug-in to its first result. */
async function next() {
  const load = loader();
  const times = [];
  for (let i = 0; i < LAST; i++) {
    const startedAt = cpuMs();
    const run = await load(i);
    if (run().lines.length !== 10) throw new Error('wrong result');
    times.push(cpuMs() - startedAt);
  }
  return median(times.slice(FIRST));
}

/** Bytes for each plug-in that has been loaded and has run, and is held. */
async function size() {
  const load = loader();
  const held = [];
  const fill = async (from, to) => {
    for (let i = from; i < to; i++) {
      held.push(await load(i));
      held.at(-1)();
    }
    for (let i = 0; i < 4; i++) globalThis.gc();
    // V8 gives the pages that it has emptied back to the system some time later.
    await sleep(SETTLE_MS);
    globalThis.gc();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    return { rss, heap: heapUsed + arrayBuffers };
  };
  const before = await fill(0, WARM);
  const after = await fill(WARM, WARM + PLUGINS);
  return { rss: (after.rss - before.rss) / PLUGINS, heap: (after.heap - before.heap) / PLUGINS };
}

if (what === 'next') process.stdout.write(JSON.stringify(await next()));
if (what === 'size') process.stdout.write(JSON.stringify(await size()));
