/**
 * What verifying a unit asks of the module's tables, answered once for all units: the work of an instruction must not
 * depend on how large an entry is that it names.
 */
import { dynamicKeyCount, type Module, SLOT, type Unit } from '../bytecode/module.ts';
import type { OperandKind, ShapeSizes } from '../bytecode/opcodes.ts';

/** What an instruction may take from the tables: counts of stack entries are bounded like the stack itself. */
const MAX_COUNT = 65_535;

/** What a lambda needs of the unit that makes it. */
export interface Capture {
  readonly slot: number;
  readonly holds: number;
}

export class ModuleIndex implements ShapeSizes {
  readonly module: Module;
  readonly #shapeSizes: readonly number[];
  readonly #dynamicKeys: readonly number[];
  /** By call: how many arguments the import declares; null is any number, undefined a standard function. */
  readonly #arities: readonly (ReadonlySet<number | null> | undefined)[];
  #captures: Map<number, readonly Capture[]> | undefined;

  constructor(module: Module) {
    this.module = module;
    this.#shapeSizes = module.shapes.map(lengthOf);
    this.#dynamicKeys = module.paths.map(dynamicKeyCount);
    this.#arities = module.imports.length === 0 ? [] : aritiesOf(module);
  }

  shapeSize(index: number): number {
    return this.#shapeSizes[index] ?? 0;
  }

  dynamicKeyCount(path: number): number {
    return this.#dynamicKeys[path] ?? 0;
  }

  acceptsArguments(call: number, count: number): boolean {
    const arities = this.#arities[call];
    return arities === undefined || arities.has(count) || arities.has(null);
  }

  capturesOf(unit: number): readonly Capture[] {
    this.#captures ??= new Map();
    const known = this.#captures.get(unit);
    if (known !== undefined) return known;
    const { captures, cells, parameterCount } = this.module.units[unit] as Module['units'][number];
    const boxed = new Set(cells);
    const found = captures.map((slot, i) => ({ slot, holds: boxed.has(parameterCount + i) ? SLOT.cell : SLOT.value }));
    this.#captures.set(unit, found);
    return found;
  }

  /** What an operand of each kind must be below. */
  limitsIn(unit: Pick<Unit, 'slotCount' | 'loopCount' | 'code'>): Readonly<Record<OperandKind, number>> {
    const { module } = this;
    const { slotCount } = unit;
    return {
      constant: module.constants.length,
      key: module.keys.length,
      shape: module.shapes.length,
      path: module.paths.length,
      call: module.calls.length,
      unit: module.units.length,
      shared: module.shared.length,
      point: module.points?.length ?? 0,
      slot: slotCount,
      cell: slotCount,
      variable: slotCount,
      cursor: slotCount,
      loop: unit.loopCount,
      target: unit.code.length,
      count: MAX_COUNT,
      flag: 2,
      number: Number.POSITIVE_INFINITY,
    };
  }
}

function lengthOf(shape: readonly string[]): number {
  return shape.length;
}

/** By call: see `#arities`. */
function aritiesOf({ imports, calls }: Module): (ReadonlySet<number | null> | undefined)[] {
  const declared = imports.map(({ members }) => {
    const byName = new Map<string, Set<number | null>>();
    for (const { name, arity } of members) byName.set(name, (byName.get(name) ?? new Set()).add(arity));
    return byName;
  });
  return calls.map((call) => (call.import === null ? undefined : (declared[call.import]?.get(call.name) ?? new Set())));
}
