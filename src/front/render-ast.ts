/**
 * The syntax tree as one line of text, for tests and tools: `Access(a.'b'.#0[e])` has a static name, a static index and
 * a dynamic segment; `2147483648L` is beyond 32 bit, `5n` beyond 64 bit, `3.5f` is written with a dot. Drops positions.
 */
import { assertNever } from '../base/assert.ts';
import type {
  Adapter,
  CodeBlock,
  Declaration,
  Expression,
  ExpressionOf,
  Flow,
  FuncBody,
  Key,
  Program,
  Property,
  Segment,
  Signature,
  Statement,
  Step,
  TransformDecl,
  TryHead,
  TypeDecl,
  TypeRef,
} from './ast.ts';
import type { Token } from './token.ts';

export function renderAst(program: Program): string {
  return program.declarations.map(declaration).join(' | ');
}

function declaration(d: Declaration): string {
  switch (d.kind) {
    case 'TransformDecl':
      return exported(d) + transform(d);
    case 'FuncDecl':
      return `${exported(d)}FUNC ${d.name.text}(${names(d.params)}) ${funcBody(d.body)}`;
    case 'SharedDecl':
      return `SHARED ${d.name.text} ${d.mode}`;
    case 'TypeDecl':
      return exported(d) + typeDeclaration(d);
    case 'ImportDecl': {
      const members = d.members?.map((m) => (m.params === null ? m.name.text : `${m.name.text}(${names(m.params)})`));
      const parts = [`IMPORT ${quote(d.uri.text)}`];
      if (d.alias !== null) parts.push(`AS ${d.alias.text}`);
      if (members !== undefined) parts.push(`{${members.join(',')}}`);
      if (d.handedOn.length > 0) parts.push(`WITH {${names(d.handedOn)}}`);
      if (d.pin !== null) parts.push(`PIN ${quote(d.pin.text)}`);
      return parts.join(' ');
    }
    case 'PipelineDecl':
      return `${exported(d)}PIPELINE ${d.name.text}${d.signature === null ? '' : ` sig=${signature(d.signature)}`} = ${flow(d.flow)}`;
    default:
      return assertNever(d);
  }
}

function exported(d: { readonly isExported: boolean }): string {
  return d.isExported ? 'EXPORT ' : '';
}

function transform(d: TransformDecl): string {
  const parts = ['TRANSFORM'];
  if (d.name !== null) parts.push(d.name.text);
  if (d.signature !== null || d.options !== null) {
    parts.push(`params=[${(d.signature?.parameters ?? []).map((p) => p.name.text).join(', ')}]`);
    parts.push(`sig=${d.signature === null ? 'none' : signature(d.signature)}`);
  }
  if (d.options !== null) {
    const shared = d.options.shared.map((s) => `${s.name.text}:${s.mode}`).join(', ');
    parts.push(`opts=${adapter(d.options.input)}/${adapter(d.options.output)}/[${shared}]`);
  }
  parts.push(block(d.body));
  return parts.join(' ');
}

function signature({ parameters, output }: Signature): string {
  const only = parameters.length === 1 ? parameters[0] : undefined;
  const record = () => `{${parameters.map((p) => `${p.name.text}:${type(p.type)}`).join(',')}}`;
  const input = parameters.length === 0 ? 'null' : only !== undefined ? type(only.type) : record();
  return `${input} -> ${type(output)}`;
}

function adapter(a: Adapter | null): string {
  return a === null ? 'none' : `${a.name.text}[${a.args.map(expression).join(', ')}]`;
}

function typeDeclaration(d: TypeDecl): string {
  const { type: t } = d;
  if (d.form === 'ENUM' && t.kind === 'EnumTypeRef')
    return `TYPE ${d.name.text} ENUM [${t.values.map((v) => v.text).join(', ')}]`;
  if (d.form === 'UNION' && t.kind === 'UnionTypeRef')
    return `TYPE ${d.name.text} UNION [${t.members.map((m) => m.token.text).join(', ')}]`;
  return `TYPE ${d.name.text} = ${type(t)}`;
}

