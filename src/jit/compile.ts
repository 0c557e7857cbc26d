/** Units and loops → functions: flow, text, gate, instantiation. What cannot be compiled stays with the interpreter. */
import { generate } from 'astring';
import { InternalError } from '../base/assert.ts';
import type { LinkedUnit } from '../link/linked-module.ts';
import type { CompiledUnit, LoopCode, UnitCode } from '../vm/compiled.ts';
import { array, type FunctionDeclaration, giveBack, id, type Statement } from './estree.ts';
import { type Flow, type Item, readFlow } from './flow.ts';
import type { Permit } from './gate.ts';
import { Group, type Job } from './group.ts';
import { type CompiledFunction, instantiate } from './instantiate.ts';
import { isPlainKey } from './names.ts';
import { type JitRefusal, Refused } from './refusals.ts';
import { type Helper, RUNTIME } from './runtime.ts';
import { Translator } from './translate.ts';

/** Why: beyond this V8's optimising compiler gives up (performance guide, 2 viii). */
const MAX_FUNCTION_TEXT = 40_000;
const MAX_GROUP = 32;

/** What stands ahead of a bracket. Measured: looking for one helper after the other took a twentieth of a compilation. */
const CALLS = /\b[A-Za-z]+\(/g;

export interface CompileOptions {
  /** For tests: emit a place to leave at before each instruction. */
  readonly hasProbes: boolean;
}

export interface Compilation {
  readonly text: string;
  /** What was compiled, in the order of the functions. */
  readonly units: readonly LinkedUnit[];
  readonly functions: readonly PrintedFunction[];
  readonly places: ReadonlyMap<Statement, number>;
}

/** Its text was needed to measure it: printing takes as long as checking, and is done once. */
export interface PrintedFunction {
  readonly declaration: FunctionDeclaration;
  readonly text: string;
}

/** Compiles a unit and what it calls by name that has no code yet, and puts the code into them. @throws Refused */
export function compileUnit(unit: LinkedUnit, options: CompileOptions): Compilation {
  return compileWith(unit, options, null);
}

/** Compiles the loop of a unit whose body begins at `pc`, and what it calls. @throws Refused */
export function compileLoop(unit: LinkedUnit, loop: number, pc: number, options: CompileOptions): Compilation {
  const flow = readFlow(unit);
  const item = loopAt(flow.items, pc);
  if (item === undefined) throw new Refused('layout');
  const region = { from: pc, to: item.last.next };
  return compileWith(unit, options, {
    index: loop,
    translate: (group) => sized(new Translator(flow, group, region).translateLoop(group.names.next(unit.name), item)),
  });
}

interface LoopJob {
  readonly index: number;
  translate(group: Group): PrintedFunction;
}

function compileWith(unit: LinkedUnit, options: CompileOptions, loop: LoopJob | null): Compilation {
  const flows = new Map<LinkedUnit, Flow>();
  const refusals = new Map<LinkedUnit, JitRefusal>();
  const unfit = new Set<string>();
  collect(unit, flows, refusals);
  for (;;) {
    const refusal = refusals.get(unit);
    if (refusal !== undefined && loop === null) throw new Refused(refusal);
    const group = new Group([...flows.keys()], options.hasProbes, unfit);
    const made: (PrintedFunction | null)[] = [];
    if (loop === null) group.callee(unit, unit.module);
    else made.push(loop.translate(group));
    for (const job of group.jobs) made.push(translated(job, flows.get(job.unit), group, refusals, unfit));
    if (made.every((printed) => printed !== null)) return install(unit, group, made, loop);
    for (const refused of refusals.keys()) flows.delete(refused);
  }
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
        if (name === 'CALL_FN' || name === 'CLOSURE') waiting.push(next.module.units[first] as LinkedUnit);
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

function translated(
  job: Job,
  flow: Flow | undefined,
  group: Group,
  refusals: Map<LinkedUnit, JitRefusal>,
  unfit: Set<string>,
): PrintedFunction | null {
  try {
    return sized(new Translator(flow ?? readFlow(job.unit), group, null, job).translateUnit(job.name));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (job.key === null) refusals.set(job.unit, error.reason);
    else unfit.add(job.key);
    return null;
  }
}

/** @throws Refused */
function sized(declaration: FunctionDeclaration): PrintedFunction {
  const text = generate(declaration);
  if (text.length > MAX_FUNCTION_TEXT) throw new Refused('size');
  return { declaration, text };
}

function install(unit: LinkedUnit, group: Group, made: readonly PrintedFunction[], loop: LoopJob | null): Compilation {
  const { jobs } = group;
  const called = jobs.map((job) => job.unit);
  const units = loop === null ? called : [unit, ...called];
  const text = printed(made);
  const functions = [...instantiated(units, text, group)];
  if (loop !== null) compiledOf(unit).loops[loop.index] = functions.shift() as unknown as LoopCode;
  jobs.forEach((job, i) => {
    if (job.key === null) compiledOf(job.unit).call = functions[i] as UnitCode;
  });
  return { text, units, functions: made, places: group.places };
}

/** The gate refuses it unless it is what printing the whole would give. */
function printed(functions: readonly PrintedFunction[]): string {
  const handedOut = giveBack(array(functions.map(({ declaration }) => id(declaration.id.name))));
  return ["'use strict';", ...functions.map(({ text }) => text), generate(handedOut), ''].join('\n');
}

/** @throws Refused when the gate does: then the generator has a bug, and the interpreter does the work. */
function instantiated(units: readonly LinkedUnit[], text: string, group: Group): readonly CompiledFunction[] {
  const { constants, references, functions } = group;
  const helpers = Object.keys(RUNTIME) as Helper[];
  const called: ReadonlySet<string> = new Set(text.match(CALLS));
  const used = helpers.filter((name) => called.has(`${name}(`));
  const permit: Permit = {
    helpers: new Set(used),
    values: new Set(['Plain', 'List']),
    constants: constants.length,
    units: references.length,
    functions: functions.length,
    keys: new Set(units.flatMap(({ module }) => [...module.keys, ...module.shapes.flat()]).filter(isPlainKey)),
  };
  const parameters: { readonly name: string; readonly value: unknown }[] = [
    ...used.map((name) => ({ name, value: RUNTIME[name] })),
    { name: 'Plain', value: Object.prototype },
    { name: 'List', value: Array.prototype },
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
