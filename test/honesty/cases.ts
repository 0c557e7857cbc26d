/** All cases, and what of the tables of functions and opcodes none of them measures. */
import { OP_NAMES, OPCODES } from '../../src/bytecode/opcodes.ts';
import { PRELUDE_HELPERS, STANDARD } from '../../src/std/index.ts';
import type { Case } from './case.ts';
import { LIST_CASES } from './list-cases.ts';
import type { Machine } from './measure.ts';
import { NUMBER_CASES } from './number-cases.ts';
import { OPCODE_CASES, UNMEASURED } from './opcode-cases.ts';
import { programOf } from './table.ts';
import { TEXT_CASES } from './text-cases.ts';

export const CASES: readonly Case[] = [...OPCODE_CASES, ...NUMBER_CASES, ...LIST_CASES, ...TEXT_CASES];

/** Functions that programs reach by instructions of their own. */
const BY_INSTRUCTION = ['SHARED_WRITE', 'AWAIT_SHARED'];

export function unmeasuredFunctions(): readonly string[] {
  const covered = new Set([...BY_INSTRUCTION, ...CASES.flatMap(({ covers }) => covers)]);
  return [...STANDARD.keys(), ...PRELUDE_HELPERS.keys()].filter((name) => !covered.has(name));
}

/** Opcodes that no case claims, and cases that claim an opcode which they do not execute. */
export function unmeasuredOpcodes(machine: Machine): readonly string[] {
  const executed = new Set<string>();
  const findings: string[] = [];
  for (const subject of [...OPCODE_CASES, ...NUMBER_CASES]) {
    const claimed = OP_NAMES.filter((name) => subject.covers.includes(name));
    const size = subject.sizes[1] ?? 1;
    const counts = new Uint32Array(256);
    const unit =
      subject.module === undefined
        ? machine.load(programOf(subject, size, subject.statements(size, 1), ''))
        : machine.link(subject.module(size));
    machine.run(unit, { ...subject.inputs(size), times: [0] }, counts);
    for (const name of claimed) {
      if ((counts[OPCODES[name].code] as number) > 0) executed.add(name);
      else findings.push(`${subject.name} does not execute ${name}`);
    }
  }
  for (const name of OP_NAMES) if (!executed.has(name) && UNMEASURED[name] === undefined) findings.push(name);
  return findings;
}
