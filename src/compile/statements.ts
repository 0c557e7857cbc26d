/** Statements to code that leaves the stack as it was. */
import { assertNever } from '../base/assert.ts';
import { Label } from '../bytecode/assemble.ts';
import type { IrStatement, IrStatementOf } from '../ir/nodes.ts';
import {
  compileCondition,
  compileExpression,
  compileGuarded,
  compileLoop,
  compilePairs,
  shapeOf,
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
    compileStatement(u, statement);
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
      if (node.value === null) {
        asm.emit('RETURN');
        return;
      }
      compileExpression(u, node.value);
      if (u.ir.kind === 'transform') {
        asm.emit('POP');
        asm.emit('RETURN');
      } else asm.emit('RETURN_VALUE');
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
      compileExpression(u, node.value);
      asm.emit('POP');
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
    return;
  }
  compileExpression(u, node.value);
  u.declare(node.variable);
}

function compileBlock(u: UnitCompiler, statements: readonly IrStatement[]): void {
  if (statements.length === 0 && !u.options.optimise) u.asm.emit('NOP');
  compileStatements(u, statements);
}

function compileIf(u: UnitCompiler, node: IrStatementOf<'If'>): void {
  const otherwise = new Label();
  const end = new Label();
  compileCondition(u, node.condition, otherwise);
  compileBlock(u, node.then);
  if (node.otherwise.length > 0) u.asm.emit('JUMP', end);
  u.asm.label(otherwise);
  compileStatements(u, node.otherwise);
  u.asm.label(end);
}

function compileOutputRecord(u: UnitCompiler, node: IrStatementOf<'OutputRecord'>): void {
  if (forbidEmit(u, node)) return;
  const shape = shapeOf(node.properties);
  if (shape === undefined) {
    const count = compilePairs(u, node.properties);
    u.asm.place(node);
    u.asm.emit('OUTPUT', count);
    return;
  }
  for (const property of node.properties) compileExpression(u, property.value);
  u.asm.place(node);
  u.asm.emit('OUTPUT_RECORD', u.pool.shapes.add(shape));
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
  else u.asm.emit('ABORT');
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
    asm.emit('JUMP', end);
  } else compileAbort(u, { kind: 'Abort', value: node.abort, at: node.at, end: node.end });
  asm.label(succeeded);
  asm.emit('POP');
  asm.label(end);
}