function type(t: TypeRef): string {
  switch (t.kind) {
    case 'PrimitiveTypeRef':
      return t.primitive;
    case 'ArrayTypeRef':
      return `[${type(t.element)}]`;
    case 'SetTypeRef':
      return `set<${type(t.element)}>`;
    case 'RecordTypeRef':
      return `{${t.fields.map((f) => `${f.name.text}${f.isOptional ? '?' : ''}:${type(f.type)}`).join(',')}}`;
    case 'UnionTypeRef':
      return `union(${t.members.map(type).join('|')})`;
    case 'EnumTypeRef':
      return `enum{${names(t.values)}}`;
    case 'NamedTypeRef':
      return t.name;
    default:
      return assertNever(t);
  }
}

// --- pipelines

function flow(f: Flow): string {
  return f.steps.map(step).join(' | ');
}

function step(s: Step): string {
  switch (s.kind) {
    case 'Stage':
      return s.alias === null ? s.name.text : `${s.alias.text}.${s.name.text}`;
    case 'Inline':
      return expression(s.lambda);
    case 'Where':
      return `Where(${expression(s.lambda)})`;
    case 'Each':
      return s.lambda === null ? 'Each' : `Each(${expression(s.lambda)})`;
    case 'Batch':
      return `Batch(${s.size.text})`;
    case 'Fork':
      return `Fork(${s.branches.map((b) => (b.name === null ? '' : `${b.name.text}: `) + flow(b.flow)).join(', ')})`;
    case 'Choice':
      return `Choice(${s.record.text}: ${s.whens.map((w) => `${expression(w.condition)} => ${flow(w.flow)}`).join('; ')} else ${flow(s.otherwise)})`;
    case 'TryStep':
      return `TryStep(${step(s.head.body)} ${tryHead(s.head)} -> ${step(s.fallback)})`;
    case 'Nested':
      return `(${flow(s.flow)})`;
    default:
      return assertNever(s);
  }
}

// --- statements

function block(b: CodeBlock): string {
  return `{${b.statements.map(statement).join('; ')}}`;
}

function statement(s: Statement): string {
  switch (s.kind) {
    case 'LetStmt':
      return `Let ${s.name.text}=${expression(s.value)}`;
    case 'SetStmt':
      return `Set ${expression(s.target)}=${expression(s.value)}`;
    case 'SetVarStmt':
      return `SetVar ${s.name.text}=${expression(s.value)}`;
    case 'AppendToStmt':
      return `AppendTo ${expression(s.target)} ${expression(s.value)} init ${optional(s.init)}`;
    case 'AppendToVarStmt':
      return `AppendVar ${s.name.text} ${expression(s.value)} init ${optional(s.init)}`;
    case 'SharedWriteStmt':
      return `SharedWrite ${s.resource.text}[${s.key === null ? '' : expression(s.key)}]=${expression(s.value)}`;
    case 'ModifyStmt':
      return `Modify ${expression(s.target)} ${properties(s.updates)}`;
    case 'OutputStmt':
      return `Output ${expression(s.template)}`;
    case 'IfStmt': {
      let otherwise = s.otherwise === null ? 'null' : block(s.otherwise);
      for (const [i, arm] of [...s.arms.entries()].reverse()) {
        const text = `IfS ${expression(arm.condition)} ${block(arm.block)} else ${otherwise}`;
        otherwise = i === 0 ? text : `{${text}}`;
      }
      return otherwise;
    }
    case 'ForEachStmt':
      return `For ${s.variable.text} in ${expression(s.iterable)} where ${optional(s.where)} ${block(s.body)}`;
    case 'TryCatchStmt': {
      const abort = s.abort === null ? 'null' : statement(s.abort);
      return `TryS ${expression(s.head.body)} ${tryHead(s.head)} fb=${optional(s.fallback)} abort=${abort}`;
    }
    case 'ReturnStmt':
      return `Return ${optional(s.value)}`;
    case 'AbortStmt':
      return `Abort ${optional(s.value)}`;
    case 'ThrowStmt':
      return `Throw ${expression(s.value)}`;
    case 'ExprStmt':
      return `Expr ${expression(s.expr)}`;
    default:
      return assertNever(s);
  }
}

