/**
 * THE table of the JSON AST: every node of nodes.ts, its fields and what they hold. The decoder, the encoder, the checks and
 * the published JSON Schema follow from it. `tsc` refuses a node or field that is missing here, or of another type.
 *
 * The order of the fields is the order in the canonical form, and that of scopes: the variable that a node binds is in
 * scope in the fields behind it.
 */
import type {
  IrExpression,
  IrExpressionKind,
  IrExpressionOf,
  IrImport,
  IrKey,
  IrModule,
  IrPlace,
  IrProperty,
  IrRetry,
  IrSegment,
  IrShared,
  IrStatement,
  IrStatementKind,
  IrStatementOf,
  IrUnit,
  IrVariable,
} from './nodes.ts';

export const FORMAT_VERSION = 1;
export const MAX_INDEX = 65_534;
/** Offsets, waits and counts of retries are 32-bit numbers in code. */
export const MAX_INT = 2 ** 31 - 1;

/** What an index names. `target` is a variable that is written, `binder` and `local` one that is made. */
export type IndexOf =
  | 'variable'
  | 'target'
  | 'binder'
  | 'local'
  | 'outer'
  | 'unit'
  | 'shared'
  | 'import'
  | 'member'
  | 'standard';

/** Patterns that a text must match. */
export const TEXT_FORMS = {
  any: /^/,
  /** What a program can write between backticks, less control characters: names appear in messages. */
  name: /^[^\u0000-\u001f\u007f-\u009f`]+$/,
  /** What can stand behind a dot. */
  field: /^[^\n`]+$/,
  uri: /^[\s\S]/,
  pin: /^sha256:[0-9a-f]{64}$/,
} as const;

/** An integer beyond the safe range, in digits: as many as a program can write. */
export const BIGINT_FORM = /^-?[1-9][0-9]{15,4095}$/;
/** A double that is integral and beyond the safe range, as JavaScript prints it; JSON readers would round it or take it for an integer. */
export const FLOAT_FORM = /^-?(?:Infinity|[1-9][0-9]{15,20}|[1-9](?:\.[0-9]+)?e\+[0-9]+)$/;

export type TextForm = keyof typeof TEXT_FORMS;

export type FieldType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly max: number }
  | { readonly kind: 'index'; readonly of: IndexOf }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly form: TextForm }
  | { readonly kind: 'constant' }
  /** Text keys of segments are what can stand behind a dot; those of properties are any text. */
  | { readonly kind: 'key'; readonly form: TextForm }
  | { readonly kind: 'node'; readonly of: NodeName }
  | { readonly kind: 'list'; readonly of: FieldType; readonly min: number }
  | { readonly kind: 'nullable'; readonly of: FieldType };

/** A field that holds a `T`; `holds` is never set and ties the type. */
interface Field<T> {
  readonly type: FieldType;
  readonly holds?: (value: T) => T;
}

type Fields<Node> = { readonly [F in Exclude<keyof Node, 'kind' | keyof IrPlace>]-?: Field<Node[F]> };
type FieldsWithKind<Node> = { readonly [F in Exclude<keyof Node, keyof IrPlace>]-?: Field<Node[F]> };

const boolean: Field<boolean> = { type: { kind: 'boolean' } };
const constant: Field<IrExpressionOf<'Constant'>['value']> = { type: { kind: 'constant' } };
const segmentKey: Field<IrKey> = { type: { kind: 'key', form: 'field' } };
const propertyKey: Field<IrKey> = { type: { kind: 'key', form: 'any' } };
const expression: Field<IrExpression> = { type: { kind: 'node', of: 'Expression' } };
const statement: Field<IrStatement> = { type: { kind: 'node', of: 'Statement' } };
const unit: Field<IrUnit> = { type: { kind: 'node', of: 'Unit' } };
const retry: Field<IrRetry> = { type: { kind: 'node', of: 'Retry' } };
const statements = list(statement);
const args = list(expression);
const properties = list<IrProperty>({ type: { kind: 'node', of: 'Property' } });
const segment: Field<IrSegment> = { type: { kind: 'node', of: 'Segment' } };
const path = list(segment, 1);

