/** Shared resources. No store can be configured yet: every use is the fault that a missing store raises. */
import type { LinkedModule } from '../link/linked-module.ts';
import { Fault, stateFault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import type { Run } from './run.ts';

export function sharedWrite(run: Run, module: LinkedModule, shared: number, key: Value, _value: Value): void {
  run.charge(1);
  if (typeof key !== 'string') throw stateFault('MR6018', 'SHARED_WRITE: key must be string');
  throw notConfigured(module, shared, 'SharedStore is not configured');
}

export function sharedAwait(run: Run, module: LinkedModule, shared: number, _key: string): Value {
  run.charge(1);
  throw notConfigured(module, shared, 'SharedStore not available for await operation');
}

function notConfigured(module: LinkedModule, shared: number, message: string): Fault {
  return new Fault('IllegalStateException', 'MR6018', message, module.shared[shared]?.name);
}
