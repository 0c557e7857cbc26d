/**
 * What verifying a unit asks of the module's tables, answered once for all units: the work of an instruction must not
 * depend on how large an entry is that it names.
 */
import { dynamicKeyCount, type Module, SLOT } from '../bytecode/module.ts';
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

  /** What an operand of this kind must be below; what depends on the unit is not the module's to say. */
  limitOf(kind: OperandKind, unit: { slotCount: number; loopCount: number; code: Int32Array }): number {
    const { module } = this;
    switch (kind) {
      case 'constant':
        return module.constants.length;
      case 'key':
        return module.keys.length;
      case 'shape':
        return module.shapes.length;
      case 'path':
        return module.paths.length;
      case 'call':
        return module.calls.length;
      case 'unit':
        return module.units.length;
      case 'shared':
        return module.shared.length;
      case 'point':
        return module.points?.length ?? 0;
      case 'slot':
      case 'cell':
      case 'variable':
      case 'cursor':
        return unit.slotCount;
      case 'loop':
        return unit.loopCount;
      case 'target':
        return unit.code.length;
      case 'count':
        return MAX_COUNT;
      case 'flag':
        return 2;
      case 'number':
        return Number.POSITIVE_INFINITY;
    }
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
