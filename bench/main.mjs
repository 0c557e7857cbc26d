// The table of bars, and what stands behind it: W1–W6 beside other engines, growth, verifying, tiering, loading, cold start.
// Usage: npm run bench                 everything
//        node bench/main.mjs W1 cold   only the sections whose title contains one of the words
//        npm run bench -- --save       everything, and the figures into bench/baseline.json
import fs from 'node:fs';
import process from 'node:process';
import { createHost } from '../dist/index.js';
import { bars, tableOf } from './bars.mjs';
import { coldStart } from './cold-start.mjs';
import { growth } from './growth.mjs';
import { loading } from './load.mjs';
import { speed } from './speed.mjs';
import { tiering } from './tiering.mjs';
import { verifying } from './verify.mjs';

const BASELINE = new URL('baseline.json', import.meta.url);
const isSaved = process.argv.includes('--save');
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isWanted = (title) => words.length === 0 || words.some((word) => title.includes(word));

const figures = { speed: await speed(isWanted) };
if (isWanted('growth')) {
  figures.growth = await growth(createHost({ limits: { fuel: 1e12, memory: 1e12, deadlineMs: 1e9 } }));
}
if (isWanted('verifying')) await verifying();
if (isWanted('tiering')) figures.tiering = await tiering();
if (isWanted('loading')) figures.loading = await loading();
if (isWanted('cold')) figures.cold = coldStart();

const rows = bars(figures).filter(({ isMet }) => isMet !== null || words.length === 0);
console.log(`\n### Bars   [${process.version}]`);
console.log(tableOf(rows));

if (isSaved) {
  if (words.length > 0) throw new Error('--save wants every section');
  const node = `node${process.versions.node.split('.')[0]}`;
  const baseline = fs.existsSync(BASELINE) ? JSON.parse(fs.readFileSync(BASELINE, 'utf8')) : {};
  baseline[node] = {
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    figures: rounded(figures),
    rows,
  };
  fs.writeFileSync(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** Three digits are more than noise leaves. */
function rounded(value) {
  if (typeof value === 'number') return Number(value.toPrecision(3));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]));
}
