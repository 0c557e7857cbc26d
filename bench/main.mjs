// W1–W6 beside handwritten JavaScript and JSONata in one process, then growth, verifying, loading and cold start.
// Usage: npm run bench            every section
//        node bench/main.mjs W1   only the sections whose title contains one of the words
import fs from 'node:fs';
import { createHost } from '../dist/index.js';
import { coldStart } from './cold-start.mjs';
import { growth } from './growth.mjs';
import { bench } from './harness.mjs';
import { expressions } from './jsonata.mjs';
import { loading } from './load.mjs';
import { verifying } from './verify.mjs';
import {
  canon,
  enrich,
  expr,
  group,
  groupf,
  items4,
  loop,
  ndjson,
  order,
  records,
  splitLines,
  tmpl,
  tr,
} from './workloads.mjs';

const wanted = process.argv.slice(2);
const isWanted = (title) => wanted.length === 0 || wanted.some((word) => title.includes(word));
const text = (name) => fs.readFileSync(new URL(name, import.meta.url), 'utf8');
const host = createHost({ limits: { fuel: 1e12, memory: 1e12, deadlineMs: 1e9 } });
const load = async (name) =>
  (await host.load(text(name), { id: name })).get((await host.load(text(name))).exports.at(-1).name);
const isLike = (expected) => (value) => canon(value) === canon(expected);

const rows = [];
async function section(title, unit, candidates, options = {}) {
  if (!isWanted(title)) return;
  const measured = await bench(title, candidates, { unit, rounds: 9, warmMs: 300, ...options });
  const ns = (name) => measured.find((row) => row.name === name)?.ns;
  const ours = ns('millrace');
  rows.push({ title: title.split(' ')[0], hand: ours / ns('handwritten'), jsonata: ns('jsonata') / ours });
}

const W1 = await load('w1-enrich.bl');
await section('W1 order enrichment', 'order', [
  { name: 'handwritten', run: () => enrich(order) },
  { name: 'millrace', run: () => W1(order), check: isLike(enrich(order)) },
  { name: 'jsonata', run: () => expressions.enrich.evaluate(order), check: isLike(enrich(order)) },
]);

const W2 = await load('w2-group.bl');
await section('W2 filter, map, group 1,000 records', 'batch', [
  { name: 'handwritten', run: () => group(records) },
  { name: 'handwritten (filter/map/reduce)', run: () => groupf(records) },
  { name: 'millrace', run: () => W2({ records }), check: isLike(group(records)) },
  { name: 'jsonata', run: () => expressions.group.evaluate({ records }), check: isLike(group(records)) },
]);

const W3 = await load('w3-loop.bl');
const LONG = 1e5;
const SHORT = 1e4;
await section('W3 scalar loop', 'iteration', [
  { name: 'handwritten', run: () => loop(LONG), units: LONG },
  { name: 'millrace', run: () => W3({ n: LONG }), units: LONG, check: isLike({ s: loop(LONG) }) },
  {
    name: 'jsonata',
    run: () => expressions.loop.evaluate({ n: SHORT }),
    units: SHORT,
    check: isLike({ s: loop(SHORT) }),
  },
]);

const W4 = await load('w4-text.bl');
await section('W4 text building, 100 items', 'run', [
  { name: 'handwritten', run: () => tmpl(items4) },
  { name: 'millrace', run: () => W4({ items: items4 }), check: isLike({ text: tmpl(items4) }) },
  { name: 'jsonata', run: () => expressions.text.evaluate({ items: items4 }), check: isLike({ text: tmpl(items4) }) },
]);

const W5 = await load('w5-tiny.bl');
const tiny = { a: 1, b: 2, c: 3 };
await section('W5 tiny call', 'call', [
  { name: 'handwritten', run: () => ({ v: expr(tiny.a, tiny.b, tiny.c) }) },
  { name: 'millrace', run: () => W5(tiny), check: isLike({ v: 7 }) },
  { name: 'jsonata', run: () => expressions.tiny.evaluate(tiny), check: isLike({ v: 7 }) },
]);

const W6 = await load('w6-ndjson.bl');
const lines = splitLines(ndjson).slice(0, 1_000);
const each = (transform) => () => {
  let out = '';
  for (const line of lines) out += `${JSON.stringify(transform(JSON.parse(line)))}\n`;
  return out;
};
await section('W6 NDJSON: parse, transform, print', 'record', [
  { name: 'handwritten', run: each(tr), units: lines.length },
  { name: 'millrace', run: each(W6), units: lines.length, check: (out) => out === each(tr)() },
  {
    name: 'jsonata',
    units: lines.length,
    run: async () => {
      let out = '';
      for (const line of lines) out += `${JSON.stringify(await expressions.record.evaluate(JSON.parse(line)))}\n`;
      return out;
    },
    check: (out) => out === each(tr)(),
  },
]);

if (rows.length > 0) {
  console.log(`\n### Summary   [${process.version}]`);
  console.log('workload   time / handwritten   jsonata / millrace   bar: ≥ 20 on W1–W4');
  for (const { title, hand, jsonata } of rows) {
    const bar = /^W[1-4]/.test(title) ? (jsonata >= 20 ? 'met' : 'MISSED') : '';
    console.log(`${title.padEnd(10)} ${hand.toFixed(1).padStart(18)} ${jsonata.toFixed(1).padStart(20)}   ${bar}`);
  }
}
if (isWanted('growth')) await growth(host);
if (isWanted('verifying')) await verifying();
if (isWanted('loading')) await loading();
if (isWanted('cold')) coldStart();
