/**
 * The full size of the fuzz room: `npm run fuzz [-- --parts a,b --seed n --minutes n --programs n --soups n]`. This half runs
 * whole programs on the engine as it is; `hostile-main.ts` is the other.
 */
import { runCampaign } from './campaign.ts';
import { formatCoverage } from './coverage.ts';
import { type FuzzOptions, fuzzOptions } from './options.ts';
import { formatSoups, stirSoups } from './soups.ts';
import { compareTiers, formatTiers } from './tiers.ts';
import { withInstantTurns } from './turns.ts';

/** `scripts`: texts to mutate. */
export async function main(scripts: readonly string[]): Promise<number> {
  const options = fuzzOptions();
  const failures = [
    ...(options.parts.has('programs') ? await programs(options) : []),
    ...(options.parts.has('tiers') ? await tiers(options) : []),
    ...(options.parts.has('soups') ? await soups(options, scripts) : []),
  ];
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function programs({ seed, from, counts, maxFailures, deadlineMs }: FuzzOptions): Promise<readonly string[]> {
  const startedAt = performance.now();
  let made = 0;
  const report = await withInstantTurns(() =>
    runCampaign({
      seed,
      from,
      programs: counts.programs,
      maxFailures,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      onProgress: (done) => {
        made = done;
        if (done % 1000 === 0) process.stderr.write(`${done} programs\n`);
      },
    }),
  );
  console.log(formatCoverage(report.coverage));
  console.log(
    `\n${made} programs in ${secondsSince(startedAt)} s; slowest ${report.slowestMs.toFixed(0)} ms (${report.slowest})`,
  );
  for (const refusal of report.refusals.slice(0, 10)) console.log(refusal.slice(0, 400));
  return report.failures;
}

async function tiers({ seed, from, counts, maxFailures, deadlineMs }: FuzzOptions): Promise<readonly string[]> {
  const startedAt = performance.now();
  const report = await compareTiers({
    seed,
    from,
    programs: counts.tiers,
    maxFailures,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    onProgress: (done) => {
      if (done % 10_000 === 0) process.stderr.write(`${done} programs in both tiers\n`);
    },
  });
  console.log(formatCoverage(report.coverage));
  console.log(`\n${formatTiers(report)}; ${secondsSince(startedAt)} s`);
  return report.failures;
}

async function soups(options: FuzzOptions, scripts: readonly string[]): Promise<readonly string[]> {
  const { seed, counts, maxFailures, deadlineMs } = options;
  const startedAt = performance.now();
  let stirred = 0;
  const report = await withInstantTurns(() =>
    stirSoups({
      seed,
      soups: counts.soups,
      scripts,
      maxFailures,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      onProgress: (done) => {
        stirred = done;
        if (done % 20_000 === 0) process.stderr.write(`${done} soups\n`);
      },
    }),
  );
  console.log(`\n${formatSoups(report)}`);
  console.log(`\n${stirred} soups in ${secondsSince(startedAt)} s`);
  return report.failures;
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}
