/**
 * The state of compiling one unit: its assembler, its slots and the module's pools. Slots are the unit's variables in
 * order, then hidden ones (cursors, accumulators, roots of writes), which are reused once the construct that needed them is compiled.
 */
import { Assembler, type Item, layOut } from '../bytecode/assemble.ts';
import { declareJoins } from '../bytecode/joins.ts';
import type { Join, Unit } from '../bytecode/module.ts';
import type { IrPlace, IrUnit } from '../ir/nodes.ts';
import { variablesWrittenByLambdas } from './analyse.ts';
import { Instrument, type TraceContext } from './instrument.ts';
import { dropUnreachable, optimise } from './peephole.ts';
import type { Pool } from './pool.ts';

export interface CompileOptions {
  /** Fold constants and rewrite instructions. Results are the same either way. */
  readonly optimise: boolean;
  /** Emit LINE and BREAKPOINT; `lineOf` gives the 1-based line of an offset. */
  readonly debug?: { lineOf(offset: number): number };
  /** Emit TRACE. */
  readonly trace?: { lineOf(offset: number): number };
  /** Whether a standard function runs without calling lambdas. */
  isNative(name: string): boolean;
}

export interface ModuleContext {
  readonly pool: Pool;
  readonly options: CompileOptions;
  readonly standard: readonly string[];
  readonly imports: readonly { readonly members: readonly { readonly name: string }[] }[];
  readonly shared: readonly { readonly name: string }[];
  /** Set in code for traced runs. */
  readonly trace: TraceContext | null;
  /** Notes that the module needs `host:shared`, and where. */
  useSharedState(place: IrPlace): void;
  /** Compiles a lambda and returns its index in the module. */
  compileLambda(unit: IrUnit): number;
}

interface HiddenSlot {
  readonly slot: number;
  readonly name: string;
  isTaken: boolean;
}

export class UnitCompiler {
  readonly module: ModuleContext;
  readonly ir: IrUnit;
  readonly asm = new Assembler();
  readonly trace: Instrument | null;
  #writtenByLambdas: ReadonlySet<number> | undefined;
  readonly #hidden: HiddenSlot[] = [];
  #loops = 0;

  constructor(module: ModuleContext, ir: IrUnit) {
    this.module = module;
    this.ir = ir;
    const emit = (point: number, peeked: number): void => this.asm.emit('TRACE', point, peeked);
    this.trace = module.trace === null ? null : new Instrument(module.trace, { ir, emit });
  }

  get options(): CompileOptions {
    return this.module.options;
  }

  get pool(): Pool {
    return this.module.pool;
  }

  isBoxed(variable: number): boolean {
    return this.ir.variables[variable]?.boxed === true;
  }

  nameOf(variable: number): string {
    return this.ir.variables[variable]?.name ?? '';
  }

  /** A boxed variable that code called from this unit may write while this unit is in the middle of a statement. */
  isWrittenElsewhere(variable: number): boolean {
    if (!this.isBoxed(variable)) return false;
    const captured = variable >= this.ir.parameterCount && variable < this.ir.parameterCount + this.ir.captures.length;
    if (captured) return true;
    this.#writtenByLambdas ??= variablesWrittenByLambdas(this.ir);
    return this.#writtenByLambdas.has(variable);
  }

  nextLoop(): number {
    return this.#loops++;
  }

  /** Runs `body` with a hidden slot that is free again afterwards. Faults at it speak of the variable `name`. */
  withHiddenSlot(body: (slot: number) => void, name = ''): void {
    const free = this.#hidden.find((h) => !h.isTaken && h.name === name);
    const hidden = free ?? { name, isTaken: false, slot: this.ir.variables.length + this.#hidden.length };
    if (free === undefined) this.#hidden.push(hidden);
    hidden.isTaken = true;
    body(hidden.slot);
    hidden.isTaken = false;
  }

  load(variable: number): void {
    if (this.isBoxed(variable)) this.asm.emit('LOAD_VAR', variable);
    else this.asm.emit('LOAD_LOCAL', variable);
  }

  store(variable: number): void {
    if (this.isBoxed(variable)) this.asm.emit('STORE_VAR', variable);
    else this.asm.emit('STORE_LOCAL', variable);
  }

  /** Pops the value of a declaration: a boxed variable is a fresh cell at each execution. */
  declare(variable: number): void {
    if (this.isBoxed(variable)) this.asm.emit('MAKE_CELL', variable);
    else this.asm.emit('STORE_LOCAL', variable);
  }

  /** A slot that the VM has filled with a raw value becomes a cell where the variable is boxed. */
  boxInPlace(variable: number): void {
    if (!this.isBoxed(variable)) return;
    this.asm.emit('LOAD_LOCAL', variable);
    this.asm.emit('MAKE_CELL', variable);
  }

  push(value: null | boolean | number | bigint | string): void {
    this.asm.emit('PUSH', this.pool.constants.add(value));
  }

  finish(place: IrPlace): Unit {
    this.asm.place(place);
    this.trace?.result(false);
    this.asm.emit('RETURN');
    const { items } = this.asm;
    const final: readonly Item[] = this.options.optimise ? optimise(items) : dropUnreachable(items);
    const { code, places } = layOut(final);
    const { name, kind, parameterCount, captures, variables } = this.ir;
    const cells: number[] = [];
    const slotNames: string[] = [];
    for (let i = 0; i < variables.length; i++) {
      const variable = variables[i] as IrUnit['variables'][number];
      if (variable.boxed) cells.push(i);
      slotNames.push(variable.name);
    }
    for (const hidden of this.#hidden) slotNames.push(hidden.name);
    const slotCount = slotNames.length;
    const loopCount = this.#loops;
    const joins: readonly Join[] = [];
    const unit = { name, kind, parameterCount, slotCount, captures, cells, slotNames, loopCount, code, places, joins };
    // Why not spread: V8 gives each copy that is added to another shape, and all that reads units slows down.
    unit.joins = declareJoins(unit, { shapes: this.pool.shapes.list, paths: this.pool.paths.list });
    return unit;
  }
}