function index(of: IndexOf): Field<number> {
  return { type: { kind: 'index', of } };
}

function integer(max: number): Field<number> {
  return { type: { kind: 'integer', max } };
}

function text(form: TextForm): Field<string> {
  return { type: { kind: 'text', form } };
}

function oneOf<T extends string>(...values: readonly T[]): Field<T> {
  return { type: { kind: 'choice', values } };
}

function list<T>(of: Field<T>, min = 0): Field<readonly T[]> {
  return { type: { kind: 'list', of: of.type, min } };
}

function nullable<T>(of: Field<T>): Field<T | null> {
  return { type: { kind: 'nullable', of: of.type } };
}

const EXPRESSIONS = {
  Constant: { value: constant },
  Variable: { index: index('variable') },
  SharedName: { shared: index('shared') },
  Path: { base: expression, segments: path },
  Slice: { base: expression, from: nullable(expression), to: nullable(expression) },
  Negate: { operand: expression },
  Not: { operand: expression },
  Await: { operand: expression },
  AwaitShared: { shared: index('shared'), key: text('field') },
  Suspend: { operand: expression },
  Binary: {
    operator: oneOf('+', '-', '*', '/', '//', '%', '++', '==', '!=', '<', '<=', '>', '>='),
    left: expression,
    right: expression,
  },
  Logical: { operator: oneOf('&&', '||', '??'), left: expression, right: expression },
  Object: { properties },
  Array: { elements: args },
  // biome-ignore lint/suspicious/noThenProperty: the field is called so, and is never a function
  Conditional: { condition: expression, then: expression, otherwise: expression },
  Comprehension: {
    iterable: expression,
    variable: index('binder'),
    where: nullable(expression),
    map: expression,
  },
  Try: { body: expression, variable: index('binder'), retry, fallback: expression },
  Lambda: { unit },
  CallStd: { callee: index('standard'), args },
  CallHost: { import: index('import'), member: index('member'), args },
  CallFunc: { unit: index('unit'), args },
  CallVariable: { index: index('variable'), args },
  Invoke: { callee: expression, args },
} as const satisfies { readonly [K in IrExpressionKind]: Fields<IrExpressionOf<K>> };

const STATEMENTS = {
  Let: { variable: index('local'), recursive: boolean, value: expression },
  SetVariable: { variable: index('target'), value: expression },
  SetPath: { variable: index('target'), segments: path, value: expression },
  AppendVariable: { variable: index('target'), value: expression, init: nullable(expression) },
  AppendPath: { variable: index('target'), segments: path, value: expression, init: nullable(expression) },
  Modify: { variable: index('target'), segments: list(segmentKey), updates: properties },
  SharedWrite: { shared: index('shared'), key: expression, value: expression },
  OutputRecord: { properties },
  OutputValue: { value: expression },
  // biome-ignore lint/suspicious/noThenProperty: the field is called so, and is never a function
  If: { condition: expression, then: statements, otherwise: statements },
  ForEach: { iterable: expression, variable: index('binder'), where: nullable(expression), body: statements },
  TryStatement: {
    body: expression,
    variable: index('binder'),
    retry,
    fallback: nullable(expression),
    abort: nullable(expression),
  },
  Return: { value: nullable(expression) },
  Abort: { value: nullable(expression) },
  Throw: { value: expression },
  Evaluate: { value: expression },
} as const satisfies { readonly [K in IrStatementKind]: Fields<IrStatementOf<K>> };

const SEGMENTS = {
  Static: { key: segmentKey },
  Dynamic: { key: expression },
} as const satisfies { readonly [K in IrSegment['kind']]: Fields<Extract<IrSegment, { kind: K }>> };

const PROPERTIES = {
  Static: { key: propertyKey, value: expression },
  Computed: { key: expression, value: expression },
} as const satisfies { readonly [K in IrProperty['kind']]: Fields<Extract<IrProperty, { kind: K }>> };

