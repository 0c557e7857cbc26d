/** Why a unit stays with the interpreter. */
export const JIT_REFUSALS = {
  layout: 'its code is laid out in a way that no compiler of ours emits',
  slots: 'a slot holds a captured variable at some times and a plain value at others',
  size: 'its compiled text would be too large for V8 to optimise',
  gate: 'the gate refused the compiled text',
  failed: 'the compiler failed',
  forbidden: 'this process forbids code generation from strings',
} as const;
export type JitRefusal = keyof typeof JIT_REFUSALS;

export class Refused {
  readonly reason: JitRefusal;

  constructor(reason: JitRefusal) {
    this.reason = reason;
  }
}
