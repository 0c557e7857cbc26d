/** Every opcode is executed by some script of test/lang: an instruction that no program reaches is not tested. */
import { expect, it } from 'vitest';
import { OP_NAMES, OPCODES, type OpName } from '../../src/bytecode/opcodes.ts';
import { CONFIGURATIONS } from '../support/configurations.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { runProgram } from '../support/run-program.ts';

/** Opcodes that no script can execute, and why. One that is executed all the same must leave this list. */
const UNREACHED: { readonly [K in OpName]?: string } = {
  UNREACHABLE: 'never compiled: it traps in code that is no code',
};

it('every opcode is executed by a script', async () => {
  const countOpcodes = new Uint32Array(256);
  for (const { expectations } of readLangScripts()) {
    for (const { program } of expectations) {
      for (const { name, internals } of CONFIGURATIONS) {
        if (name === 'fuel by the unit') continue;
        await runProgram(program, { name, internals: { ...internals, countOpcodes } });
      }
    }
  }
  const executed = new Set(OP_NAMES.filter((name) => (countOpcodes[OPCODES[name].code] as number) > 0));
  expect(OP_NAMES.filter((name) => !executed.has(name) && UNREACHED[name] === undefined)).toEqual([]);
  expect(Object.keys(UNREACHED).filter((name) => executed.has(name as OpName))).toEqual([]);
});
