/** Resolves the names in expressions. Recursion is bounded by the height of the tree, which the parser limits. */
import { assertNever } from '../base/assert.ts';
import type { Expression, ExpressionOf, LambdaExpr, Property, Segment, TryHead } from './ast.ts';
import { backoffMs } from './backoff.ts';
import { NameResolver } from './names.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

export abstract class ExpressionResolver extends NameResolver {
  protected abstract lambdaBlock(node: LambdaExpr): void;

  protected expression(node: Expression): void {
    // What programs have most of comes first: V8 compares the names one by one.
    switch (node.kind) {
      case 'IdentifierExpr':
        this.readName(node);
        return;
      case 'AccessExpr':
        this.#access(node);
        return;
      case 'StringExpr':
      case 'NumberLiteral':
        return;
      case 'BinaryExpr':
        this.#binary(node);
        return;
      case 'CallExpr':
        this.callName(node.callee, node.args.length);
        for (const arg of node.args) this.expression(arg);
        return;
      case 'ObjectExpr':
        this.properties(node.fields);
        return;
      case 'ArrayExpr':
        for (const element of node.elements) this.expression(element);
        return;
      case 'ArrayCompExpr':
        this.expression(node.iterable);
        this.visible.open();
        this.declare(node.variable);
        this.optional(node.where);
        this.expression(node.map);
        this.visible.close();
        return;
      case 'SliceExpr':
        this.expression(node.base);
        this.optional(node.from);
        this.optional(node.to);
        return;
      case 'InvokeExpr':
        if (!this.callsMember(node.target, node.args.length)) this.expression(node.target);
        for (const arg of node.args) this.expression(arg);
        return;
      case 'UnaryExpr':
        this.expression(node.operand);
        return;
      case 'LambdaExpr':
        this.lambda(node, '<lambda>');
        return;
      case 'IfElseExpr':
        this.expression(node.condition);
        this.expression(node.thenBranch);
        this.expression(node.elseBranch);
        return;
      case 'CaseExpr':
        for (const when of node.whens) {
          this.expression(when.condition);
          this.expression(when.result);
        }
        this.expression(node.otherwise);
        return;
      case 'TryCatchExpr':
        this.tryHead(node.head, () => this.expression(node.fallback));
        return;
      case 'SharedStateAwaitExpr':
        this.#awaitShared(node);
        return;
      case 'NullLiteral':
      case 'BoolExpr':
        return;
      default:
        assertNever(node);
    }
  }

  #access({ base, segments }: ExpressionOf<'AccessExpr'>): void {
    if (base.kind === 'IdentifierExpr') this.readName(base, segments[0]);
    else this.expression(base);
    this.segments(segments);
  }

  protected optional(node: Expression | null): void {
    if (node !== null) this.expression(node);
  }

  protected segments(segments: readonly Segment[]): void {
    for (const segment of segments) if (segment.kind === 'Dynamic') this.expression(segment.key);
  }

  protected properties(list: readonly Property[]): void {
    for (const property of list) {
      if (property.kind === 'ComputedProperty') this.expression(property.key);
      this.expression(property.value);
    }
  }

  protected lambda(node: LambdaExpr, name: string): void {
    this.inUnit(node, name, () => {
      if (node.body.kind === 'ExprBody') this.expression(node.body.expr);
      else this.lambdaBlock(node);
    });
  }

  /** The tried expression, then `inside` with the name of the error in scope. */
  protected tryHead(head: TryHead<Expression>, inside: () => void): void {
    this.expression(head.body);
    const { backoff } = head;
    if (backoff !== null && backoffMs(backoff.text) === undefined) {
      this.problems.report('MR2013', backoff, `${JSON.stringify(backoff.text)} is not a waiting time`, {
        label: 'expected digits and a unit',
        help: 'for example "200ms", "1s" or "2m"; without a unit it is in milliseconds',
      });
    }
    this.visible.open();
    this.declare(head.variable);
    inside();
    this.visible.close();
  }

  #binary(node: ExpressionOf<'BinaryExpr'>): void {
    this.expression(node.left);
    if (node.operator === '//') this.#division(node);
    else this.expression(node.right);
    if (COMPARISONS.has(node.operator)) this.#compareLiterals(node);
  }

  #division(node: ExpressionOf<'BinaryExpr'>): void {
    const outer = this.division;
    this.division = node;
    this.expression(node.right);
    this.division = outer;
    if (node.right.token.line > node.token.line) {
      this.warn('MR1901', node.token, '`//` at the end of a line divides by what follows on the next one', {
        label: 'this is integer division, not a comment',
        related: [{ span: node.right, text: 'the divisor' }],
        help: 'for a comment put `;` before `//`; for a division move `//` and its divisor to one line',
      });
    }
  }

  #compareLiterals({ left, right, operator, token }: ExpressionOf<'BinaryExpr'>): void {
    const kinds = [literalKind(left), literalKind(right)];
    if (kinds[0] === undefined || kinds[1] === undefined || kinds[0] === kinds[1]) return;
    const effect = operator === '==' || operator === '!=' ? 'they are never equal' : 'they are ordered by their texts';
    this.warn('MR2903', token, `a ${kinds[0]} is compared with a ${kinds[1]}: ${effect}`, {
      label: 'compares unlike kinds',
      related: [
        { span: left, text: kinds[0] },
        { span: right, text: kinds[1] },
      ],
      help: 'convert one side, for example with NUMBER or STRING',
    });
  }

  #awaitShared(node: ExpressionOf<'SharedStateAwaitExpr'>): void {
    const { resource } = node;
    const index = this.visible.find(resource.name) === undefined ? this.sharedIndex(resource.name) : undefined;
    if (index === undefined) this.readName(resource);
    else this.setMeaning(resource.token, { kind: 'shared', index });
  }
}

function literalKind(node: Expression): 'text' | 'number' | 'boolean' | undefined {
  if (node.kind === 'StringExpr') return 'text';
  if (node.kind === 'NumberLiteral') return 'number';
  return node.kind === 'BoolExpr' ? 'boolean' : undefined;
}
