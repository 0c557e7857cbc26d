// What tracing costs. Off, a module that was traced before runs the same code as one that never was: their difference is
// measured beside that of two modules that never were, which is the noise of the machine. Tracing one module could also
// slow down all others of the process, through what V8 has learned of the interpreter; so both workloads are measured
// before anything is traced, too. On, by options.
// Usage: npm run build && node bench/tracing.mjs
import fs from 'node:fs';
import { createHost, createTracer } from '../dist/index.js';
import { bench } from './harness.mjs';
import { canon, enrich, group, order, records } from './workloads.mjs';

const limits = { fuel: 1e12, memory: 1e12, deadlineMs: 1e9 };
const text = (name) => fs.readFileSync(new URL(name, import.meta.url), 'utf8');
const load = (name) => createHost({ limits }).load(text(name));

const MODES = [
  ['on: steps and events', { step: true }],
  ['on: default options', {}],
  ['on: no eval events', { includeEval: false }],
  ['on: no events kept', { includeEval: false, includeCalls: false, maxEvents: 0 }],
];

const WORKLOADS = [
  ['Tracing W1, one order', 'w1-enrich.bl', order, enrich(order)],
  ['Tracing W2, 1,000 records', 'w2-group.bl', { records }, group(records)],
];

const checkOf = (expected) => (value) => canon(value) === canon(expected);
const measure = (title, candidates, warmMs = 300) =>
  bench(title, candidates, { unit: 'run', rounds: 9, warmMs, quiet: true });
const nsOf = (rows, name) => rows.find((row) => row.name === name).ns;

async function untouched([title, program, input, expected]) {
  const module = await load(program);
  const name = 'nothing traced yet';
  // Why longer: the interpreter itself is still cold here.
  const rows = await measure(
    title,
    [{ name, run: () => module.run(undefined, input), check: checkOf(expected) }],
    3_000,
  );
  return { name, ns: nsOf(rows, name) };
}

async function table([title, program, input, expected], first) {
  const check = checkOf(expected);
  const never = await load(program);
  const another = await load(program);
  const once = await load(program);
  once.run(undefined, input, { tracer: createTracer({ step: true }) });
  const traced = MODES.map(([name, options]) => ({
    name,
    check,
    run: () => once.run(undefined, input, { tracer: createTracer(options) }),
  }));
  const rows = await measure(title, [
    { name: 'never traced', run: () => never.run(undefined, input), check },
    { name: 'never traced, again', run: () => another.run(undefined, input), check },
    { name: 'off', run: () => once.run(undefined, input), check },
    ...traced,
  ]);
  const base = nsOf(rows, 'never traced');
  console.log(`\n### ${title}`);
  for (const { name, ns } of [first, ...rows])
    console.log(`${name.padEnd(22)} ${(ns / 1e3).toFixed(1).padStart(10)} us   ${(ns / base).toFixed(2).padStart(7)}×`);
}

const firsts = [];
for (const workload of WORKLOADS) firsts.push(await untouched(workload));
for (const [i, workload] of WORKLOADS.entries()) await table(workload, firsts[i]);
