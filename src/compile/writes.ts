/**
 * SET, APPEND TO and MODIFY. Order, as the language fixes it: keys of the containers on the way, whether these exist,
 * the value, the last key; the root is the one from before the value ran.
 *
 * A write goes to the variable in place (the VM copies what is shared). Where code called by the value could write the
 * same variable in between, the root is kept in a hidden slot and stored back.
 */

import { Label } from '../bytecode/assemble.ts';
import type { Key } from '../bytecode/module.ts';
import type { IrExpression, IrKey, IrSegment, IrStatementOf } from '../ir/nodes.ts';
import { dynamicKeys, isSimple, mayRunLambdas } from './analyse.ts';
import { compileExpression, compilePairs, fieldTrace } from './expressions.ts';
import type { UnitCompiler } from './unit-compiler.ts';

export function compileSetPath(u: UnitCompiler, node: IrStatementOf<'SetPath'>): void {
  const { asm } = u;
  const { segments, value } = node;
  withRoot(u, node.variable, [...dynamicKeys(segments), value], (root) => {
    const last = segments.at(-1) as IrSegment;
    const keyFirst =
      last.kind === 'Dynamic' && (last.key.kind === 'Constant' || (isSimple(last.key) && !runsLambdas(u, value)));
    const before = segments.slice(0, -1);
    compileKeysOnTheWay(u, node, root, before);
    if (!cannotFault(value) || !hasSafeKey(last)) checkPath(u, node, root, before);
    if (last.kind === 'Static') compileExpression(u, value);
    else if (keyFirst) {
      compileExpression(u, last.key);
      compileExpression(u, value);
    } else {
      compileExpression(u, value);
      compileExpression(u, last.key);
      asm.emit('SWAP');
    }
    const keyCount = dynamicKeys(segments).length;
    const write = u.trace?.write('SET', node, root, pathKeys(segments), keyCount);
    if (write !== undefined) u.trace?.writing(write, keyCount + 1);
    asm.place(node);
    if (segments.length > 1) asm.emit('SET_PATH', root, pathIndex(u, segments));
    else if (last.kind === 'Static') asm.emit('SET_STATIC', root, u.pool.keys.add(last.key));
    else asm.emit('SET_DYNAMIC', root);
    if (write !== undefined) u.trace?.written(write);
  });
}

export function compileAppendVariable(u: UnitCompiler, node: IrStatementOf<'AppendVariable'>): void {
  const { asm } = u;
  const parts = node.init === null ? [node.value] : [node.value, node.init];
  withRoot(u, node.variable, parts, (root) => {
    if (node.init === null) {
      compileExpression(u, node.value);
      const write = u.trace?.write('APPEND', node, root, [], 0);
      if (write !== undefined) u.trace?.writing(write, 1);
      asm.place(node);
      asm.emit('APPEND', root);
      if (write !== undefined) u.trace?.written(write);
      return;
    }
    const absent = new Label();
    const ready = new Label();
    if (root === node.variable) u.load(root);
    else asm.emit('LOAD_LOCAL', root);
    asm.emit('JUMP_IF_NULL', absent);
    u.push(null);
    asm.emit('JUMP', ready);
    asm.label(absent);
    compileExpression(u, node.init);
    asm.label(ready);
    compileExpression(u, node.value);
    const write = u.trace?.write('APPEND', node, root, [], 1);
    if (write !== undefined) u.trace?.writing(write, 2);
    asm.place(node);
    asm.emit('APPEND_INIT', root);
    if (write !== undefined) u.trace?.written(write);
  });
}

