/**
 * The syntax tree. Kind and field names are the published ones of the language where it has them; `SliceExpr`,
 * `ThrowStmt`, `ImportDecl`, `PipelineDecl` and the flow steps are ours.
 *
 * Invariants: plain data, no node is shared; `start`/`end` are UTF-16 offsets of the node's whole text; `token` is the
 * one that messages about the node point at. Trees are at most `MAX_TREE_HEIGHT` high (see cursor.ts), so that every
 * walk may recurse. Parentheses leave no node.
 */
import type { BinaryOperator, LogicalOperator } from '../ir/nodes.ts';
import type { Token } from './token.ts';

interface Node {
  readonly token: Token;
  readonly start: number;
  readonly end: number;
}

/** A static key: text, non-negative safe integer, or a bigint beyond the safe range. */
export type Key = string | number | bigint;

// --- declarations

export interface Program {
  readonly declarations: readonly Declaration[];
}

export interface TransformDecl extends Node {
  readonly kind: 'TransformDecl';
  /** Null for an anonymous one. */
  readonly name: Token | null;
  readonly signature: Signature | null;
  readonly options: TransformOptions | null;
  readonly body: CodeBlock;
  readonly isExported: boolean;
}

export interface Signature {
  readonly parameters: readonly { readonly name: Token; readonly type: TypeRef }[];
  readonly output: TypeRef;
  readonly start: number;
  readonly end: number;
}

export interface TransformOptions {
  readonly token: Token;
  readonly input: Adapter | null;
  readonly output: Adapter | null;
  readonly shared: readonly SharedDecl[];
}

export interface Adapter {
  readonly name: Token;
  readonly args: readonly Expression[];
}

export interface FuncDecl extends Node {
  readonly kind: 'FuncDecl';
  readonly name: Token;
  readonly params: readonly Token[];
  readonly body: FuncBody;
  readonly isExported: boolean;
}

export type FuncBody =
  | { readonly kind: 'ExprBody'; readonly expr: Expression }
  | { readonly kind: 'BlockBody'; readonly block: CodeBlock };

export interface SharedDecl extends Node {
  readonly kind: 'SharedDecl';
  readonly name: Token;
  readonly mode: 'SINGLE' | 'MANY';
}

export interface TypeDecl extends Node {
  readonly kind: 'TypeDecl';
  readonly name: Token;
  /** How it was written; STRUCTURE is any other type expression. */
  readonly form: 'ENUM' | 'UNION' | 'STRUCTURE';
  readonly type: TypeRef;
  readonly isExported: boolean;
}

export interface ImportDecl extends Node {
  readonly kind: 'ImportDecl';
  readonly uri: Token;
  /** Null: the last part of the URI. */
  readonly alias: Token | null;
  readonly members: readonly { readonly name: Token; readonly params: readonly Token[] | null }[] | null;
  /** Own capabilities handed on to the module. */
  readonly handedOn: readonly Token[];
  readonly pin: Token | null;
}

export interface PipelineDecl extends Node {
  readonly kind: 'PipelineDecl';
  readonly name: Token;
  readonly signature: Signature | null;
  readonly flow: Flow;
  readonly isExported: boolean;
}

export type Declaration = TransformDecl | FuncDecl | SharedDecl | TypeDecl | ImportDecl | PipelineDecl;

// --- pipelines

export interface Flow {
  readonly steps: readonly Step[];
}

interface Steps {
  readonly Stage: { readonly alias: Token | null; readonly name: Token };
  readonly Inline: { readonly lambda: LambdaExpr };
  readonly Where: { readonly lambda: LambdaExpr };
  readonly Each: { readonly lambda: LambdaExpr | null };
  readonly Batch: { readonly size: Token };
  /** Branches in a list have no names. */
  readonly Fork: { readonly branches: readonly { readonly name: Token | null; readonly flow: Flow }[] };
  readonly Choice: {
    readonly record: Token;
    readonly whens: readonly { readonly condition: Expression; readonly flow: Flow }[];
    readonly otherwise: Flow;
  };
  readonly TryStep: { readonly head: TryHead<Step>; readonly fallback: Step };
  readonly Nested: { readonly flow: Flow };
}

export type Step = { readonly [K in keyof Steps]: { readonly kind: K } & Steps[K] & Node }[keyof Steps];

// --- types

export type PrimitiveKind = 'TEXT' | 'BYTES' | 'NUMBER' | 'BOOLEAN' | 'NULL' | 'ANY' | 'ANY_NULLABLE';

interface Types {
  readonly PrimitiveTypeRef: { readonly primitive: PrimitiveKind };
  readonly ArrayTypeRef: { readonly element: TypeRef };
  readonly SetTypeRef: { readonly element: TypeRef };
  readonly RecordTypeRef: {
    readonly fields: readonly { readonly name: Token; readonly type: TypeRef; readonly isOptional: boolean }[];
  };
  readonly UnionTypeRef: { readonly members: readonly TypeRef[] };
  readonly EnumTypeRef: { readonly values: readonly Token[] };
  readonly NamedTypeRef: { readonly name: string };
}

export type TypeRef = { readonly [K in keyof Types]: { readonly kind: K } & Types[K] & Node }[keyof Types];
export type TypeRefOf<K extends keyof Types> = Extract<TypeRef, { kind: K }>;

// --- statements

