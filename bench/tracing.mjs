// What tracing costs. Off, a module that was traced before runs the same code as one that never was: their difference is
// measured beside that of two modules that never were, which is the noise of the machine. On, by options.
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

async function table(title, program, input, expected) {
  const check = (value) => canon(value) === canon(expected);
  const never = await load(program);
  const another = await load(program);
  const once = await load(program);
  once.run(undefined, input, { tracer: createTracer({ step: true }) });
  const traced = MODES.map(([name, options]) => ({
    name,
    check,
    run: () => once.run(undefined, input, { tracer: createTracer(options) }),
  }));
  const rows = await bench(
    title,
    [
      { name: 'never traced', run: () => never.run(undefined, input), check },
      { name: 'never traced, again', run: () => another.run(undefined, input), check },
      { name: 'off', run: () => once.run(undefined, input), check },
      ...traced,
    ],
    { unit: 'run', rounds: 9, warmMs: 300, quiet: true },
  );
  const base = rows.find((row) => row.name === 'never traced').ns;
  console.log(`\n### ${title}`);
  for (const { name, ns } of rows)
    console.log(`${name.padEnd(22)} ${(ns / 1e3).toFixed(1).padStart(10)} us   ${(ns / base).toFixed(2).padStart(7)}×`);
}

await table('Tracing W1, one order', 'w1-enrich.bl', order, enrich(order));
await table('Tracing W2, 1,000 records', 'w2-group.bl', { records }, group(records));
