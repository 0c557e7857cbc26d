/**
 * Labelled blocks as people write them: `L: { if (a) break L; … }` becomes `if (!a) { … }`, and a block that another one ends
 * with a jump over its alternative becomes `if … else …`.
 */
import { decide, type Expression, type Labeled, not, type Statement } from './estree.ts';

/** The block, or statements that do the same without its label. */
export function simplify(labeled: Labeled): readonly Statement[] {
  const { body } = labeled.body;
  const name = labeled.label.name;
  const first = body.findIndex((statement) => breaksIn(statement, name) > 0);
  const jump = body[first];
  if (jump === undefined) return body;
  const rest = body.slice(first + 1);
  const before = body.slice(0, first);
  if (jump.type === 'IfStatement' && jump.alternate === null) {
    const then = statementsOf(jump.consequent);
    const last = then.at(-1);
    const endsHere = last?.type === 'BreakStatement' && last.label.name === name;
    const inside = then.slice(0, -1);
    const isOnly = rest.every((statement) => breaksIn(statement, name) === 0);
    if (endsHere && isOnly && inside.every((statement) => breaksIn(statement, name) === 0)) {
      if (inside.length === 0) return rest.length === 0 ? before : [...before, decide(negate(jump.test), rest, [])];
      return [...before, decide(jump.test, inside, rest)];
    }
  }
  const last = body.at(-1);
  if (first === body.length - 1 && last?.type === 'BreakStatement') return before;
  return [labeled];
}

function negate(test: Expression): Expression {
  return test.type === 'UnaryExpression' && test.operator === '!' ? test.argument : not(test);
}

function statementsOf(statement: Statement): readonly Statement[] {
  return statement.type === 'BlockStatement' ? statement.body : [statement];
}

/** How often a statement leaves the block of this label. */
function breaksIn(statement: Statement, label: string): number {
  const sum = (statements: readonly Statement[]): number =>
    statements.reduce((count, inner) => count + breaksIn(inner, label), 0);
  switch (statement.type) {
    case 'BreakStatement':
      return statement.label.name === label ? 1 : 0;
    case 'BlockStatement':
      return sum(statement.body);
    case 'LabeledStatement':
    case 'ForStatement':
      return sum(statement.body.body);
    case 'IfStatement':
      return (
        breaksIn(statement.consequent, label) +
        (statement.alternate === null ? 0 : breaksIn(statement.alternate, label))
      );
    case 'TryStatement':
      return sum(statement.block.body) + sum(statement.handler.body.body);
    default:
      return 0;
  }
}