export interface CodeBlock extends Node {
  readonly statements: readonly Statement[];
}

export interface TryHead<Body> {
  readonly body: Body;
  readonly variable: Token;
  readonly retries: number | null;
  readonly backoff: Token | null;
}

interface Statements {
  readonly LetStmt: { readonly name: Token; readonly value: Expression };
  readonly SetStmt: { readonly target: AccessExpr; readonly value: Expression };
  readonly SetVarStmt: { readonly name: Token; readonly value: Expression };
  readonly AppendToStmt: { readonly target: AccessExpr; readonly value: Expression; readonly init: Expression | null };
  readonly AppendToVarStmt: { readonly name: Token; readonly value: Expression; readonly init: Expression | null };
  readonly SharedWriteStmt: {
    readonly resource: Token;
    readonly key: Expression | null;
    readonly value: Expression;
    readonly targetEnd: number;
  };
  /** The target has static segments only, possibly none. */
  readonly ModifyStmt: { readonly target: AccessExpr; readonly updates: readonly Property[] };
  readonly OutputStmt: { readonly template: Expression };
  /** IF with its ELSE IFs: the first arm whose condition holds. */
  readonly IfStmt: {
    readonly arms: readonly { readonly token: Token; readonly condition: Expression; readonly block: CodeBlock }[];
    readonly otherwise: CodeBlock | null;
  };
  readonly ForEachStmt: {
    readonly variable: Token;
    readonly iterable: Expression;
    readonly where: Expression | null;
    readonly body: CodeBlock;
  };
  readonly TryCatchStmt: {
    readonly head: TryHead<Expression>;
    readonly fallback: Expression | null;
    readonly abort: StatementOf<'AbortStmt'> | null;
  };
  readonly ReturnStmt: { readonly value: Expression | null };
  readonly AbortStmt: { readonly value: Expression | null };
  readonly ThrowStmt: { readonly value: Expression };
  readonly ExprStmt: { readonly expr: Expression };
}

export type Statement = {
  readonly [K in keyof Statements]: { readonly kind: K } & Statements[K] & Node;
}[keyof Statements];
export type StatementOf<K extends keyof Statements> = { readonly kind: K } & Statements[K] & Node;

// --- expressions

export type Segment =
  | { readonly kind: 'Static'; readonly key: Key; readonly token: Token }
  | { readonly kind: 'Dynamic'; readonly key: Expression };

export type Property =
  | { readonly kind: 'LiteralProperty'; readonly key: Key; readonly token: Token; readonly value: Expression }
  | { readonly kind: 'ComputedProperty'; readonly key: Expression; readonly token: Token; readonly value: Expression };

export type UnaryOperator = '-' | '!' | 'AWAIT' | 'SUSPEND';

interface Expressions {
  readonly IdentifierExpr: { readonly name: string };
  readonly StringExpr: { readonly value: string };
  /** `isFloat`: written with a dot. */
  readonly NumberLiteral: { readonly value: number | bigint; readonly isFloat: boolean };
  readonly NullLiteral: unknown;
  readonly BoolExpr: { readonly value: boolean };
  readonly ObjectExpr: { readonly fields: readonly Property[] };
  readonly ArrayExpr: { readonly elements: readonly Expression[] };
  readonly ArrayCompExpr: {
    readonly variable: Token;
    readonly iterable: Expression;
    readonly map: Expression;
    readonly where: Expression | null;
    /** The offset of FOR; the header runs from there to the end of the iterable. */
    readonly headerStart: number;
  };
  readonly AccessExpr: { readonly base: Expression; readonly segments: readonly Segment[] };
  readonly SliceExpr: { readonly base: Expression; readonly from: Expression | null; readonly to: Expression | null };
  readonly CallExpr: { readonly callee: ExpressionOf<'IdentifierExpr'>; readonly args: readonly Expression[] };
  readonly InvokeExpr: { readonly target: Expression; readonly args: readonly Expression[] };
  readonly BinaryExpr: {
    readonly operator: BinaryOperator | LogicalOperator;
    readonly left: Expression;
    readonly right: Expression;
  };
  readonly UnaryExpr: { readonly operator: UnaryOperator; readonly operand: Expression };
  readonly LambdaExpr: { readonly params: readonly Token[]; readonly body: FuncBody };
  readonly IfElseExpr: {
    readonly condition: Expression;
    readonly thenBranch: Expression;
    readonly elseBranch: Expression;
  };
  readonly CaseExpr: {
    readonly whens: readonly { readonly condition: Expression; readonly result: Expression }[];
    readonly otherwise: Expression;
  };
  readonly TryCatchExpr: { readonly head: TryHead<Expression>; readonly fallback: Expression };
  /** `AWAIT a.k`: a shared read where `a` names a shared resource, else an await of the path. */
  readonly SharedStateAwaitExpr: { readonly resource: ExpressionOf<'IdentifierExpr'>; readonly key: Token };
}

export type Expression = {
  readonly [K in keyof Expressions]: { readonly kind: K } & Expressions[K] & Node;
}[keyof Expressions];
export type ExpressionOf<K extends keyof Expressions> = { readonly kind: K } & Expressions[K] & Node;
export type AccessExpr = ExpressionOf<'AccessExpr'>;
export type LambdaExpr = ExpressionOf<'LambdaExpr'>;
