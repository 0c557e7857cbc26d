/** Units and loops → functions: flow, text, gate, instantiation. What cannot be compiled stays with the interpreter. */
import { generate } from 'astring';
import { InternalError } from '../base/assert.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import type { CompiledUnit, LoopCode, UnitCode } from '../vm/compiled.ts';
import { array, type FunctionDeclaration, giveBack, id, type Program, type Statement } from './estree.ts';
import { type Flow, type Item, type JitRefusal, Refused, readFlow } from './flow.ts';
import type { Permit } from './gate.ts';
import { Group } from './group.ts';
import { type CompiledFunction, instantiate } from './instantiate.ts';
import { isPlainKey } from './names.ts';
import { type Helper, RUNTIME } from './runtime.ts';
import { Translator } from './translate.ts';

/** Why: beyond this V8's optimising compiler gives up (performance guide, 2 viii). */
const MAX_FUNCTION_TEXT = 40_000;
const MAX_GROUP = 32;

export interface CompileOptions {
  /** For tests: emit a place to leave at before each instruction. */
  readonly hasProbes: boolean;
}

export interface Compilation {
  readonly text: string;
  /** What was compiled, in the order of the functions. */
  readonly units: readonly LinkedUnit[];
  readonly functions: readonly FunctionDeclaration[];
  readonly places: ReadonlyMap<Statement, number>;
}

/** Compiles a unit and what it calls by name that has no code yet, and puts the code into them. @throws Refused */
export function compileUnit(unit: LinkedUnit, options: CompileOptions): Compilation {
  const flows = new Map<LinkedUnit, Flow>();
  const refusals = new Map<LinkedUnit, JitRefusal>();
  collect(unit, flows, refusals);
  for (;;) {
    const refusal = refusals.get(unit);
    if (refusal !== undefined) throw new Refused(refusal);
    const units = [...flows.keys()];
    const group = new Group(units, options.hasProbes);
    const made = units.map((member) => translate(flows.get(member) as Flow, group, refusals));
    if (made.every((tree) => tree !== null)) return install(units, group, made as readonly FunctionDeclaration[]);
    for (const refused of refusals.keys()) flows.delete(refused);
  }
}

/** Compiles the loop of a unit whose body begins at `pc`. @throws Refused */
export function compileLoop(unit: LinkedUnit, loop: number, pc: number, options: CompileOptions): Compilation {
  const flow = readFlow(unit);
  const item = loopAt(flow.items, pc);
  if (item === undefined) throw new Refused('layout');
  const group = new Group([], options.hasProbes);
  const translator = new Translator(flow, group, { from: pc, to: item.last.next });
  const made = translator.translateLoop(group.names.next(unit.name), item);
  const text = printed([made]);
  if (text.length > MAX_FUNCTION_TEXT) throw new Refused('size');
  const [code] = instantiated([unit], text, group) as unknown as readonly [LoopCode];
  compiledOf(unit).loops[loop] = code;
  return { text, units: [unit], functions: [made], places: group.places };
}

export function compiledOf(unit: LinkedUnit): CompiledUnit {
  unit.compiled ??= { call: null, loops: [] } satisfies CompiledUnit;
  return unit.compiled as CompiledUnit;
}

function collect(unit: LinkedUnit, flows: Map<LinkedUnit, Flow>, refusals: Map<LinkedUnit, JitRefusal>): void {
  const waiting = [unit];
  while (waiting.length > 0 && flows.size < MAX_GROUP) {
    const next = waiting.pop() as LinkedUnit;
    if (flows.has(next) || refusals.has(next) || (next.compiled as CompiledUnit | null)?.call) continue;
    try {
      const flow = readFlow(next);
      flows.set(next, flow);
      for (const { name, operands } of flow.instructions) {
        const [first] = operands as [number];
        if (name === 'CALL_FN') waiting.push(next.module.units[first] as LinkedUnit);
        if (name !== 'CALL_HOST') continue;
        const called = next.module.calls[first]?.unit;
        // Another module's functions need a frame of their own; those of the library have nothing to look for.
        if (called !== null && called !== undefined && called.module.imports.length === 0) waiting.push(called);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusals.set(next, error.reason);
    }
  }
}

function translate(flow: Flow, group: Group, refusals: Map<LinkedUnit, JitRefusal>): FunctionDeclaration | null {
  try {
    const made = new Translator(flow, group, null).translateUnit(group.nameOf(flow.unit));
    if (generate(made).length > MAX_FUNCTION_TEXT) throw new Refused('size');
    return made;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusals.set(flow.unit, error.reason);
    return null;
  }
}

function install(units: readonly LinkedUnit[], group: Group, functions: readonly FunctionDeclaration[]): Compilation {
  const text = printed(functions);
  const code = instantiated(units, text, group) as readonly UnitCode[];
  units.forEach((unit, i) => {
    compiledOf(unit).call = code[i] as UnitCode;
  });
  return { text, units, functions, places: group.places };
}

function printed(functions: readonly FunctionDeclaration[]): string {
  const strict = {
    type: 'ExpressionStatement',
    expression: { type: 'Literal', value: 'use strict', raw: "'use strict'" },
  };
  const program: Program = {
    type: 'Program',
    sourceType: 'script',
    body: [
      { ...strict, directive: 'use strict' } as Program['body'][number],
      ...functions,
      giveBack(array(functions.map((f) => id(f.id.name)))),
    ],
  };
  return generate(program);
}

/** @throws Refused when the gate does: then the generator has a bug, and the interpreter does the work. */
function instantiated(units: readonly LinkedUnit[], text: string, group: Group): readonly CompiledFunction[] {
  const { constants, references, functions } = group;
  const helpers = Object.keys(RUNTIME) as Helper[];
  const used = helpers.filter((name) => text.includes(`${name}(`));
  const permit: Permit = {
    helpers: new Set(used),
    values: new Set(['Plain']),
    constants: constants.length,
    units: references.length,
    functions: functions.length,
    keys: new Set(units.flatMap(({ module }) => [...module.keys, ...module.shapes.flat()]).filter(isPlainKey)),
  };
  const parameters: { readonly name: string; readonly value: unknown }[] = [
    ...used.map((name) => ({ name, value: RUNTIME[name] })),
    { name: 'Plain', value: Object.prototype },
    ...constants.map((value, i) => ({ name: `k_${i}`, value })),
    ...references.map((value, i) => ({ name: `u_${i}`, value })),
    ...functions.map((value, i) => ({ name: `f_${i}`, value })),
  ];
  try {
    return instantiate(text, permit, parameters, 'unit');
  } catch (error) {
    if (error instanceof InternalError) throw new Refused('gate');
    throw error;
  }
}

function loopAt(items: readonly Item[], pc: number): Extract<Item, { kind: 'loop' }> | undefined {
  for (const item of items) {
    if (item.kind === 'op') continue;
    if (item.kind === 'loop' && item.op.next === pc) return item;
    const found = loopAt(item.body, pc);
    if (found !== undefined) return found;
  }
  return undefined;
}
