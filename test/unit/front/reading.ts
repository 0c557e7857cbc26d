/** Short ways to read programs in tests of the front end. */
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { SourceText } from '../../../src/base/source.ts';
import { type ReadModule, readModule, renderAst } from '../../../src/front/front.ts';
import type { IrModule, IrStatement, IrUnit } from '../../../src/ir/nodes.ts';
import { STANDARD } from './standard.ts';

export function read(text: string, options: { readonly internal?: boolean } = {}): ReadModule {
  return readModule(new SourceText('test', text), { standard: STANDARD, ...options });
}

/** `MR1001@2:3`, in order. */
export function problems(text: string): readonly string[] {
  return read(text).diagnostics.map(placed);
}

export function placed(d: Diagnostic): string {
  const { line, column } = d.source.positionAt(d.labels[0]?.span.start ?? -1);
  return `${d.code}@${line}:${column}`;
}

export function ast(text: string): string {
  const { program, diagnostics } = read(text);
  if (diagnostics.some((d) => d.severity === 'error')) throw new Error(diagnostics.map(placed).join(' '));
  return renderAst(program);
}

export function ir(text: string, options: { readonly internal?: boolean } = {}): IrModule {
  const result = read(text, options);
  if (result.ir === null) throw new Error(result.diagnostics.map((d) => `${placed(d)} ${d.message}`).join('\n'));
  return result.ir;
}

export function unit(text: string, index = 0): IrUnit {
  const found = ir(text).units[index];
  if (found === undefined) throw new Error('no such unit');
  return found;
}

/** The statements of `TRANSFORM T { body }`, without places. */
export function statements(body: string, before = ''): readonly unknown[] {
  const { units } = ir(`${before}\nTRANSFORM T {\n${body}\n}`);
  return withoutPlaces(units.at(-1)?.body ?? []) as readonly unknown[];
}

/** The IR of one expression, in a TRANSFORM with a variable `a` (1) and a list `xs` (2). */
export function expression(text: string, before = ''): unknown {
  const list = statements(`LET a = 0; LET xs = []; RETURN ${text}`, before) as readonly IrStatement[];
  const last = list.at(-1);
  return last?.kind === 'Return' ? last.value : undefined;
}

export function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'at' && key !== 'end')
      .map(([key, value]) => [key, withoutPlaces(value)]),
  );
}