function tryHead(head: TryHead<unknown>): string {
  return `catch ${head.variable.text} r=${head.retries} b=${head.backoff?.text ?? 'null'}`;
}

// --- expressions

function optional(e: Expression | null): string {
  return e === null ? 'null' : expression(e);
}

function expression(e: Expression): string {
  switch (e.kind) {
    case 'IdentifierExpr':
      return e.name;
    case 'StringExpr':
      return quote(e.value);
    case 'NumberLiteral':
      return number(e);
    case 'NullLiteral':
      return 'null';
    case 'BoolExpr':
      return String(e.value);
    case 'ObjectExpr':
      return `Obj${properties(e.fields)}`;
    case 'ArrayExpr':
      return `[${e.elements.map(expression).join(',')}]`;
    case 'ArrayCompExpr':
      return `Comp(${e.variable.text} in ${expression(e.iterable)} map ${expression(e.map)} where ${optional(e.where)})`;
    case 'AccessExpr':
      return `Access(${expression(e.base)}${e.segments.map(segment).join('')})`;
    case 'SliceExpr':
      return `Slice(${expression(e.base)}[${e.from === null ? '' : expression(e.from)}:${e.to === null ? '' : expression(e.to)}])`;
    case 'CallExpr':
      return `Call(${e.callee.name}; ${e.args.map(expression).join(',')})`;
    case 'InvokeExpr':
      return `Invoke(${expression(e.target)}; ${e.args.map(expression).join(',')})`;
    case 'BinaryExpr':
      return `(${expression(e.left)} ${e.operator} ${expression(e.right)})`;
    case 'UnaryExpr':
      return `(${e.operator} ${expression(e.operand)})`;
    case 'LambdaExpr':
      return `Lambda(${names(e.params)} -> ${funcBody(e.body)})`;
    case 'IfElseExpr':
      return `If(${expression(e.condition)}?${expression(e.thenBranch)}:${expression(e.elseBranch)})`;
    case 'CaseExpr':
      return `Case(${e.whens.map((w) => `${expression(w.condition)}=>${expression(w.result)}`).join(';')} else ${expression(e.otherwise)})`;
    case 'TryCatchExpr':
      return `TryE(${expression(e.head.body)} ${tryHead(e.head)} -> ${expression(e.fallback)})`;
    case 'SharedStateAwaitExpr':
      return `SharedAwait(${e.resource.name},${e.key.text})`;
    default:
      return assertNever(e);
  }
}

function funcBody(body: FuncBody): string {
  return body.kind === 'ExprBody' ? expression(body.expr) : block(body.block);
}

function properties(list: readonly Property[]): string {
  return `{${list.map((p) => `${p.kind === 'LiteralProperty' ? key(p.key) : `[${expression(p.key)}]`}:${expression(p.value)}`).join(',')}}`;
}

function segment(s: Segment): string {
  return s.kind === 'Static' ? `.${key(s.key)}` : `[${expression(s.key)}]`;
}

function key(k: Key): string {
  return typeof k === 'string' ? `'${k}'` : `#${k}`;
}

function number({ value, isFloat }: ExpressionOf<'NumberLiteral'>): string {
  if (isFloat) return `${Number.isInteger(value) ? `${value}.0` : value}f`;
  const exact = BigInt(value);
  return exact < 2n ** 31n ? String(exact) : exact < 2n ** 63n ? `${exact}L` : `${exact}n`;
}

function quote(text: string): string {
  return `"${text}"`;
}

function names(tokens: readonly Token[]): string {
  return tokens.map((t) => t.text).join(',');
}
