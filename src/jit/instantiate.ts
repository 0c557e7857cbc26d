/**
 * The only file that turns text into code (invariant I2), and it does so only for text that the gate has let through, as
 * a function of exactly the names that the gate knows of. Everything else fails closed, as an error of ours.
 */
import { InternalError, invariant } from '../base/assert.ts';
import { checkGenerated, type Permit } from './gate.ts';
import { outerKind } from './gate-names.ts';
import { GATE_REASONS } from './gate-reasons.ts';

/** A compiled unit; the first argument is the run. */
export type CompiledFunction = (...values: readonly unknown[]) => unknown;

/** One thing that the factory is given. */
export interface Parameter {
  readonly name: string;
  readonly value: unknown;
}

/** Captured when this file loads: later changes of the global do not reach it. */
const Construct = Function;

const SOURCE_NAME = /^[a-z0-9-]{1,100}$/;

let mayGenerate: boolean | undefined;

/** Whether the host's realm lets text become code; false under `--disallow-code-generation-from-strings`. */
export function canGenerate(): boolean {
  mayGenerate ??= triesToGenerate();
  return mayGenerate;
}

/**
 * The functions that the text returns, in its order. `parameters` are exactly the names of the permit. Debuggers and
 * stack traces show the code as `millrace-<sourceName>.js`.
 */
export function instantiate(
  text: string,
  permit: Permit,
  parameters: readonly Parameter[],
  sourceName: string,
): readonly CompiledFunction[] {
  const refusal = checkGenerated(text, permit);
  if (refusal !== null) {
    const { reason, line, column } = refusal;
    throw new InternalError(`generated code was refused at ${line}:${column}: ${GATE_REASONS[reason]}`);
  }
  checkParameters(permit, parameters);
  invariant(SOURCE_NAME.test(sourceName), 'the name of generated code has other characters than a-z, 0-9 and -');
  const factory = new Construct(...parameters.map((p) => p.name), `${text}//# sourceURL=millrace-${sourceName}.js`);
  return factory(...parameters.map((p) => p.value)) as readonly CompiledFunction[];
}

/** A name that the text may use and nobody passes would be looked up among the host's globals. */
function checkParameters(permit: Permit, parameters: readonly Parameter[]): void {
  const names = new Set(parameters.map((p) => p.name));
  const { helpers, values, constants, units, functions } = permit;
  invariant(names.size === parameters.length, 'generated code is given one name twice');
  for (const name of names)
    invariant(outerKind(name, permit) !== 'unknown', 'generated code is given a name that its permit does not have');
  const expected = helpers.size + values.size + constants + units + functions;
  invariant(names.size === expected, 'generated code is not given all names of its permit');
}

function triesToGenerate(): boolean {
  try {
    // Generated code compares prototypes through the accessor that a hardened process may have taken away.
    return new Construct('record', 'return record.__proto__')({}) === Object.prototype;
  } catch {
    return false;
  }
}
