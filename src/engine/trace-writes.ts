/** SET, APPEND TO and MODIFY as a tracer sees them: what stood at the path before and after, and the definition made. */
import type { Key } from '../bytecode/module.ts';
import type { TracedWrite } from '../bytecode/trace-point.ts';
import { isList, type Value } from '../value/kinds.ts';
import type { Definition, PendingWrite } from './trace-evaluation.ts';
import type { Activation } from './trace-stack.ts';
import { keyOf, valueAt } from './trace-values.ts';
import { type TracedVariables, valueIn } from './trace-variables.ts';

export interface WriteSummary {
  readonly op: 'SET' | 'APPEND';
  readonly path: readonly Key[];
  readonly old: Value;
  readonly new: Value;
  /** What was set or appended. */
  readonly element: Value;
}

/** Before the write: the path and what stands there. `operands` are its computed keys and value. */
export function beforeWrite(
  variables: TracedVariables,
  { frame }: Activation,
  write: TracedWrite,
  operands: readonly Value[],
): PendingWrite {
  let next = 0;
  const keys = write.segments.map((segment): Key => segment ?? keyOf(operands[next++]));
  const before = valueAt(valueIn(frame, write.root), keys);
  return {
    keys,
    value: variables.keep(operands[write.valueOffset]),
    old: variables.keep(before),
    size: isList(before) ? before.length : 0,
  };
}

/** After the write; null for MODIFY, of which no event tells. */
export function afterWrite(
  variables: TracedVariables,
  activation: Activation,
  write: TracedWrite,
): WriteSummary | null {
  const { statement } = activation;
  if (statement === null) return null;
  if (write.op === 'MODIFY') {
    const above = write.segments.map((segment) => keyOf(segment));
    for (const { key, evaluation } of statement.fields)
      define(variables, activation, write, { path: [...above, key], value: evaluation.value, evaluation, keys: [] });
    return null;
  }
  const { pending } = statement;
  if (pending === null) return null;
  const { keys, value, old, size } = pending;
  const after = write.op === 'SET' ? value : variables.keep(valueAt(valueIn(activation.frame, write.root), keys));
  const evaluation = statement.parts.find((part) => part.expression === write.value) ?? null;
  const path = write.op === 'APPEND' ? [...keys, size] : keys;
  const computed = write.segments.filter((segment) => segment === null).length;
  // Keys come before the value, the last of SET after it, INIT last of all.
  const keyParts = statement.parts.filter((part) => part !== evaluation).slice(0, computed);
  define(variables, activation, write, { path, value, evaluation, keys: keyParts });
  return { op: write.op, path: keys.length === 0 ? [write.name] : keys, old, new: after, element: value };
}

function define(
  variables: TracedVariables,
  activation: Activation,
  { name, slot, op }: TracedWrite,
  written: Pick<Definition, 'path' | 'value' | 'evaluation' | 'keys'>,
): void {
  const before = variables.isFull ? null : (variables.definitionAt(activation, slot) ?? null);
  const definition = variables.definition(activation, 'write', name);
  variables.set(activation, slot, { ...definition, ...written, op, before });
}
