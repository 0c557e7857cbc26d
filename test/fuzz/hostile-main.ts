/** The half of `npm run fuzz` that needs the watched loop: whatever comes in as a module and not as a text. */
import { mutateBinaries } from './binary-mutants.ts';
import {
  breakModules,
  formatBreakers,
  formatWatched,
  type HostileOptions,
  watchBytecode,
  watchPrograms,
} from './hostile.ts';
import { formatMutants, type MutantOptions } from './mutants.ts';
import { fuzzOptions, type Part } from './options.ts';
import { mutateTrees } from './tree-mutants.ts';

interface Report {
  readonly failures: readonly string[];
}

/** `scripts`: texts whose compiled forms are mutated. */
export async function main(scripts: readonly string[]): Promise<number> {
  const { seed, from, counts, maxFailures, deadlineMs, parts } = fuzzOptions();
  const failures: string[] = [];
  const optionsOf = (part: Part): HostileOptions => ({
    seed,
    from,
    modules: counts[part],
    maxFailures,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  const mutantsOf = (part: Part): MutantOptions => ({ ...optionsOf(part), scripts });
  const run = async <R extends Report>(part: Part, make: () => R | Promise<R>, format: (report: R) => string) => {
    if (!parts.has(part)) return;
    const startedAt = performance.now();
    const report = await make();
    console.log(`\n${format(report)}\n  in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    failures.push(...report.failures);
  };
  await run('breakers', () => breakModules(optionsOf('breakers')), formatBreakers);
  await run(
    'bytecode',
    () => watchBytecode(optionsOf('bytecode')),
    (report) => formatWatched('valid bytecode', report),
  );
  await run(
    'watched',
    () => watchPrograms(optionsOf('watched')),
    (report) => formatWatched('compiled programs', report),
  );
  await run(
    'binaries',
    () => mutateBinaries(mutantsOf('binaries')),
    (report) => formatMutants('binary modules', report),
  );
  await run(
    'trees',
    () => mutateTrees(mutantsOf('trees')),
    (report) => formatMutants('JSON ASTs', report),
  );
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0 ? 0 : 1;
}
