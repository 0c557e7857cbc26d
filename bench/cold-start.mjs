// CPU time of a fresh process that imports Millrace and gets its first result, less that of a bare one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { order } from './workloads.mjs';

const PROCESSES = 15;
const report = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));';
const entry = new URL('../dist/index.js', import.meta.url).href;
const program = fs.readFileSync(new URL('w1-enrich.bl', import.meta.url), 'utf8');
const script = `
const { createHost } = await import(${JSON.stringify(entry)});
const module = await createHost().load(${JSON.stringify(program)});
const result = module.run(${JSON.stringify(order)});
if (result.lines.length !== 10) throw new Error('wrong result');
${report}`;

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const cpuOf = (text) =>
  Number(spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' }).stdout);

export function coldStart() {
  const bare = [];
  const ours = [];
  for (let i = 0; i < PROCESSES; i++) {
    bare.push(cpuOf(report));
    ours.push(cpuOf(script));
  }
  const cost = median(ours) - median(bare);
  console.log(
    `\n### Cold process: import and first result of W1 (bar 5 ms CPU beyond bare node; medians of ${PROCESSES} processes)`,
  );
  console.log(
    `bare ${median(bare).toFixed(1)} ms, with millrace ${median(ours).toFixed(1)} ms: ${cost.toFixed(1)} ms  ${cost <= 5 ? 'met' : 'MISSED'}`,
  );
  return cost;
}
