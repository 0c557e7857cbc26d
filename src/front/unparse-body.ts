/**
 * Statements and expressions of IR as program text. Puts parentheses where the grammar needs them and nowhere else; layout is
 * left to the formatter. Recursion is bounded by the depth of the IR.
 */
import { assertNever } from '../base/assert.ts';
import type { IrExpression, IrModule, IrProperty, IrRetry, IrSegment, IrStatement, IrUnit } from '../ir/nodes.ts';
import type { NamePlan } from './unparse-names.ts';
import { fieldText, literalText, nameText, numberText, propertyKeyText } from './unparse-text.ts';

/** How tight an expression binds; binary operators lie between `WHOLE` and `UNARY`. */
const WHOLE = 0;
const UNARY = 9;
const POSTFIX = 10;

const OPERATOR_LEVELS: Readonly<Record<string, number>> = {
  '??': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '++': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
  '//': 8,
  '%': 8,
};

export class BodyWriter {
  readonly #module: IrModule;
  readonly #plan: NamePlan;
  /** Names of the implied standard functions, by `uri member`. */
  readonly #implied: ReadonlyMap<string, string>;
  #names: readonly string[] = [];

  constructor(module: IrModule, plan: NamePlan, implied: ReadonlyMap<string, string>) {
    this.#module = module;
    this.#plan = plan;
    this.#implied = implied;
  }

  /** `(a, b)` */
  parameters(unit: IrUnit): string {
    const names = this.#plan.variables.get(unit) ?? [];
    return `(${names.slice(0, unit.parameterCount).map(nameText).join(', ')})`;
  }

  /** The value of a unit that is one expression; undefined for other bodies. */
  expressionBody(unit: IrUnit): string | undefined {
    const [only, ...more] = unit.body;
    if (only?.kind !== 'Return' || only.value === null || more.length > 0) return undefined;
    const { value } = only;
    return this.#inUnit(unit, () => this.#at(value, WHOLE));
  }

  block(unit: IrUnit): string {
    return this.#inUnit(unit, () => this.#block(unit.body));
  }

