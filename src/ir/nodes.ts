/**
 * THE table of IR nodes. IR is what the front end lowers to and the compiler takes: names are resolved to variables of
 * their unit, sugar is gone, every check of the front end has passed. It is plain data (it becomes the JSON AST format).
 *
 * `at`/`end` are UTF-16 offsets into the module's source: what a fault in this node points at.
 * Variables of a unit: parameters first, then captures, then locals. A variable that is captured and may change after
 * the capture is `boxed`: it lives in a heap cell shared by reference. Any other capture copies the value.
 */

/** A static key: text, non-negative safe integer, or a bigint beyond the safe range. */
export type IrKey = string | number | bigint;

export interface IrPlace {
  readonly at: number;
  readonly end: number;
}

export interface IrVariable {
  readonly name: string;
  readonly boxed: boolean;
}

export type UnitKind = 'transform' | 'function' | 'lambda';

export interface IrUnit extends IrPlace {
  readonly kind: UnitKind;
  /** Declared name; the variable's name for `LET f = (…) -> …`; otherwise `<lambda>`. */
  readonly name: string;
  /** A transform has exactly one parameter: its input. */
  readonly parameterCount: number;
  /** For each capture, the variable index in the enclosing unit. Capture i is variable `parameterCount + i` here. */
  readonly captures: readonly number[];
  readonly variables: readonly IrVariable[];
  readonly body: readonly IrStatement[];
}

export interface IrImport extends IrPlace {
  readonly uri: string;
  readonly alias: string;
  /** True for the import that an impure standard function brings along (PRINT needs `host:console`). */
  readonly implied: boolean;
  /** Members called (or listed in the import), with the argument counts seen. */
  readonly members: readonly {
    readonly name: string;
    readonly arity: number | null;
    readonly at: number;
    readonly end: number;
  }[];
  /** Indexes of the capabilities that are handed on to the imported module (`WITH`). */
  readonly handedOn: readonly number[];
  /** `sha256:…` of the only module that may stand here (`PIN`). */
  readonly pin: string | null;
}

export interface IrShared extends IrPlace {
  readonly name: string;
  readonly mode: 'SINGLE' | 'MANY';
}

export interface IrModule {
  readonly imports: readonly IrImport[];
  readonly shared: readonly IrShared[];
  /** FUNCs and TRANSFORMs in source order; lambdas stand inside expressions. */
  readonly units: readonly IrUnit[];
  /** Indexes into `units`. */
  readonly exports: readonly { readonly name: string; readonly unit: number }[];
  /** Standard functions called, in order of first use: `CallStd.callee` indexes this. */
  readonly standard: readonly string[];
}

export type IrSegment =
  | { readonly kind: 'Static'; readonly key: IrKey }
  | { readonly kind: 'Dynamic'; readonly key: IrExpression };

export type IrProperty =
  | { readonly kind: 'Static'; readonly key: IrKey; readonly value: IrExpression }
  | { readonly kind: 'Computed'; readonly key: IrExpression; readonly value: IrExpression };

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '++' | '==' | '!=' | '<' | '<=' | '>' | '>=';
export type LogicalOperator = '&&' | '||' | '??';

export interface IrRetry {
  readonly retries: number;
  /** 0 when there is no BACKOFF. */
  readonly backoffMs: number;
}

