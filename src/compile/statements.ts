/** Statements to code that leaves the stack as it was. */
import { assertNever } from '../base/assert.ts';
import { Label } from '../bytecode/assemble.ts';
import type { IrExpression, IrStatement, IrStatementOf } from '../ir/nodes.ts';
import { shapeOf } from './analyse.ts';
import {
  compileCondition,
  compileExpression,
  compileForEffect,
  compileGuarded,
  compileLoop,
  compilePairs,
  fieldTrace,
} from './expressions.ts';
import type { UnitCompiler } from './unit-compiler.ts';
import { compileAppendPath, compileAppendVariable, compileModify, compileSetPath } from './writes.ts';

/** Operands of FAULT; the VM holds the texts. */
export const FAULT_ABORT = 0;
export const FAULT_OUTPUT_FORBIDDEN = 1;

export function compileStatements(u: UnitCompiler, statements: readonly IrStatement[]): void {
  for (const statement of statements) {
    const { debug } = u.options;
    if (debug !== undefined) {
      const line = debug.lineOf(statement.at);
      u.asm.emit('LINE', line);
      u.asm.emit('BREAKPOINT', line);
    }
    if (u.trace === null) compileStatement(u, statement);
    else u.trace.statement(statement, () => compileStatement(u, statement));
  }
}

function compileStatement(u: UnitCompiler, node: IrStatement): void {
  const { asm } = u;
  switch (node.kind) {
    case 'Let':
      compileLet(u, node);
      return;
    case 'SetVariable':
      compileExpression(u, node.value);
      u.store(node.variable);
      u.trace?.define('SET', node.variable);
      return;
    case 'SetPath':
      compileSetPath(u, node);
      return;
    case 'AppendVariable':
      compileAppendVariable(u, node);
      return;
    case 'AppendPath':
      compileAppendPath(u, node);
      return;
    case 'Modify':
      compileModify(u, node);
      return;
    case 'SharedWrite':
      u.push(u.module.shared[node.shared]?.name ?? '');
      compileExpression(u, node.key);
      compileExpression(u, node.value);
      asm.place(node);
      asm.emit('SHARED_WRITE');
      asm.emit('POP');
      return;
    case 'OutputRecord':
      compileOutputRecord(u, node);
      return;
    case 'OutputValue':
      if (forbidEmit(u, node)) return;
      compileExpression(u, node.value);
      asm.place(node);
      asm.emit('OUTPUT_VALUE');
      u.trace?.output();
      return;
    case 'If':
      compileIf(u, node);
      return;
    case 'ForEach':
      compileExpression(u, node.iterable);
      u.withHiddenSlot((cursor) => {
        compileLoop(u, { cursor, variable: node.variable, where: node.where, place: node, form: 0 }, () =>
          compileBlock(u, node.body),
        );
      });
      return;
    case 'TryStatement':
      compileTry(u, node);
      return;
    case 'Return':
      compileReturn(u, node.value);
      return;
    case 'Abort':
      compileAbort(u, node);
      return;
    case 'Throw':
      compileExpression(u, node.value);
      asm.place(node);
      asm.emit('THROW');
      return;
    case 'Evaluate':
      compileForEffect(u, node.value);
      return;
    default:
      assertNever(node);
  }
}

function compileLet(u: UnitCompiler, node: IrStatementOf<'Let'>): void {
  if (node.recursive) {
    u.push(null);
    u.declare(node.variable);
    compileExpression(u, node.value);
    u.store(node.variable);
  } else {
    compileExpression(u, node.value);
    u.declare(node.variable);
  }
  u.trace?.define('LET', node.variable);
}

function compileReturn(u: UnitCompiler, value: IrExpression | null): void {
  const hasValue = value !== null && u.ir.kind !== 'transform';
  if (hasValue) compileExpression(u, value);
  else if (value !== null) compileForEffect(u, value);
  u.trace?.result(hasValue);
  u.asm.emit(hasValue ? 'RETURN_VALUE' : 'RETURN');
}

function compileBlock(u: UnitCompiler, statements: readonly IrStatement[]): void {
  if (statements.length === 0 && !u.options.optimise) u.asm.emit('NOP');
  compileStatements(u, statements);
}

function compileIf(u: UnitCompiler, node: IrStatementOf<'If'>): void {
  const otherwise = new Label();
  const end = new Label();
  const asked = compileCondition(u, node.condition, otherwise);
  compileBlock(u, node.then);
  if (node.otherwise.length > 0) u.asm.emit('JUMP', end);
  u.asm.label(otherwise);
  if (node.otherwise.length > 0) u.trace?.decide(false);
  compileStatements(u, node.otherwise);
  u.asm.label(end);
  if (asked !== undefined) u.trace?.leave(asked);
}

function compileOutputRecord(u: UnitCompiler, node: IrStatementOf<'OutputRecord'>): void {
  if (forbidEmit(u, node)) return;
  const shape = shapeOf(node.properties);
  if (shape === undefined) {
    const count = compilePairs(u, node.properties, fieldTrace(u));
    u.asm.place(node);
    u.asm.emit('OUTPUT', count);
  } else {
    for (const property of node.properties) {
      compileExpression(u, property.value);
      u.trace?.field(property);
    }
    u.asm.place(node);
    u.asm.emit('OUTPUT_RECORD', u.pool.shapes.add(shape));
  }
  u.trace?.output();
}

/** FUNC and lambda bodies may not output: raised when the statement is executed, before anything in it is computed. */
function forbidEmit(u: UnitCompiler, node: IrStatement): boolean {
  if (u.ir.kind === 'transform') return false;
  u.asm.place(node);
  u.asm.emit('FAULT', FAULT_OUTPUT_FORBIDDEN);
  return true;
}

function compileAbort(u: UnitCompiler, node: IrStatementOf<'Abort'>): void {
  if (node.value !== null && forbidEmit(u, node)) return;
  if (node.value !== null) compileExpression(u, node.value);
  u.asm.place(node);
  if (node.value === null) u.asm.emit('FAULT', FAULT_ABORT);
  else {
    u.trace?.abort();
    u.asm.emit('ABORT');
  }
}

function compileTry(u: UnitCompiler, node: IrStatementOf<'TryStatement'>): void {
  const { asm } = u;
  const succeeded = new Label();
  const end = new Label();
  compileGuarded(u, node.body, node.variable, node.retry, node, succeeded);
  if (node.fallback !== null) {
    compileExpression(u, node.fallback);
    asm.place(node);
    asm.emit('OUTPUT_VALUE');
    u.trace?.output();
    asm.emit('JUMP', end);
  } else compileAbort(u, { kind: 'Abort', value: node.abort, at: node.at, end: node.end });
  asm.label(succeeded);
  asm.emit('POP');
  asm.label(end);
}
