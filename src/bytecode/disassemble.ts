/** One line per instruction, derived from the table; source lines between them when a source is given. */
import type { SourceText } from '../base/source.ts';
import type { Key, Module, Path, Unit } from './module.ts';
import { type OperandKind, opName, opRow } from './opcodes.ts';

export interface DecodedInstruction {
  readonly offset: number;
  readonly name: string;
  readonly operands: readonly number[];
  readonly next: number;
}

/** Reads the instruction at a word offset; an unknown opcode reads as `?` without operands. */
export function instructionAt(code: Int32Array, offset: number): DecodedInstruction {
  const name = opName(code[offset] as number);
  if (name === undefined) return { offset, name: '?', operands: [], next: offset + 1 };
  const next = offset + 1 + opRow(name).operands.length;
  return { offset, name, operands: Array.from(code.subarray(offset + 1, next)), next };
}

export function disassembleModule(module: Module, source?: SourceText): string {
  return module.units.map((unit) => disassembleUnit(module, unit, source)).join('\n\n');
}

export function disassembleUnit(module: Module, unit: Unit, source?: SourceText): string {
  const lines = [
    `${unit.kind} ${unit.name}(${unit.slotNames.slice(0, unit.parameterCount).join(', ')})  ; ${unit.slotCount} slots, ${unit.code.length} words`,
  ];
  let lastLine = 0;
  let place = 0;
  for (let offset = 0; offset < unit.code.length; ) {
    const instruction = instructionAt(unit.code, offset);
    while (place < unit.places.length && (unit.places[place] as number) < offset) place += 3;
    if (source !== undefined && unit.places[place] === offset) {
      const line = source.positionAt(unit.places[place + 1] as number).line;
      if (line !== lastLine) lines.push(`      ; ${line}: ${source.lineText(line).trim()}`);
      lastLine = line;
    }
    lines.push(renderInstruction(module, unit, instruction));
    offset = instruction.next;
  }
  return lines.join('\n');
}

/** The instruction at a word offset, marked, with one before and one behind it where there are such. */
export function disassembleAround(module: Module, unit: Unit, offset: number): readonly string[] {
  let before: DecodedInstruction | undefined;
  let here = instructionAt(unit.code, 0);
  while (here.next <= offset && here.next < unit.code.length) {
    before = here;
    here = instructionAt(unit.code, here.next);
  }
  const behind = here.next < unit.code.length ? instructionAt(unit.code, here.next) : undefined;
  const lines = [before, here, behind].map((instruction) =>
    instruction === undefined
      ? ''
      : `${instruction === here ? '→' : ' '}${renderInstruction(module, unit, instruction)}`,
  );
  return lines.filter((line) => line !== '');
}

function renderInstruction(module: Module, unit: Unit, instruction: DecodedInstruction): string {
  const name = opName(unit.code[instruction.offset] as number);
  const kinds: readonly OperandKind[] = name === undefined ? [] : opRow(name).operands;
  const operands = instruction.operands.map((value, i) => renderOperand(module, unit, kinds[i] as OperandKind, value));
  return `${String(instruction.offset).padStart(5)}: ${instruction.name}${operands.length === 0 ? '' : ` ${operands.join(', ')}`}`;
}

function renderOperand(module: Module, unit: Unit, kind: OperandKind, value: number): string {
  switch (kind) {
    case 'constant':
      return renderConstant(module.constants[value]);
    case 'key':
      return renderKey(module.keys[value]);
    case 'shape':
      return `{${(module.shapes[value] ?? []).join(', ')}}`;
    case 'path':
      return renderPath(module.paths[value]);
    case 'call':
      return renderCall(module, value);
    case 'unit':
      return module.units[value]?.name ?? `unit ${value}`;
    case 'shared':
      return module.shared[value]?.name ?? `shared ${value}`;
    case 'slot':
    case 'cell':
    case 'variable':
      return `${unit.slotNames[value] ?? ''}#${value}`;
    case 'cursor':
      return `cursor#${value}`;
    case 'target':
      return `@${value}`;
    case 'point':
      return module.points?.[value]?.kind ?? `point ${value}`;
    case 'loop':
    case 'flag':
    case 'count':
    case 'number':
      return String(value);
  }
}

function renderCall(module: Module, index: number): string {
  const entry = module.calls[index];
  if (entry === undefined) return `call ${index}`;
  return entry.import === null ? entry.name : `${module.imports[entry.import]?.uri}.${entry.name}`;
}

function renderConstant(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? '?');
}

function renderKey(key: Key | undefined): string {
  return typeof key === 'string' ? `.${key}` : `.#${String(key)}`;
}

function renderPath(path: Path | undefined): string {
  return path === undefined ? '?' : path.segments.map((s) => (s === null ? '[]' : renderKey(s))).join('') || '(whole)';
}