const UNIT: FieldsWithKind<IrUnit> = {
  kind: oneOf('transform', 'function', 'lambda'),
  name: text('name'),
  parameterCount: integer(MAX_INDEX + 1),
  captures: list(index('outer')),
  variables: list<IrVariable>({ type: { kind: 'node', of: 'Variable' } }),
  body: statements,
};

const VARIABLE: Fields<IrVariable> = { name: text('name'), boxed: boolean };
const RETRY: Fields<IrRetry> = { retries: integer(MAX_INT), backoffMs: integer(MAX_INT) };

const IMPORT: Fields<IrImport> = {
  uri: text('uri'),
  alias: text('name'),
  implied: boolean,
  members: list<IrImport['members'][number]>({ type: { kind: 'node', of: 'Member' } }),
  handedOn: list(index('import')),
  pin: nullable(text('pin')),
};

const MEMBER: Fields<IrImport['members'][number]> = {
  name: text('name'),
  arity: nullable(integer(MAX_INDEX)),
};

const SHARED: Fields<IrShared> = { name: text('name'), mode: oneOf('SINGLE', 'MANY') };

const EXPORT: Fields<IrModule['exports'][number]> = { name: text('name'), unit: index('unit') };

const MODULE: Fields<IrModule> = {
  imports: list<IrImport>({ type: { kind: 'node', of: 'Import' } }),
  shared: list<IrShared>({ type: { kind: 'node', of: 'Shared' } }),
  units: list(unit),
  exports: list<IrModule['exports'][number]>({ type: { kind: 'node', of: 'Export' } }),
  standard: list(text('name')),
};

/** Where the text that was compiled was from, and the offsets at which its lines start. */
export interface IrSource {
  readonly name: string;
  readonly lineStarts: readonly number[];
}

const SOURCE: Fields<IrSource> = { name: text('any'), lineStarts: list(integer(MAX_INT), 1) };

export type NodeName =
  | 'Expression'
  | 'Statement'
  | 'Segment'
  | 'Property'
  | 'Unit'
  | 'Variable'
  | 'Retry'
  | 'Import'
  | 'Member'
  | 'Shared'
  | 'Export'
  | 'Module'
  | 'Source';

/** The fields of one kind of node, by name, in canonical order. */
export type Row = { readonly [field: string]: FieldType };

/** A node has the fields of its kind, or, where there are no kinds, `fields`. */
export interface NodeSpec {
  /** Whether it may say its place, in `at` and `end`. */
  readonly hasPlace: boolean;
  readonly kinds: ReadonlyMap<string, Row> | null;
  readonly fields: Row;
}

function rowOf(fields: { readonly [field: string]: Field<never> }): Row {
  const row: { [field: string]: FieldType } = Object.create(null);
  for (const [name, { type }] of Object.entries(fields)) row[name] = type;
  return row;
}

type Loose = { readonly [field: string]: Field<never> };

function kinds(rows: { readonly [kind: string]: object }): ReadonlyMap<string, Row> {
  return new Map(Object.entries(rows).map(([kind, fields]) => [kind, rowOf(fields as Loose)]));
}

function tagged(rows: { readonly [kind: string]: object }): NodeSpec {
  return { hasPlace: false, kinds: kinds(rows), fields: {} };
}

function plain(fields: object): NodeSpec {
  return { hasPlace: false, kinds: null, fields: rowOf(fields as Loose) };
}

function placed(spec: NodeSpec): NodeSpec {
  return { ...spec, hasPlace: true };
}

export const NODES: { readonly [N in NodeName]: NodeSpec } = {
  Expression: placed(tagged(EXPRESSIONS)),
  Statement: placed(tagged(STATEMENTS)),
  Segment: tagged(SEGMENTS),
  Property: tagged(PROPERTIES),
  Unit: placed(plain(UNIT)),
  Variable: plain(VARIABLE),
  Retry: plain(RETRY),
  Import: placed(plain(IMPORT)),
  Member: placed(plain(MEMBER)),
  Shared: placed(plain(SHARED)),
  Export: plain(EXPORT),
  Module: plain(MODULE),
  Source: plain(SOURCE),
};
