/** An evaluated expression as one line with values in the place of names: `(2 * 1250)`, `(ROUND 12.5)`. */
import type { Evaluation } from './trace-evaluation.ts';
import { showOwnPath, showValue } from './trace-values.ts';

/** Beyond this many expressions, values stand for what is deeper. */
const MAX_RENDERED = 60;

export function renderEvaluation(evaluation: Evaluation): string {
  return render(evaluation, { left: MAX_RENDERED });
}

/** Recursion is bounded by the budget. */
function render(evaluation: Evaluation, budget: { left: number }): string {
  const { expression, parts, value } = evaluation;
  if (--budget.left < 0) return showValue(value);
  const all = (): string[] => parts.map((part) => render(part, budget));
  switch (expression.kind) {
    case 'Binary':
    case 'Logical':
      return parts.length === 1 ? all().join('') : `(${all().join(` ${expression.name} `)})`;
    case 'Negate':
    case 'Not':
      return `(${expression.name}${all().join('')})`;
    case 'CallStd':
    case 'CallHost':
    case 'CallFunc':
    case 'CallVariable':
    case 'Invoke':
      return `(${[expression.name, ...(expression.kind === 'Invoke' ? parts.slice(1) : parts).map((part) => render(part, budget))].join(' ')})`;
    case 'Array':
      return `[${all().join(', ')}]`;
    case 'Object':
      return expression.keys.every((key) => key !== null) && parts.length === expression.keys.length
        ? `{${parts.map((part, i) => `${showOwnPath([expression.keys[i]])}: ${render(part, budget)}`).join(', ')}}`
        : showValue(value);
    case 'Lambda':
      return '<lambda>';
    case 'Conditional':
      return parts[1] === undefined ? showValue(value) : render(parts[1], budget);
    default:
      return showValue(value);
  }
}
