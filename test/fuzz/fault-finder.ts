/** Looks for what a fault of the compiler changes: a run that ends otherwise than interpreted, or a text that the gate refuses. */
import type { ScriptProgram } from '../../src/cli/script.ts';
import { type LoadedScript, loadScript } from '../../src/cli/script-run.ts';
import type { HostOptions, Limits, Usage } from '../../src/index.ts';
import type { TierEvent } from '../../src/jit/index.ts';
import type { Plant } from './compiler-faults.ts';

/** Places at which one program is left, and amounts of fuel and memory with which it does not come to its end. */
const MAX_PLACES = 4;
const AMOUNTS = 4;
const DEPTHS = [1, 2, 3, 5];

export interface Probe {
  readonly name: string;
  readonly program: ScriptProgram;
}

interface Told {
  readonly text: string;
  readonly fuel: number;
  readonly memory: number;
}

type Run = (limits?: Partial<Limits>) => Promise<Told>;

/** Loads the program and gives `action` a way to run it; the ending and what was charged are told. */
async function running<T>(
  program: ScriptProgram,
  options: Required<Pick<HostOptions, 'jit' | 'internals'>>,
  action: (run: Run) => Promise<T>,
): Promise<T | null> {
  let last: Usage | undefined;
  const onUsage = (usage: Usage): void => {
    last = usage;
  };
  const script = await loadScript(program, { ...options, onUsage });
  if (script.kind === 'load') return null;
  try {
    return await action(async (limits) => {
      last = undefined;
      const outcome = await (script as LoadedScript).run(limits);
      const { fuel = 0, memory = 0 } = last ?? {};
      // A run without room for its first frame has no account when it is interpreted.
      const isTold = fuel > 0;
      return { text: JSON.stringify([outcome, ...(isTold ? [fuel, memory] : [])]), fuel, memory };
    });
  } finally {
    await script.close();
  }
}

/** How a program ends when it is interpreted: by itself, and under limits that it just keeps or does not. */
interface Expected {
  readonly ending: string;
  readonly limits: readonly Partial<Limits>[];
  readonly limited: readonly string[];
}

function amounts(name: 'fuel' | 'memory', whole: number): readonly Partial<Limits>[] {
  const step = Math.max(1, Math.floor(whole / AMOUNTS));
  const less = Array.from({ length: AMOUNTS }, (_, i) => ({ [name]: Math.max(1, whole - 1 - i * step) }));
  return [{ [name]: Math.max(1, whole) }, ...less];
}

const known = new Map<ScriptProgram, Expected | null>();

async function expectedOf(program: ScriptProgram): Promise<Expected | null> {
  const before = known.get(program);
  if (before !== undefined) return before;
  const found = await running(program, { jit: 'off', internals: {} }, async (run): Promise<Expected> => {
    const { text, fuel, memory } = await run();
    const depths = DEPTHS.map((depth) => ({ depth }));
    const limits = [...amounts('fuel', fuel), ...amounts('memory', memory), ...depths];
    return { ending: text, limits, limited: await endings(run, limits) };
  });
  known.set(program, found);
  return found;
}

async function endings(run: Run, limits: readonly Partial<Limits>[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const given of limits) all.push((await run(given)).text);
  return all;
}

class Watch {
  readonly refusals = new Set<string>();
  #passed = 0;
  #leaveAt = 0;

  readonly onCompiled = ({ refusal }: TierEvent): void => {
    // With places to leave it at, a text may become too long.
    if (refusal !== null && refusal !== 'size') this.refusals.add(refusal);
  };
  readonly jitLeavesHere = (): boolean => ++this.#passed === this.#leaveAt;

  async leavesEverywhere(run: Run, wanted: Expected): Promise<boolean> {
    if ((await run()).text !== wanted.ending) return false;
    const places = this.#passed;
    for (let place = 1; place <= places; place += Math.max(1, Math.ceil(places / MAX_PLACES))) {
      this.#passed = 0;
      this.#leaveAt = place;
      if ((await run()).text !== wanted.ending) return false;
    }
    return true;
  }
}

interface Way {
  readonly how: string;
  readonly loopsOnly?: true;
  readonly leaves?: true;
  /** Whether all ends as it should. */
  readonly isSame: (run: Run, wanted: Expected, watch: Watch) => Promise<boolean>;
}

const endsAlike = async (run: Run, { ending }: Expected): Promise<boolean> => (await run()).text === ending;

/** From the quickest on. */
const WAYS: readonly Way[] = [
  { how: 'compiled', isSame: endsAlike },
  {
    how: 'compiled loops',
    loopsOnly: true,
    isSame: async (run, wanted) => (await endsAlike(run, wanted)) && endsAlike(run, wanted),
  },
  { how: 'left', leaves: true, isSame: (run, wanted, watch) => watch.leavesEverywhere(run, wanted) },
  {
    how: 'under limits',
    isSame: async (run, { limits, limited }) =>
      (await endings(run, limits)).every((ending, i) => ending === limited[i]),
  },
];

/** How the program tells, or null. */
async function differenceOf(program: ScriptProgram, wanted: Expected, way: Way): Promise<string | null> {
  const watch = new Watch();
  const { onCompiled, jitLeavesHere } = watch;
  const internals = {
    onCompiled,
    ...(way.loopsOnly === true ? { jitLoopsOnly: true } : {}),
    ...(way.leaves === true ? { jitLeavesHere } : {}),
  };
  // What is thrown by no module is a difference too.
  const isSame = await running(program, { jit: 'eager', internals }, (run) => way.isSame(run, wanted, watch)).catch(
    () => false,
  );
  if (watch.refusals.has('gate')) return 'the gate';
  // Without a fault none of the programs is refused.
  for (const refusal of watch.refusals) return `refused: ${refusal}`;
  return isSame === true ? null : way.how;
}

/** What finds the fault first, or null, and how often it has applied by then. */
export async function findFault(
  plant: Plant,
  probes: readonly Probe[],
): Promise<{ readonly by: string | null; readonly applied: number }> {
  const wanted: (Expected | null)[] = [];
  for (const { program } of probes) wanted.push(await expectedOf(program));
  const { undo, applied } = plant();
  try {
    for (const way of WAYS) {
      for (const [i, { name, program }] of probes.entries()) {
        const expected = wanted[i];
        const how = expected ? await differenceOf(program, expected, way) : null;
        if (how !== null) return { by: how === 'the gate' ? how : `${name}, ${how}`, applied: applied() };
      }
    }
    return { by: null, applied: applied() };
  } finally {
    undo();
  }
}
