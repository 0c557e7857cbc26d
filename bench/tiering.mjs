// What compiling costs and when it has paid for itself. Usage: node bench/tiering.mjs
import fs from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createHost } from '../dist/index.js';
import { sleep } from './harness.mjs';
import { items4, ndjson, order, plugin, records } from './workloads.mjs';

const PLUGINS = 60;
const WARM = 20;
const CALLS = [1, 10, 100, 300, 1_000, 3_000, 10_000];
const ROUNDS = 200;
const PARTS = 8;
const FEW = 10;
const BAR = 1.05;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Of the faster half: what else the machine does only ever adds. */
const undisturbed = (values) => mean([...values].sort((a, b) => a - b).slice(0, values.length >> 1));
const text = (file) => fs.readFileSync(new URL(file, import.meta.url), 'utf8');
const PROGRAMS = [
  ['W1', text('w1-enrich.bl'), order],
  ['W2', text('w2-group.bl'), { records }],
  ['W3', text('w3-loop.bl'), { n: 1_000 }],
  ['W4', text('w4-text.bl'), { items: items4 }],
  ['W5', text('w5-tiny.bl'), { a: 1, b: 2, c: 3 }],
  ['W6', text('w6-ndjson.bl'), JSON.parse(ndjson.slice(0, ndjson.indexOf('\n')))],
];

/** Milliseconds per KB of a compilation of W1 as one plug-in of many, and characters of its text. */
async function compileCost() {
  const seen = [];
  const host = createHost({ jit: 'eager', internals: { onCompiled: (event) => seen.push(event) } });
  for (let i = 0; i < PLUGINS; i++) (await host.load(plugin(i))).run(order);
  const whole = seen.filter(({ refusal, loop }) => refusal === null && loop === null);
  const of = (events) => undisturbed(events.map(({ milliseconds, text: js }) => milliseconds / (js.length / 1024)));
  const size = median(whole.map(({ text: js }) => js.length / 1024));
  await host.close();
  return { size, first: whole[0].milliseconds / (whole[0].text.length / 1024), later: of(whole.slice(WARM)) };
}

/** Processor time of loading and calling a fresh plug-in so many times, by mode and number of calls. */
async function cumulative() {
  const hosts = Object.fromEntries(['off', 'auto', 'eager'].map((jit) => [jit, createHost({ jit })]));
  const table = {};
  let i = 0;
  for (const [jit, host] of Object.entries(hosts)) {
    for (let k = 0; k < WARM; k++) (await host.load(plugin(i++))).run(order);
    table[jit] = {};
  }
  await sleep(500);
  for (const calls of CALLS) {
    const times = { off: [], auto: [], eager: [] };
    for (let round = 0; round < 9; round++) {
      for (const [jit, host] of Object.entries(hosts)) {
        const startedAt = cpuMs();
        const run = (await host.load(plugin(i++))).get('Enrich');
        for (let n = 0; n < calls; n++) run(order);
        times[jit].push(cpuMs() - startedAt);
      }
    }
    for (const jit of Object.keys(hosts)) table[jit][calls] = median(times[jit]);
  }
  for (const host of Object.values(hosts)) await host.close();
  return table;
}

/** Time of a program of ten calls with the compiler at hand over that without one, and its standard error. */
async function fewCalls() {
  const ratios = {};
  const hosts = ['off', 'auto'].map((jit) => createHost({ jit }));
  for (const [id, program, input] of PROGRAMS) {
    const times = [[], []];
    for (let round = 0; round < ROUNDS + WARM; round++) {
      for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const startedAt = cpuMs();
        const module = await hosts[which].load(program);
        const run = module.get(module.exports.at(-1).name);
        for (let n = 0; n < FEW; n++) run(input);
        const spent = cpuMs() - startedAt;
        if (round >= WARM) times[which].push(spent);
      }
    }
    ratios[id] = ratioOf(times);
  }
  for (const host of hosts) await host.close();
  return ratios;
}

/** The ratio of the two in each part of the rounds says how far that of all is to be trusted. */
function ratioOf([off, auto]) {
  const each = ROUNDS / PARTS;
  const ratios = Array.from({ length: PARTS }, (_, part) => {
    const own = (times) => undisturbed(times.slice(part * each, (part + 1) * each));
    return own(auto) / own(off);
  });
  const ratio = undisturbed(auto) / undisturbed(off);
  const variance = ratios.reduce((sum, value) => sum + (value - mean(ratios)) ** 2, 0) / (PARTS - 1);
  return { ratio, error: Math.sqrt(variance / PARTS) };
}

export async function tiering() {
  const cost = await compileCost();
  console.log('\n### Compiling to JavaScript (W1, each another text)');
  console.log(
    `${cost.size.toFixed(1)} KB of text; ${cost.later.toFixed(2)} ms per KB in a warm process, ${cost.first.toFixed(2)} the first time`,
  );
  const table = await cumulative();
  console.log('\n### A fresh plug-in (W1): loading it and so many calls, ms CPU');
  console.log(`${'calls'.padEnd(12)}${CALLS.map((n) => String(n).padStart(9)).join('')}`);
  for (const [jit, row] of Object.entries(table))
    console.log(`${`jit ${jit}`.padEnd(12)}${CALLS.map((n) => row[n].toFixed(2).padStart(9)).join('')}`);
  const even = (jit) => CALLS.find((n) => table[jit][n] <= table.off[n]);
  const breakEven = CALLS.find((n) => n >= (even('eager') ?? Infinity));
  console.log(`compiling at once has paid for itself after ${breakEven ?? `more than ${CALLS.at(-1)}`} calls`);
  const few = await fewCalls();
  const worst = Math.max(...Object.values(few).map(({ ratio }) => ratio));
  const each = Object.entries(few).map(([id, { ratio, error }]) => `${id} ${ratio.toFixed(3)} ±${error.toFixed(3)}`);
  console.log(`\n### Programs of ${FEW} calls: time with jit 'auto' over time with 'off'`);
  console.log(`${each.join(', ')}   bar ${BAR}: ${worst <= BAR ? 'met' : 'MISSED'}`);
  return { perKb: cost.later, breakEven: breakEven ?? null, few: worst };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await tiering();
