/**
 * Instrumentation: the TRACE instructions that code for traced runs carries, and the points that they name. Code without
 * tracing has no Instrument and no trace of one.
 *
 * Invariant: TRACE costs no fuel, changes no stack, and never stands between two instructions that a rewrite would merge,
 * so that a traced run spends exactly the fuel of the same run untraced. Where a rewrite would (`!a` under a condition,
 * a comparison under `&&`), the expression is left open: whatever closes next closes it too.
 */
import type { OperandsOf } from '../bytecode/assemble.ts';
import type { Key } from '../bytecode/module.ts';
import type { CallKind, TracedExpression, TracedWrite, TracePoint } from '../bytecode/trace-point.ts';
import type {
  IrExpression,
  IrExpressionOf,
  IrImport,
  IrKey,
  IrPlace,
  IrProperty,
  IrStatement,
  IrUnit,
} from '../ir/nodes.ts';
import { childrenOf } from './analyse.ts';

/** The names that upstream's events use. */
const STATEMENT_NAMES: Readonly<Record<IrStatement['kind'], string>> = {
  Let: 'IRLet',
  SetVariable: 'IRSetVar',
  SetPath: 'IRSet',
  AppendVariable: 'IRAppendVar',
  AppendPath: 'IRAppendTo',
  Modify: 'IRModify',
  SharedWrite: 'IRSharedWrite',
  OutputRecord: 'IROutput',
  OutputValue: 'IRExprOutput',
  If: 'IRIf',
  ForEach: 'IRForEach',
  TryStatement: 'IRTryCatch',
  Return: 'IRReturn',
  Abort: 'IRAbort',
  Throw: 'IRThrow',
  Evaluate: 'IRExprStmt',
};

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** What the instrumentation of all units of a module shares. */
export interface TraceContext {
  readonly points: TracePoint[];
  lineOf(offset: number): number;
  readonly standard: readonly string[];
  readonly imports: readonly IrImport[];
  readonly shared: readonly { readonly name: string }[];
  /** Names of the FUNCs and TRANSFORMs, by unit. */
  readonly unitNames: readonly string[];
}

/** What an instrument needs of the unit that it is put into. */
export interface InstrumentedUnit {
  readonly ir: IrUnit;
  emit(...operands: OperandsOf<'TRACE'>): void;
}

type Write = { readonly variable: number; readonly value?: IrExpression };

export class Instrument {
  readonly #context: TraceContext;
  readonly #unit: InstrumentedUnit;
  readonly #described = new Map<IrExpression, TracedExpression>();
  readonly #starts = new Map<IrExpression, number>();

  constructor(context: TraceContext, unit: InstrumentedUnit) {
    this.#context = context;
    this.#unit = unit;
  }

