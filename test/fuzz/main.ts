/** The full size of the fuzz room: `npm run fuzz [-- --seed n --programs n --soups n]`. */
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';
import { formatCoverage } from './coverage.ts';
import { formatSoups, stirSoups } from './soups.ts';
import { withInstantTurns } from './turns.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    programs: { type: 'string', default: '20000' },
    soups: { type: 'string', default: '200000' },
    failures: { type: 'string', default: '3' },
  },
});

/** `scripts`: texts to mutate. */
export async function main(scripts: readonly string[]): Promise<number> {
  const seed = Number(values.seed);
  const startedAt = performance.now();
  const report = await withInstantTurns(() =>
    runCampaign({
      seed,
      from: Number(values.from),
      programs: Number(values.programs),
      maxFailures: Number(values.failures),
      onProgress: (done) => done % 1000 === 0 && process.stderr.write(`${done} programs\n`),
    }),
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(formatCoverage(report.coverage));
  console.log(
    `\n${values.programs} programs in ${seconds} s; slowest ${report.slowestMs.toFixed(0)} ms (${report.slowest})`,
  );
  for (const refusal of report.refusals.slice(0, 10)) console.log(refusal.slice(0, 400));
  const soupsStartedAt = performance.now();
  const soups = await withInstantTurns(() =>
    stirSoups({
      seed,
      soups: Number(values.soups),
      scripts,
      maxFailures: Number(values.failures),
      onProgress: (done) => done % 20_000 === 0 && process.stderr.write(`${done} soups\n`),
    }),
  );
  console.log(`\n${formatSoups(soups)}`);
  console.log(`\n${values.soups} soups in ${((performance.now() - soupsStartedAt) / 1000).toFixed(1)} s`);
  const failures = [...report.failures, ...soups.failures];
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0 ? 0 : 1;
}