interface Expressions {
  /** null, boolean, number, bigint or text. */
  readonly Constant: { readonly value: null | boolean | number | bigint | string };
  readonly Variable: { readonly index: number };
  /** The name of a SHARED resource, read as a value. `shared` indexes IrModule.shared. */
  readonly SharedName: { readonly shared: number };
  /** `base` with at least one segment. */
  readonly Path: { readonly base: IrExpression; readonly segments: readonly IrSegment[] };
  /** `base[from:to]`, either side optional. */
  readonly Slice: { readonly base: IrExpression; readonly from: IrExpression | null; readonly to: IrExpression | null };
  readonly Negate: { readonly operand: IrExpression };
  readonly Not: { readonly operand: IrExpression };
  /** AWAIT of anything but a shared read: waits for a pending host result, else the value itself. */
  readonly Await: { readonly operand: IrExpression };
  readonly AwaitShared: { readonly shared: number; readonly key: string };
  readonly Suspend: { readonly operand: IrExpression };
  readonly Binary: { readonly operator: BinaryOperator; readonly left: IrExpression; readonly right: IrExpression };
  readonly Logical: { readonly operator: LogicalOperator; readonly left: IrExpression; readonly right: IrExpression };
  readonly Object: { readonly properties: readonly IrProperty[] };
  readonly Array: { readonly elements: readonly IrExpression[] };
  readonly Conditional: {
    readonly condition: IrExpression;
    readonly then: IrExpression;
    readonly otherwise: IrExpression;
  };
  readonly Comprehension: {
    readonly variable: number;
    readonly iterable: IrExpression;
    readonly where: IrExpression | null;
    readonly map: IrExpression;
  };
  readonly Try: {
    readonly body: IrExpression;
    readonly variable: number;
    readonly retry: IrRetry;
    readonly fallback: IrExpression;
  };
  readonly Lambda: { readonly unit: IrUnit };
  readonly CallStd: { readonly callee: number; readonly args: readonly IrExpression[] };
  /** `alias.member(args)`: `import` indexes IrModule.imports, `member` its members. */
  readonly CallHost: { readonly import: number; readonly member: number; readonly args: readonly IrExpression[] };
  /** A FUNC of this module: `unit` indexes IrModule.units. */
  readonly CallFunc: { readonly unit: number; readonly args: readonly IrExpression[] };
  /** A name that is a variable: a lambda, or a fault that names it. */
  readonly CallVariable: { readonly index: number; readonly args: readonly IrExpression[] };
  /** Any other callee. */
  readonly Invoke: { readonly callee: IrExpression; readonly args: readonly IrExpression[] };
}

interface Statements {
  /** `recursive`: the value may read the variable itself, which is null until then. */
  readonly Let: { readonly variable: number; readonly value: IrExpression; readonly recursive: boolean };
  readonly SetVariable: { readonly variable: number; readonly value: IrExpression };
  readonly SetPath: {
    readonly variable: number;
    readonly segments: readonly IrSegment[];
    readonly value: IrExpression;
  };
  readonly AppendVariable: {
    readonly variable: number;
    readonly value: IrExpression;
    readonly init: IrExpression | null;
  };
  readonly AppendPath: {
    readonly variable: number;
    readonly segments: readonly IrSegment[];
    readonly value: IrExpression;
    readonly init: IrExpression | null;
  };
  /** Static segments only, possibly none. */
  readonly Modify: {
    readonly variable: number;
    readonly segments: readonly IrKey[];
    readonly updates: readonly IrProperty[];
  };
  readonly SharedWrite: { readonly shared: number; readonly key: IrExpression; readonly value: IrExpression };
  /** OUTPUT of an object literal. */
  readonly OutputRecord: { readonly properties: readonly IrProperty[] };
  readonly OutputValue: { readonly value: IrExpression };
  readonly If: {
    readonly condition: IrExpression;
    readonly then: readonly IrStatement[];
    readonly otherwise: readonly IrStatement[];
  };
  readonly ForEach: {
    readonly variable: number;
    readonly iterable: IrExpression;
    readonly where: IrExpression | null;
    readonly body: readonly IrStatement[];
  };
  /** Statement TRY: `fallback` is output by the OUTPUT rules; `abort` ends the transform with a record; neither: plain ABORT. */
  readonly TryStatement: {
    readonly body: IrExpression;
    readonly variable: number;
    readonly retry: IrRetry;
    readonly fallback: IrExpression | null;
    readonly abort: IrExpression | null;
  };
  readonly Return: { readonly value: IrExpression | null };
  readonly Abort: { readonly value: IrExpression | null };
  readonly Throw: { readonly value: IrExpression };
  readonly Evaluate: { readonly value: IrExpression };
}

type Node<Rows> = { readonly [K in keyof Rows]: { readonly kind: K } & Rows[K] & IrPlace }[keyof Rows];

export type IrExpression = Node<Expressions>;
export type IrStatement = Node<Statements>;
export type IrExpressionKind = keyof Expressions;
export type IrStatementKind = keyof Statements;
export type IrExpressionOf<K extends IrExpressionKind> = Extract<IrExpression, { kind: K }>;
export type IrStatementOf<K extends IrStatementKind> = Extract<IrStatement, { kind: K }>;
