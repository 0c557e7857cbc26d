/**
 * IR → bytecode module. Promises: one unit per FUNC, TRANSFORM and lambda; indexes of `IrModule.units` are kept (lambdas
 * come after them); never fails on IR that the front end made.
 */
import { EffectsOfUnits, SHARED_URI } from '../bytecode/effects.ts';
import type { Module, Unit } from '../bytecode/module.ts';
import type { IrImport, IrModule, IrPlace, IrUnit } from '../ir/nodes.ts';
import type { TraceContext } from './instrument.ts';
import { Pool } from './pool.ts';
import { compileStatements } from './statements.ts';
import { type CompileOptions, type ModuleContext, UnitCompiler } from './unit-compiler.ts';

export type { CompileOptions } from './unit-compiler.ts';

export function compileModule(ir: IrModule, options: CompileOptions): Module {
  const pool = new Pool();
  const units: (Unit | undefined)[] = ir.units.map(() => undefined);
  const compileUnit = (unit: IrUnit): Unit => {
    const u = new UnitCompiler(context, unit);
    u.asm.place(unit);
    for (let p = 0; p < unit.parameterCount; p++) u.boxInPlace(p);
    u.trace?.begin();
    compileStatements(u, unit.body);
    return u.finish(unit);
  };
  let sharedPlace: IrPlace | undefined = ir.shared[0];
  const context: ModuleContext = {
    pool,
    options,
    standard: ir.standard,
    imports: ir.imports,
    shared: ir.shared,
    trace: options.trace === undefined ? null : traceContext(ir, options.trace),
    useSharedState: (place) => {
      sharedPlace ??= place;
    },
    compileLambda: (unit) => {
      const index = units.push(undefined) - 1;
      units[index] = compileUnit(unit);
      return index;
    },
  };
  for (const [i, unit] of ir.units.entries()) units[i] = compileUnit(unit);
  const imports = withSharedState(ir, sharedPlace).map(({ uri, alias, implied, members, handedOn, pin, at, end }) => ({
    uri,
    alias,
    implied,
    members: members.map(({ name, arity }) => ({ name, arity })),
    handedOn,
    pin,
    at,
    end,
  }));
  const calls = pool.calls.list;
  const effects = new EffectsOfUnits({ units: units as readonly Unit[], calls, imports });
  const module: Module = {
    units: units as readonly Unit[],
    calls,
    imports,
    constants: pool.constants.list,
    keys: pool.keys.list,
    shapes: pool.shapes.list,
    paths: pool.paths.list,
    shared: ir.shared.map(({ name, mode }) => ({ name, mode })),
    exports: ir.exports.map(({ name, unit }) => ({ name, unit, effects: effects.of(unit) })),
  };
  return context.trace === null ? module : { ...module, points: context.trace.points };
}

function traceContext(ir: IrModule, { lineOf }: NonNullable<CompileOptions['trace']>): TraceContext {
  const { standard, imports, shared } = ir;
  return { points: [], lineOf, standard, imports, shared, unitNames: ir.units.map((unit) => unit.name) };
}

/** A module that uses shared state imports it by implication; calls name imports by index, so it comes last. */
function withSharedState(ir: IrModule, place: IrPlace | undefined): readonly IrImport[] {
  if (place === undefined || ir.imports.some((i) => i.uri === SHARED_URI)) return ir.imports;
  return [
    ...ir.imports,
    {
      uri: SHARED_URI,
      alias: SHARED_URI,
      implied: true,
      members: [],
      handedOn: [],
      pin: null,
      at: place.at,
      end: place.end,
    },
  ];
}
