/**
 * Modules made by hand, as an attacker would: code line by line, joins declared for it, tables as given. Whatever is not
 * said is well-formed.
 */
import { EffectsOfUnits } from '../../src/bytecode/effects.ts';
import { declareJoins } from '../../src/bytecode/joins.ts';
import type { Import, Join, Module, Unit } from '../../src/bytecode/module.ts';
import { OPCODES, type OpName, opName, opWidth } from '../../src/bytecode/opcodes.ts';

/** `'name:'` is a place that operands name by `'name'`; a number is a raw word. */
export type Line = number | `${string}:` | readonly [OpName, ...(number | string)[]];

export interface HandMadeUnit extends Partial<Omit<Unit, 'code' | 'joins'>> {
  readonly code: readonly Line[];
  /** Changes what would be declared. */
  readonly joins?: (declared: readonly Join[], placeOf: (label: string) => number) => readonly Join[];
}

export interface HandMadeModule extends Partial<Omit<Module, 'units'>> {
  /** Instead of `code`, where there are several. */
  readonly units?: readonly HandMadeUnit[];
}

/** Of a module that uses shared state. */
export const SHARED_IMPORT: Import = {
  uri: 'host:shared',
  alias: 'host:shared',
  implied: true,
  members: [],
  handedOn: [],
  pin: null,
  at: 0,
  end: 0,
};

/** The tables that hand-made code may name; each lists what the tests need. */
export const TABLES: Omit<Module, 'units' | 'exports'> = {
  constants: [1, 'text', null],
  keys: ['k', 0],
  shapes: [['a', 'b']],
  paths: [{ segments: ['x', null] }, { segments: ['x'] }, { segments: [] }],
  calls: [
    { name: 'now', import: 0 },
    { name: 'LENGTH', import: null },
  ],
  imports: [
    {
      uri: 'host:clock',
      alias: 'clock',
      implied: false,
      members: [{ name: 'now', arity: 0 }],
      handedOn: [],
      pin: null,
      at: 0,
      end: 0,
    },
    SHARED_IMPORT,
  ],
  shared: [{ name: 's', mode: 'SINGLE' }],
};

/** A module whose first unit is an exported TRANSFORM `u` with the slots `input`, `a`, `b`. */
export function handMade({ units, ...rest }: HandMadeModule & Partial<HandMadeUnit>): Module {
  const { constants, keys, shapes, paths, calls, imports, shared, exports, points, ...unit } = rest;
  const tables = { ...TABLES, ...defined({ constants, keys, shapes, paths, calls, imports, shared, points }) };
  const given = units ?? [{ ...unit, code: unit.code ?? [['RETURN']] }];
  const made = given.map((u, index) => unitOf(u, index, tables));
  const effects = new EffectsOfUnits({ ...tables, units: made.map(knownCodeOf) });
  const named = made.flatMap((u, index) => (u.kind === 'lambda' ? [] : [{ name: u.name, unit: index }]));
  return { ...tables, units: made, exports: exports ?? named.map((e) => ({ ...e, effects: effects.of(e.unit) })) };
}

function unitOf(given: HandMadeUnit, index: number, tables: Pick<Module, 'shapes' | 'paths'>): Unit {
  const { code: lines, joins: change, ...rest } = given;
  const { code, labels } = wordsOf(lines);
  const bare = {
    name: index === 0 ? 'u' : `u${index}`,
    kind: index === 0 ? ('transform' as const) : ('function' as const),
    parameterCount: index === 0 ? 1 : 0,
    slotCount: 3,
    captures: [],
    cells: [],
    slotNames: ['input', 'a', 'b'],
    loopCount: 0,
    places: new Int32Array(0),
    ...rest,
    code,
  };
  const isWhole = knownCodeOf({ code }).code.length === code.length;
  const declared = isWhole ? declareJoins(bare, tables) : [];
  const placeOf = (label: string): number => labels.get(label) as number;
  return { ...bare, joins: change === undefined ? declared : change(declared, placeOf) };
}

function wordsOf(lines: readonly Line[]): { readonly code: Int32Array; readonly labels: ReadonlyMap<string, number> } {
  const labels = new Map<string, number>();
  let size = 0;
  for (const line of lines) {
    if (typeof line === 'string') labels.set(line.slice(0, -1), size);
    else size += typeof line === 'number' ? 1 : line.length;
  }
  const words = lines.flatMap((line) => {
    if (typeof line === 'string') return [];
    if (typeof line === 'number') return [line];
    const [op, ...operands] = line;
    return [OPCODES[op].code, ...operands.map((o) => (typeof o === 'string' ? (labels.get(o) ?? -1) : o))];
  });
  return { code: Int32Array.from(words), labels };
}

/** The code up to the first word that is no whole instruction. */
function knownCodeOf({ code }: Pick<Unit, 'code'>): Pick<Unit, 'code'> {
  let offset = 0;
  while (offset < code.length) {
    const name = opName(code[offset] as number);
    if (name === undefined || offset + opWidth(name) > code.length) break;
    offset += opWidth(name);
  }
  return { code: code.slice(0, offset) };
}

function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
