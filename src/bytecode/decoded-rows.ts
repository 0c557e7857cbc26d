/** The table of opcodes as verifying reads it: by number, with what follows from a row worked out once. */
import { costOf } from './cost.ts';
import { OP_NAMES, type OperandKind, type OpName, type OpRow, opName, opRow, type ShapeSizes } from './opcodes.ts';

/** Every row has the same fields of the same types, unlike the table's own, so that reading one is fast. */
export interface DecodedRow {
  readonly name: OpName;
  readonly flow: OpRow['flow'];
  readonly width: number;
  readonly pops: number;
  readonly pushes: number;
  /** Where the operands say how much is taken and put; `pops` and `pushes` mean nothing then. */
  readonly varying: ((operands: readonly number[], sizes: ShapeSizes) => StackMove) | null;
  readonly faults: boolean;
  readonly isRuntimeOnly: boolean;
  /** Of each operand: index in `OpcodeTable.kinds`. */
  readonly kinds: readonly number[];
  /** Which operand is the target, or -1: then no list is to be read there, which takes V8 as long as ten instructions. */
  readonly target: number;
  readonly cost: number;
  /** A block begins behind it. */
  readonly splits: boolean;
  /** Does no more than that, and leads forward to its target. */
  readonly isJump: boolean;
  readonly takesVariable: boolean;
  /** Only a TRANSFORM may hold it. */
  readonly isOutput: boolean;
  /** Does no more than take from the stack and put on it. */
  readonly isPlain: boolean;
}

export interface StackMove {
  readonly pops: number;
  readonly pushes: number;
}

export interface OpcodeTable {
  readonly kinds: readonly OperandKind[];
  readonly rows: readonly (DecodedRow | undefined)[];
}

const PLAIN_KINDS: ReadonlySet<OperandKind> = new Set([
  'constant',
  'key',
  'shape',
  'shared',
  'point',
  'count',
  'flag',
  'number',
]);
const PLAIN_FLOWS: ReadonlySet<OpRow['flow']> = new Set(['next', 'call', 'suspend']);

let table: OpcodeTable | undefined;

export function opcodeTable(): OpcodeTable {
  table ??= makeTable();
  return table;
}

function makeTable(): OpcodeTable {
  const kinds = [...new Set(OP_NAMES.flatMap((name) => opRow(name).operands))];
  const rows = Array.from({ length: 256 }, (_, code) => {
    const name = opName(code);
    return name === undefined ? undefined : decodedRow(name, kinds);
  });
  return { kinds, rows };
}

function decodedRow(name: OpName, kinds: readonly OperandKind[]): DecodedRow {
  const row = opRow(name);
  const { operands, flow, pops, pushes } = row;
  const isFixed = typeof pops === 'number' && typeof pushes === 'number';
  return {
    name,
    flow,
    pops: isFixed ? pops : 0,
    pushes: isFixed ? pushes : 0,
    varying: isFixed
      ? null
      : (given, sizes) => ({ pops: amount(pops, given, sizes), pushes: amount(pushes, given, sizes) }),
    faults: row.faults,
    isRuntimeOnly: row.runtimeOnly === true,
    isJump: flow === 'jump' || (flow === 'branch' && name !== 'INIT_FOREACH'),
    takesVariable: operands[0] === 'variable',
    width: 1 + operands.length,
    kinds: operands.map((kind) => kinds.indexOf(kind)),
    target: operands.indexOf('target'),
    cost: costOf(name),
    splits: flow === 'branch' || flow === 'loop' || flow === 'try',
    isOutput: row.effect === 'emit' && name !== 'OUTPUT_VALUE' && name !== 'ABORT',
    isPlain: PLAIN_FLOWS.has(flow) && name !== 'TRY_END' && operands.every((kind) => PLAIN_KINDS.has(kind)),
  };
}

function amount(of: OpRow['pops'], operands: readonly number[], sizes: ShapeSizes): number {
  return typeof of === 'number' ? of : of(operands, sizes);
}