export function compileAppendPath(u: UnitCompiler, node: IrStatementOf<'AppendPath'>): void {
  const { segments, value, init } = node;
  withRoot(u, node.variable, [...dynamicKeys(segments), value, ...(init === null ? [] : [init])], (root) => {
    const before = segments.slice(0, -1);
    const last = segments.at(-1) as IrSegment;
    compileKeysOnTheWay(u, node, root, before);
    if (!cannotFault(value) || !hasSafeKey(last) || !(init === null || cannotFault(init)))
      checkPath(u, node, root, before);
    if (last.kind === 'Dynamic') compileExpression(u, last.key);
    compileExpression(u, value);
    if (init !== null) compileExpression(u, init);
    const keyCount = dynamicKeys(segments).length;
    const write = u.trace?.write('APPEND', node, root, pathKeys(segments), keyCount);
    if (write !== undefined) u.trace?.writing(write, keyCount + (init === null ? 1 : 2));
    u.asm.place(node);
    u.asm.emit('APPEND_PATH', root, pathIndex(u, segments), init === null ? 0 : 1);
    if (write !== undefined) u.trace?.written(write);
  });
}

export function compileModify(u: UnitCompiler, node: IrStatementOf<'Modify'>): void {
  const count = compilePairs(u, node.updates, fieldTrace(u));
  u.asm.place(node);
  u.asm.emit('MODIFY', node.variable, u.pool.paths.add({ segments: node.segments }), count);
  if (u.trace !== null)
    u.trace.written(u.trace.write('MODIFY', { variable: node.variable }, node.variable, node.segments, 0));
}

/** Calls `write` with the slot to write to: the variable's own, or a hidden one that holds the root from before. */
function withRoot(
  u: UnitCompiler,
  variable: number,
  parts: readonly IrExpression[],
  write: (root: number) => void,
): void {
  if (!u.isWrittenElsewhere(variable) || !parts.some((part) => runsLambdas(u, part))) {
    write(variable);
    return;
  }
  u.withHiddenSlot((slot) => {
    u.load(variable);
    u.asm.emit('STORE_LOCAL', slot);
    write(slot);
    u.asm.emit('LOAD_LOCAL', slot);
    u.store(variable);
  }, u.nameOf(variable));
}

type PathWrite = IrStatementOf<'SetPath'> | IrStatementOf<'AppendPath'>;

/** Pushes the dynamic keys of the containers on the way; before a key that may fault, what came before must exist. */
function compileKeysOnTheWay(u: UnitCompiler, node: PathWrite, root: number, segments: readonly IrSegment[]): void {
  segments.forEach((segment, i) => {
    if (segment.kind === 'Static') return;
    if (!cannotFault(segment.key)) checkPath(u, node, root, segments.slice(0, i));
    compileExpression(u, segment.key);
  });
}

/** Also without segments: the variable itself may hold null. */
function checkPath(u: UnitCompiler, node: PathWrite, root: number, segments: readonly IrSegment[]): void {
  u.asm.place(node);
  u.asm.emit('CHECK_PATH', root, pathIndex(u, segments), node.kind === 'SetPath' ? 0 : 1);
}

function hasSafeKey(segment: IrSegment): boolean {
  return segment.kind === 'Static' || cannotFault(segment.key);
}

/** Nothing that a program could see happens while it is evaluated. */
function cannotFault(node: IrExpression): boolean {
  switch (node.kind) {
    case 'Lambda':
      return true;
    case 'Array':
      return node.elements.every(cannotFault);
    case 'Object':
      return node.properties.every((p) => p.kind === 'Static' && cannotFault(p.value));
    default:
      return isSimple(node);
  }
}

function pathIndex(u: UnitCompiler, segments: readonly IrSegment[]): number {
  return u.pool.paths.add({ segments: pathKeys(segments) satisfies readonly (Key | null)[] });
}

/** Null stands for a computed key. */
function pathKeys(segments: readonly IrSegment[]): readonly (IrKey | null)[] {
  return segments.map((s) => (s.kind === 'Static' ? s.key : null));
}

function runsLambdas(u: UnitCompiler, node: IrExpression): boolean {
  return mayRunLambdas(node, (standard) => u.options.isNative(u.module.standard[standard] ?? ''));
}
