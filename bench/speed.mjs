// W1–W6 as compiled code and in the interpreter, beside handwritten JavaScript and other engines, in one process. Every result is
// compared with that of the handwritten twin before its time counts.
import fs from 'node:fs';
import { createHost } from '../dist/index.js';
import { bench, sleep } from './harness.mjs';
import { cel } from './peers/cel.mjs';
import { isolatedVm } from './peers/isolated-vm.mjs';
import { jsonLogic } from './peers/json-logic.mjs';
import { jsonataPeer } from './peers/jsonata.mjs';
import { quickjs } from './peers/quickjs.mjs';
import {
  canon,
  enrich,
  expr,
  group,
  groupf,
  items4,
  loop,
  loopi,
  ndjson,
  order,
  records,
  splitLines,
  tmpl,
  tr,
} from './workloads.mjs';

/** Iterations of a loop: those of engines that take nanoseconds for one, and of those that take microseconds. */
const LONG = 1e5;
const SHORT = 1e3;
const LINES = 1_000;

const inputs = { order, records, items: items4, tiny: { a: 1, b: 2, c: 3 }, short: SHORT };
const unlimited = { fuel: 1e12, memory: 1e12, deadlineMs: 1e9 };
const lines = splitLines(ndjson).slice(0, LINES);
const each = (transform) => () => {
  let out = '';
  for (const line of lines) out += `${JSON.stringify(transform(JSON.parse(line)))}\n`;
  return out;
};
const eachAwaited = (transform) => async () => {
  let out = '';
  for (const line of lines) out += `${JSON.stringify(await transform(JSON.parse(line)))}\n`;
  return out;
};

const WORKLOADS = [
  {
    id: 'W1',
    title: 'order enrichment',
    unit: 'order',
    file: 'w1-enrich.bl',
    hand: [['handwritten', () => enrich(order)]],
    ours: (run) => () => run(order),
    checkedToo: true,
  },
  {
    id: 'W2',
    title: 'filter, map, group 1,000 records',
    unit: 'batch',
    file: 'w2-group.bl',
    hand: [
      ['handwritten', () => group(records)],
      ['handwritten (filter/map/reduce)', () => groupf(records)],
    ],
    ours: (run) => () => run({ records }),
  },
  {
    id: 'W3',
    title: 'scalar loop s + i * i % 7',
    unit: 'iteration',
    file: 'w3-loop.bl',
    hand: [['handwritten', (n) => ({ s: loop(n) })]],
    ours: (run) => (n) => run({ n }),
    isLoop: true,
  },
  {
    id: 'W3b',
    title: 'integer loop (s + i * 3) % 1009',
    unit: 'iteration',
    file: 'w3b-intloop.bl',
    hand: [['handwritten', (n) => ({ s: loopi(n) })]],
    ours: (run) => (n) => run({ n }),
    isLoop: true,
  },
  {
    id: 'W4',
    title: 'text building, 100 items',
    unit: 'run',
    file: 'w4-text.bl',
    hand: [['handwritten', () => ({ text: tmpl(items4) })]],
    ours: (run) => () => run({ items: items4 }),
  },
  {
    id: 'W5',
    title: 'tiny call',
    unit: 'call',
    file: 'w5-tiny.bl',
    hand: [['handwritten', () => ({ v: expr(inputs.tiny.a, inputs.tiny.b, inputs.tiny.c) })]],
    ours: (run) => () => run(inputs.tiny),
  },
  {
    id: 'W6',
    title: 'NDJSON: parse, transform, print',
    unit: 'record',
    file: 'w6-ndjson.bl',
    hand: [['handwritten', each(tr)]],
    ours: (run) => each(run),
    units: lines.length,
  },
];

/** Every candidate of a workload with the number of units that one call of it does. */
function candidates({ id, hand, ours, isLoop, checkedToo, units = 1 }, runners, peers) {
  const sized = (run, n) => (isLoop ? { run: () => run(n), units: n } : { run, units });
  const expected = new Map();
  const isRight = (n) => (value) => {
    if (!expected.has(n)) expected.set(n, canon(hand[0][1](n)));
    return (typeof value === 'string' ? JSON.stringify(value) : canon(value)) === expected.get(n);
  };
  const row = (name, run, n) => ({ name, ...sized(run, n), check: isRight(n) });
  const rows = hand.map(([name, run]) => row(name, run, LONG));
  rows.push(
    row('millrace', ours(runners.compiled), LONG),
    row('millrace, interpreter', ours(runners.interpreted), LONG),
  );
  if (checkedToo) rows.push(row('millrace, input checked', ours(runners.checked), LONG));
  for (const peer of peers) {
    const run = peer[id];
    if (run === undefined) continue;
    if (id === 'W6') rows.push(row(peer.name, peer.name === 'jsonata' ? eachAwaited(run) : each(run), SHORT));
    else rows.push(row(peer.name, run, SHORT));
  }
  return rows;
}

async function runnersOf(file) {
  const text = fs.readFileSync(new URL(file, import.meta.url), 'utf8');
  const [jit, interpreter] = await Promise.all(
    ['auto', 'off'].map((mode) => createHost({ limits: unlimited, jit: mode }).load(text)),
  );
  const name = jit.exports.at(-1).name;
  return {
    compiled: jit.get(name),
    interpreted: interpreter.get(name),
    checked: (input) => jit.run(name, input, { input: 'checked' }),
  };
}

/** Nanoseconds per unit, by workload and candidate. */
export async function speed(isWanted) {
  const wanted = WORKLOADS.filter(({ id, title }) => isWanted(`${id} ${title}`));
  if (wanted.length === 0) return {};
  const peers = [jsonataPeer(inputs), jsonLogic(inputs), cel(inputs), await quickjs(inputs), isolatedVm(inputs)];
  const table = {};
  for (const workload of wanted) {
    const runners = await runnersOf(workload.file);
    // The compiler to JavaScript is fetched in the background.
    await sleep(500);
    const rows = await bench(
      `${workload.id} ${workload.title}`,
      candidates(
        workload,
        runners,
        peers.filter((peer) => peer !== null),
      ),
      { unit: workload.unit, rounds: 9, warmMs: 300 },
    );
    table[workload.id] = Object.fromEntries(
      rows.map(({ name, ns }) => [name.split(' ')[0] === 'isolated-vm' ? 'isolated-vm' : name, ns]),
    );
  }
  return table;
}