  #inUnit(unit: IrUnit, write: () => string): string {
    const outer = this.#names;
    this.#names = this.#plan.variables.get(unit) ?? [];
    const text = write();
    this.#names = outer;
    return text;
  }

  // --- statements

  #block(statements: readonly IrStatement[]): string {
    return `{\n${statements.map((s) => `${this.#statement(s)}\n`).join('')}}`;
  }

  #statement(node: IrStatement): string {
    switch (node.kind) {
      case 'Let':
        return `LET ${this.#made(node.variable)} = ${this.#at(node.value, WHOLE)};`;
      case 'SetVariable':
        return `SET ${this.#made(node.variable)} = ${this.#at(node.value, WHOLE)};`;
      case 'SetPath':
        return `SET ${this.#target(node)} = ${this.#at(node.value, WHOLE)};`;
      case 'AppendVariable':
        return `APPEND TO ${this.#made(node.variable)} ${this.#appended(node)};`;
      case 'AppendPath':
        return `APPEND TO ${this.#target(node)} ${this.#appended(node)};`;
      case 'Modify': {
        const segments = node.segments.map((key): IrSegment => ({ kind: 'Static', key }));
        return `MODIFY ${this.#target({ variable: node.variable, segments })} ${this.#object(node.updates)};`;
      }
      case 'SharedWrite':
        return `${this.#shared(node.shared)}[${this.#at(node.key, WHOLE)}] = ${this.#at(node.value, WHOLE)};`;
      case 'OutputRecord':
        return `OUTPUT ${this.#object(node.properties)};`;
      case 'OutputValue':
        return `OUTPUT ${this.#at(node.value, WHOLE)};`;
      case 'If':
        return this.#if(node);
      case 'ForEach': {
        const where = node.where === null ? '' : ` WHERE ${this.#at(node.where, WHOLE)}`;
        const head = `FOR EACH ${this.#made(node.variable)} IN ${this.#at(node.iterable, WHOLE)}${where}`;
        return `${head} ${this.#block(node.body)}`;
      }
      case 'TryStatement': {
        const head = this.#tryHead(node);
        if (node.fallback !== null) return `${head} ${this.#at(node.fallback, WHOLE)};`;
        return `${head} ABORT${this.#optional(node.abort)};`;
      }
      case 'Return':
        return `RETURN${this.#optional(node.value)};`;
      case 'Abort':
        return `ABORT${this.#optional(node.value)};`;
      case 'Throw':
        return this.#throw(node.value);
      case 'Evaluate': {
        const text = this.#at(node.value, WHOLE);
        // As statements, TRY and IF mean something else.
        return node.value.kind === 'Try' || node.value.kind === 'Conditional' ? `(${text});` : `${text};`;
      }
      default:
        return assertNever(node);
    }
  }

  #if(first: Extract<IrStatement, { kind: 'If' }>): string {
    let text = '';
    for (let node = first; ; ) {
      text += `IF ${this.#at(node.condition, WHOLE)} THEN ${this.#block(node.then)}`;
      const [next, ...more] = node.otherwise;
      if (next === undefined) return text;
      text += ' ELSE ';
      if (next.kind !== 'If' || more.length > 0) return text + this.#block(node.otherwise);
      node = next;
    }
  }

  /** A bracket or a sign behind THROW would be read as a part of an expression that begins with that name. */
  #throw(value: IrExpression): string {
    const text = this.#at(value, WHOLE);
    if (!/^[([-]/.test(text)) return `THROW ${text};`;
    // Where something is called THROW, the parentheses would call it.
    return this.#plan.isTaken('THROW') ? `THROW NULL ?? (${text});` : `THROW (${text});`;
  }

  #appended({ value, init }: { readonly value: IrExpression; readonly init: IrExpression | null }): string {
    const text = this.#at(value, WHOLE);
    const safe = /^[^\w"`]/.test(text) ? `(${text})` : text;
    return init === null ? safe : `${safe} INIT ${this.#at(init, WHOLE)}`;
  }

  #target({ variable, segments }: { readonly variable: number; readonly segments: readonly IrSegment[] }): string {
    let text = this.#made(variable);
    for (const segment of segments) {
      if (segment.kind === 'Dynamic') text += `[${this.#at(segment.key, WHOLE)}]`;
      else if (typeof segment.key === 'string') text += `.${fieldText(segment.key)}`;
      // Two numbers with a dot between them are one number, and in brackets they would be computed keys.
      else text += /\d$/.test(text) ? ` .${segment.key}` : `.${segment.key}`;
    }
    return text;
  }

  #optional(value: IrExpression | null): string {
    return value === null ? '' : ` ${this.#at(value, WHOLE)}`;
  }

  // --- expressions

  /** In parentheses where what stands there has to bind tighter. */
  #at(node: IrExpression, level: number): string {
    const text = this.#expression(node);
    return levelOf(node) < level ? `(${text})` : text;
  }

  #expression(node: IrExpression): string {
    switch (node.kind) {
      case 'Constant':
        return constantText(node.value);
      case 'Variable':
        return this.#variable(node.index, node);
      case 'SharedName':
        return this.#shared(node.shared);
      case 'Path':
        return this.#base(node.base) + node.segments.map((s) => this.#segment(s)).join('');
      case 'Slice': {
        const from = node.from === null ? '' : this.#at(node.from, WHOLE);
        const to = node.to === null ? '' : this.#at(node.to, WHOLE);
        return `${this.#at(node.base, POSTFIX)}[${from} : ${to}]`;
      }
      case 'Negate':
        return `-${this.#at(node.operand, UNARY)}`;
      case 'Not':
        return `!${this.#at(node.operand, UNARY)}`;
      case 'Await':
        return `AWAIT ${this.#awaited(node.operand)}`;
      case 'AwaitShared':
        return `AWAIT ${this.#shared(node.shared)}.${fieldText(node.key)}`;
      case 'Suspend':
        return `SUSPEND ${this.#at(node.operand, UNARY)}`;
      case 'Binary':
      case 'Logical':
        return this.#binary(node);
      case 'Object':
        return this.#object(node.properties);
      case 'Array':
        return `[${node.elements.map((e) => this.#at(e, WHOLE)).join(', ')}]`;
      case 'Conditional':
        return this.#conditional(node);
      case 'Comprehension': {
        const map = this.#at(node.map, WHOLE);
        const where = node.where === null ? '' : ` WHERE ${this.#at(node.where, WHOLE)}`;
        return `[${map} FOR EACH ${this.#made(node.variable)} IN ${this.#at(node.iterable, WHOLE)}${where}]`;
      }
      case 'Try':
        return `${this.#tryHead(node)} ${this.#at(node.fallback, WHOLE)}`;
      case 'Lambda':
        return this.#lambda(node.unit);
      case 'CallStd':
        return nameText(this.#module.standard[node.callee] ?? '') + this.#args(node.args);
      case 'CallHost':
        return this.#callee(node.import, node.member) + this.#args(node.args);
      case 'CallFunc':
        return nameText(this.#module.units[node.unit]?.name ?? '') + this.#args(node.args);
      case 'CallVariable':
        return this.#variable(node.index, node) + this.#args(node.args);
      case 'Invoke':
        return this.#at(node.callee, POSTFIX) + this.#args(node.args);
      default:
        return assertNever(node);
    }
  }

  /** Behind AWAIT, `name.key` of a shared resource is a request for the key; in brackets it is a path. */
  #awaited(operand: IrExpression): string {
    if (operand.kind !== 'Path' || operand.base.kind !== 'SharedName') return this.#at(operand, POSTFIX);
    const segments = operand.segments.map((s) =>
      s.kind === 'Static' && typeof s.key === 'string' ? `[${literalText(s.key)}]` : this.#segment(s),
    );
    return this.#shared(operand.base.shared) + segments.join('');
  }

  #binary(node: Extract<IrExpression, { kind: 'Binary' | 'Logical' }>): string {
    const level = OPERATOR_LEVELS[node.operator] as number;
    let left = this.#at(node.left, level);
    // Behind anything else `//` begins a comment.
    if (node.operator === '//' && !/[A-Za-z0-9_"$)\]]$/.test(left)) left = `(${left})`;
    return `${left} ${node.operator} ${this.#at(node.right, level + 1)}`;
  }

  #conditional(first: Extract<IrExpression, { kind: 'Conditional' }>): string {
    let text = '';
    let node: IrExpression = first;
    for (; node.kind === 'Conditional'; node = node.otherwise)
      text += `IF ${this.#at(node.condition, WHOLE)} THEN ${this.#at(node.then, WHOLE)} ELSE `;
    return text + this.#at(node, WHOLE);
  }

  #tryHead(node: { readonly body: IrExpression; readonly variable: number; readonly retry: IrRetry }): string {
    const { retries, backoffMs } = node.retry;
    const backoff = backoffMs === 0 ? '' : ` BACKOFF "${backoffMs}ms"`;
    const retry = retries === 0 && backoff === '' ? '' : ` RETRY ${retries} TIMES${backoff}`;
    return `TRY ${this.#at(node.body, WHOLE)} CATCH(${this.#made(node.variable)})${retry} ->`;
  }

  #lambda(unit: IrUnit): string {
    const value = this.expressionBody(unit);
    if (value === undefined) return `${this.parameters(unit)} -> ${this.block(unit)}`;
    // A brace behind the arrow opens a block.
    return `${this.parameters(unit)} -> ${value.startsWith('{') ? `(${value})` : value}`;
  }

  #base(base: IrExpression): string {
    // A path of a path is one path without the parentheses, and a number would go on with the dot.
    const isOpen = base.kind === 'Path' || base.kind === 'Constant';
    return isOpen ? `(${this.#expression(base)})` : this.#at(base, POSTFIX);
  }

  #segment(segment: IrSegment): string {
    if (segment.kind === 'Static')
      return typeof segment.key === 'string' ? `.${fieldText(segment.key)}` : `[${segment.key}]`;
    const { key } = segment;
    const text = this.#at(key, WHOLE);
    // An integer in brackets is a static index; written with a point it is computed.
    return key.kind === 'Constant' && /^\d+$/.test(text) ? `[${text}.0]` : `[${text}]`;
  }

  #object(properties: readonly IrProperty[]): string {
    if (properties.length === 0) return '{}';
    const fields = properties.map((p) => {
      const key = p.kind === 'Static' ? propertyKeyText(p.key) : `[${this.#at(p.key, WHOLE)}]`;
      return `${key}: ${this.#at(p.value, WHOLE)}`;
    });
    return `{ ${fields.join(', ')} }`;
  }

  #args(args: readonly IrExpression[]): string {
    return `(${args.map((arg) => this.#at(arg, WHOLE)).join(', ')})`;
  }

  // --- names

  #variable(index: number, node: object): string {
    return this.#plan.inputs.get(node) ?? this.#made(index);
  }

  #made(index: number): string {
    return nameText(this.#names[index] ?? '');
  }

  #shared(index: number): string {
    return nameText(this.#module.shared[index]?.name ?? '');
  }

  #callee(index: number, member: number): string {
    const entry = this.#module.imports[index];
    const name = entry?.members[member]?.name ?? '';
    if (entry?.implied === true) return nameText(this.#implied.get(`${entry.uri} ${name}`) ?? name);
    return `${nameText(entry?.alias ?? '')}.${fieldText(name)}`;
  }
}

function levelOf(node: IrExpression): number {
  switch (node.kind) {
    // They go on as far as they can.
    case 'Conditional':
    case 'Try':
    case 'Lambda':
      return WHOLE;
    case 'Binary':
    case 'Logical':
      return OPERATOR_LEVELS[node.operator] as number;
    case 'Negate':
    case 'Not':
    case 'Await':
    case 'AwaitShared':
    case 'Suspend':
      return UNARY;
    case 'Constant':
      return isNumber(node.value) && node.value < 0 ? UNARY : POSTFIX;
    default:
      return POSTFIX;
  }
}

function constantText(value: null | boolean | number | bigint | string): string {
  if (typeof value === 'string') return literalText(value);
  if (!isNumber(value)) return String(value);
  return value < 0 ? `-${numberText(-value)}` : numberText(value);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
