/** The half of `npm run fuzz` that needs the watched loop: broken modules, valid bytecode, programs step by step. */
import {
  breakModules,
  formatBreakers,
  formatWatched,
  type HostileOptions,
  watchBytecode,
  watchPrograms,
} from './hostile.ts';
import { fuzzOptions, type Part } from './options.ts';

export async function main(): Promise<number> {
  const { seed, from, counts, maxFailures, deadlineMs, parts } = fuzzOptions();
  const failures: string[] = [];
  const of = (part: Part): HostileOptions => ({
    seed,
    from,
    modules: counts[part],
    maxFailures,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  if (parts.has('breakers')) {
    const report = breakModules(of('breakers'));
    console.log(`\n${formatBreakers(report)}`);
    failures.push(...report.failures);
  }
  if (parts.has('bytecode')) {
    const report = await watchBytecode(of('bytecode'));
    console.log(`\n${formatWatched('valid bytecode', report)}`);
    failures.push(...report.failures);
  }
  if (parts.has('watched')) {
    const report = await watchPrograms(of('watched'));
    console.log(`\n${formatWatched('compiled programs', report)}`);
    failures.push(...report.failures);
  }
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0 ? 0 : 1;
}
