/**
 * The attacks again, compiled to JavaScript at the first call, and left at places on the way: each ends as it must. In the
 * polluted realm runs code that was compiled in the clean one. Not here are attacks that are refused before anything runs
 * (hand-made code, damaged files and trees): no tier has a part in them.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { opName, opWidth } from '../../src/bytecode/opcodes.ts';
import { createHost, type HostOptions, type LoadedModule } from '../../src/index.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import { type Ending, endingOf, type Load, type ProgramAttack } from './attack.ts';
import { BOUNDED_ATTACKS } from './attacks-bounded.ts';
import { HOST_ATTACKS } from './attacks-host.ts';
import { HOST_LIMIT_ATTACKS } from './attacks-host-limits.ts';
import { LIMIT_ATTACKS } from './attacks-limits.ts';
import { LINKING_ATTACKS } from './attacks-linking.ts';
import { PROTOTYPE_ATTACKS } from './attacks-prototype.ts';
import { REALM_ATTACKS } from './attacks-realm.ts';
import { VALUE_ATTACKS } from './attacks-values.ts';
import { expectEnding } from './expect-ending.ts';
import { REALMS } from './realms.ts';

/** Places of one attack at which it is left, from the first to the last. */
const PLACES = 3;
const [, POLLUTED] = REALMS;

/** What was compiled and left in all of this file. */
const seen = { attacks: 0, reached: 0, places: 0, withHosts: 0, refusals: new Set<string>() };

class Watch {
  readonly events: TierEvent[] = [];
  passed = 0;
  leaveAt = 0;

  options(hasPlaces: boolean): Pick<HostOptions, 'jit' | 'internals'> {
    const onCompiled = (event: TierEvent): void => {
      this.events.push(event);
      if (event.refusal !== null) seen.refusals.add(event.refusal);
    };
    const jitLeavesHere = (): boolean => ++this.passed === this.leaveAt;
    return { jit: 'eager', internals: hasPlaces ? { onCompiled, jitLeavesHere } : { onCompiled } };
  }

  get units(): TierEvent['units'] {
    return this.events.flatMap(({ units }) => units);
  }
}

const titled = <A extends { readonly number: number; readonly idea: string }>(attacks: readonly A[]) =>
  attacks.map((attack) => [`${attack.number} ${attack.idea}`, attack] as const);

async function runner({ program, input, limits = {} }: ProgramAttack, options: HostOptions) {
  const host = createHost(options);
  const loading: { module?: LoadedModule; ending?: Ending } = {};
  loading.ending = await endingOf(async () => {
    loading.module = await host.load(program);
  });
  const { module } = loading;
  return async (): Promise<Ending> => {
    if (module === undefined) return loading.ending as Ending;
    const name = module.exports.find((e) => e.kind === 'transform')?.name;
    return endingOf(() => module.run(name, input === undefined ? {} : input(), { limits }));
  };
}

function has(code: ArrayLike<number>, names: readonly string[]): boolean {
  for (let pc = 0; pc < code.length; ) {
    const name = opName(code[pc] as number);
    if (name === undefined) return false;
    if (names.includes(name)) return true;
    pc += opWidth(name);
  }
  return false;
}

describe.each(titled([...PROTOTYPE_ATTACKS, ...BOUNDED_ATTACKS, ...LIMIT_ATTACKS]))('%s', (_, attack) => {
  it('compiled', async () => {
    const watch = new Watch();
    const run = await runner(attack, watch.options(false));
    expectEnding(await run(), attack.expected);
    expectEnding(await POLLUTED.during(run), attack.expected);
    if (watch.units.length > 0) seen.attacks++;
    if (watch.units.some(({ code }) => has(code, attack.reached))) seen.reached++;
  });

  it('left on the way', async () => {
    const watch = new Watch();
    const run = await runner(attack, watch.options(true));
    expectEnding(await run(), attack.expected);
    const { passed } = watch;
    for (let i = 0; i < Math.min(PLACES, passed); i++) {
      watch.passed = 0;
      watch.leaveAt = 1 + Math.floor((i * (passed - 1)) / (PLACES - 1));
      expectEnding(await run(), attack.expected);
      if (watch.passed >= watch.leaveAt) seen.places++;
    }
  });
});

/** Refused before anything runs (170), and asynchronous (171): slow, and without a part for the compiler. */
const UNCOMPILED = new Set([170, 171]);
const WITH_HOSTS = [...HOST_ATTACKS, ...REALM_ATTACKS, ...LINKING_ATTACKS, ...HOST_LIMIT_ATTACKS].filter(
  ({ number, forms }) => !UNCOMPILED.has(number) && (forms === undefined || forms.includes('source')),
);

describe.each(titled(WITH_HOSTS))('%s', (_, attack) => {
  it('compiled', async () => {
    const watch = new Watch();
    const load: Load = (text, host = {}, options = {}) =>
      createHost({ ...watch.options(false), ...host }).load(text, options);
    let isReached = false;
    const reached = (): void => {
      isReached = true;
    };
    expectEnding(await endingOf(() => attack.attack(reached, load, (text) => text)), attack.expected);
    expect(isReached, 'the hostile operation was not reached').toBe(true);
    if (watch.units.length > 0) seen.withHosts++;
  });
});

describe.each(titled(VALUE_ATTACKS.filter(({ mode }) => mode === 'checked')))('%s', (_, attack) => {
  it(`${attack.inPlace ?? 'does not run'} where compiled code reads it in place`, async () => {
    const watch = new Watch();
    const { value, touched } = attack.make();
    const module = await createHost(watch.options(false)).load(
      'OUTPUT { v: input.x, w: [TRY "" + input.x CATCH(e) -> e.code, TRY input.x + 1 CATCH(e) -> e.code] }',
    );
    expect(await endingOf(() => module.run({ x: value }))).toHaveProperty('result.w');
    expect(watch.units).toHaveLength(1);
    expect(touched() > 0).toBe(attack.inPlace === 'runs');
  });
});

afterAll(() => {
  // Nothing above says anything of compiled code unless there was some: but for one, all attacks by programs are
  // compiled, the hostile instruction with them.
  const programs = PROTOTYPE_ATTACKS.length + BOUNDED_ATTACKS.length + LIMIT_ATTACKS.length;
  expect([...seen.refusals]).toEqual([]);
  expect(seen.attacks).toBeGreaterThanOrEqual(programs - 1);
  expect(seen.reached).toBe(seen.attacks);
  expect(seen.places).toBeGreaterThan(2 * seen.attacks);
  // The others are refused before they run, or run asynchronously.
  expect(seen.withHosts).toBeGreaterThan(WITH_HOSTS.length / 2);
});