  begin(): void {
    const { ir } = this.#unit;
    this.#emit({
      kind: 'begin',
      unit: { name: ir.name, kind: ir.kind, line: this.#context.lineOf(ir.at) },
      parameters: ir.variables.slice(0, ir.parameterCount).map((v) => v.name),
    });
  }

  result(hasValue: boolean): void {
    this.#emit({ kind: 'result', hasValue }, hasValue ? 1 : 0);
  }

  statement(node: IrStatement, compile: () => void): void {
    const slot = node.kind === 'Let' || node.kind === 'SetVariable' ? node.variable : -1;
    const statement = {
      node: STATEMENT_NAMES[node.kind],
      line: this.#context.lineOf(node.at),
      slot,
      name: this.#nameOf(slot),
    };
    this.#emit({ kind: 'enter', statement });
    compile();
    this.#emit({ kind: 'exit', statement });
  }

  /** Around the code of an expression. `leaveOpen` when the next instruction must follow directly. */
  expression(node: IrExpression, leaveOpen: boolean, compile: () => void): void {
    const expression = this.#describe(node);
    if (node.kind === 'Variable') {
      // Before it is loaded: a load and the read of a part are one instruction of the machine.
      this.#emit({ kind: 'leaf', expression });
      compile();
      return;
    }
    if (node.kind === 'Constant' || node.kind === 'SharedName') {
      compile();
      this.#emit({ kind: 'leaf', expression }, 1);
      return;
    }
    this.#emit({ kind: 'open', expression });
    compile();
    if (!leaveOpen) this.#emit({ kind: 'close', expression }, 1);
  }

  /** A link of a chain of operators; the outermost is opened and closed as an expression. */
  open(node: IrExpression): void {
    this.#emit({ kind: 'open', expression: this.#describe(node) });
  }

  close(node: IrExpression): void {
    this.#emit({ kind: 'close', expression: this.#describe(node) }, 1);
  }

  /** Part of a condition that was left open and turned out true. */
  hold(node: IrExpression): void {
    this.#emit({ kind: 'hold', expression: this.#describe(node) });
  }

  /** `index` counts the segments of the path. */
  part(index: number): void {
    this.#emit({ kind: 'part', index }, 1);
  }

  call(node: IrExpression, argumentCount: number): void {
    this.#emit({ kind: 'call', expression: this.#describe(node) }, argumentCount);
  }

  /** Opens a condition; the returned value closes it where both ways meet. */
  ask(condition: IrExpression): TracedExpression {
    const expression = { ...this.#plain('Condition', condition), name: '' };
    this.#emit({ kind: 'open', expression });
    return expression;
  }

  decide(outcome: boolean): void {
    this.#emit({ kind: 'decide', outcome });
  }

  leave(expression: TracedExpression): void {
    this.#emit({ kind: 'leave', expression });
  }

  loop(place: IrPlace): void {
    this.#emit({ kind: 'loop', line: this.#context.lineOf(place.at) });
  }

  element(variable: number, cursor: number): void {
    this.#emit({ kind: 'element', name: this.#nameOf(variable), slot: variable, cursor });
  }

  endLoop(): void {
    this.#emit({ kind: 'end-loop' });
  }

  define(op: 'LET' | 'SET', variable: number): void {
    this.#emit({ kind: 'define', op, name: this.#nameOf(variable), slot: variable });
  }

  /**
   * Describes a write for `writing` and `written`. The operands are the computed keys, then the value; `APPEND TO x INIT`
   * without a path has the initial list below the value.
   */
  write(
    op: TracedWrite['op'],
    node: Write,
    root: number,
    segments: readonly (IrKey | null)[],
    valueOffset: number,
  ): TracedWrite {
    const value = node.value === undefined ? null : this.#describe(node.value);
    return { op, name: this.#nameOf(node.variable), slot: node.variable, root, segments, valueOffset, value };
  }

  writing(write: TracedWrite, operandCount: number): void {
    this.#emit({ kind: 'writing', write }, operandCount);
  }

  written(write: TracedWrite): void {
    this.#emit({ kind: 'written', write });
  }

  /** A field of OUTPUT or MODIFY has its value. */
  field(property: IrProperty): void {
    this.#emit({ kind: 'field', key: property.kind === 'Static' ? property.key : null }, 1);
  }

  output(): void {
    this.#emit({ kind: 'output' });
  }

  abort(): void {
    this.#emit({ kind: 'abort' }, 1);
  }

  guard(): void {
    this.#emit({ kind: 'guard' });
  }

  unguard(): void {
    this.#emit({ kind: 'unguard' });
  }

  caught(variable: number): void {
    this.#emit({ kind: 'caught', name: this.#nameOf(variable), slot: variable });
  }

  #emit(point: TracePoint, peeked = 0): void {
    this.#unit.emit(this.#context.points.push(point) - 1, peeked);
  }

  #nameOf(variable: number): string {
    return this.#unit.ir.variables[variable]?.name ?? '';
  }

  #describe(node: IrExpression): TracedExpression {
    const known = this.#described.get(node);
    if (known !== undefined) return known;
    const described = this.#describeNew(node);
    this.#described.set(node, described);
    return described;
  }

  #describeNew(node: IrExpression): TracedExpression {
    const plain = this.#plain(node.kind, node);
    switch (node.kind) {
      case 'Variable':
        return { ...plain, name: this.#nameOf(node.index), slot: node.index };
      case 'Path':
        return { ...plain, keys: node.segments.map((s): Key | null => (s.kind === 'Static' ? s.key : null)) };
      case 'Slice':
        return { ...plain, keys: [node.from, node.to].flatMap((bound) => (bound === null ? [] : [null])) };
      case 'Binary':
      case 'Logical':
        return { ...plain, name: node.operator };
      case 'Negate':
        return { ...plain, name: '-' };
      case 'Not':
        return { ...plain, name: '!' };
      case 'Object':
        return { ...plain, keys: node.properties.map((p): Key | null => (p.kind === 'Static' ? p.key : null)) };
      case 'Lambda':
        return { ...plain, name: node.unit.name, captures: node.unit.captures };
      case 'AwaitShared':
        return { ...plain, name: `${this.#context.shared[node.shared]?.name ?? ''}.${node.key}` };
      case 'CallStd':
        return this.#callee(plain, 'HOST', this.#context.standard[node.callee] ?? '');
      case 'CallHost':
        return this.#callee(plain, 'HOST', this.#memberName(node));
      case 'CallFunc':
        return this.#callee(plain, 'FUNC', this.#context.unitNames[node.unit] ?? '');
      case 'CallVariable':
        return this.#callee(plain, 'CALL', this.#nameOf(node.index));
      case 'Invoke':
        return this.#callee(
          plain,
          'CALL',
          calleeText(node.callee, (variable) => this.#nameOf(variable)),
        );
      default:
        return plain;
    }
  }

  #callee(plain: TracedExpression, call: CallKind, name: string): TracedExpression {
    return { ...plain, call, name };
  }

  #memberName({ import: index, member }: IrExpressionOf<'CallHost'>): string {
    const found = this.#context.imports[index];
    return `${found?.alias ?? ''}.${found?.members[member]?.name ?? ''}`;
  }

  #plain(kind: string, node: IrExpression): TracedExpression {
    const line = this.#context.lineOf(this.#startOf(node));
    return { kind, name: '', line, slot: -1, keys: [], call: null, captures: [] };
  }

  /** The place of an operator or call is where it faults; it starts where its first operand does. */
  #startOf(node: IrExpression): number {
    const spine: IrExpression[] = [];
    let at: IrExpression | undefined = node;
    while (at !== undefined && !this.#starts.has(at)) {
      spine.push(at);
      at = childrenOf(at)[0];
    }
    let start = at === undefined ? Number.POSITIVE_INFINITY : (this.#starts.get(at) as number);
    for (const link of spine.reverse()) {
      start = Math.min(start, link.at);
      this.#starts.set(link, start);
    }
    return start;
  }
}

/** Whether a rewrite merges the last instruction of this expression with the jump of a condition. */
export function endsInNot(node: IrExpression): boolean {
  return lastComputed(node).kind === 'Not';
}

/** Whether a rewrite merges the last instruction of this expression with the TO_BOOL of `&&` and `||`. */
export function endsInBoolean(node: IrExpression): boolean {
  const last = lastComputed(node);
  return last.kind === 'Not' || (last.kind === 'Binary' && COMPARISONS.has(last.operator));
}

/** AWAIT of a value has no instruction of its own. */
export function lastComputed(node: IrExpression): IrExpression {
  let last = node;
  while (last.kind === 'Await') last = last.operand;
  return last;
}

function calleeText(node: IrExpression, nameOf: (variable: number) => string): string {
  if (node.kind === 'Variable') return nameOf(node.index);
  if (node.kind !== 'Path') return '<expression>';
  const keys = node.segments.map((s) => (s.kind === 'Static' ? `.${String(s.key)}` : '[]'));
  return `${calleeText(node.base, nameOf)}${keys.join('')}`;
}
