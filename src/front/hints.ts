/**
 * Help lines for what people write by habit from other languages, and for comments that are read as divisions. Looks at
 * a few tokens around the error only; never decides what is an error.
 */
import type { DiagnosticParts } from '../base/diagnostic.ts';
import { isHardKeyword, type Token } from './token.ts';

type Hint = Pick<DiagnosticParts, 'help' | 'related'>;

export const THROW_HELP = 'THROW is a statement; inside an expression write ASSERT(FALSE, "message")';
const STARTS_VALUE = /^(?:STRING|NUMBER|LEFT_BRACE|BANG|NULL|TRUE|FALSE|CASE|TRY|IF|AWAIT|SUSPEND|DOLLAR)$/;

const help = (text: string): Hint => ({ help: text });

/** When `//` stands on the same line before the error: what follows was meant as a comment. */
export function lostComment(tokens: readonly Token[], index: number): Hint | undefined {
  const line = tokens[index - 1]?.line;
  // Why bounded: a line may hold the whole source, and errors are many.
  for (let i = index - 1; i >= 0 && i >= index - 64; i--) {
    const token = tokens[i] as Token;
    if (token.line !== line) return undefined;
    if (token.kind === 'SLASH_SLASH') {
      return {
        related: [{ span: token, text: 'this is read as integer division' }],
        help: 'if a comment was meant, put `;` before `//` or the comment on a line of its own',
      };
    }
  }
  return undefined;
}

/** When the error is at the value of a THROW inside an expression, where it is read as a name. */
export function lostThrow(tokens: readonly Token[], index: number): Hint | undefined {
  const word = tokens[index - 1];
  const token = tokens[index] as Token;
  if (word?.kind !== 'THROW' || token.line !== word.line || tokens[index - 2]?.kind === 'DOT') return undefined;
  if (!token.isName && !STARTS_VALUE.test(token.kind)) return undefined;
  return {
    related: [{ span: word, text: 'this is read as a name' }],
    help: THROW_HELP,
  };
}

/** The error is at a token where an operator or the end of the statement could stand. */
export function hintForRest(tokens: readonly Token[], index: number): Hint | undefined {
  const token = tokens[index] as Token;
  const before = tokens[index - 1];
  const next = tokens[index + 1];
  switch (token.kind) {
    case 'ASSIGN':
      return help('to change a variable write SET name = …, to make one LET name = …; equality is ==');
    case 'ARROW':
      return help('the parameters of a lambda stand in parentheses: (x) -> …');
    case 'QUESTION':
      return next?.kind === 'DOT'
        ? help('there is no `?.`; a missing last key is null already, and ?? gives a default: (a ?? {}).b')
        : help('a choice is written IF condition THEN a ELSE b, a default a ?? b');
    case 'PIPE':
      return help('“or” is written ||; stages are joined by | in a PIPELINE only');
    case 'FOR':
      return help('a comprehension is written [value FOR EACH x IN list WHERE condition]');
    case 'IDENTIFIER':
      return hintForName(token, before);
    default:
      return before?.isName === true && before.text.toUpperCase() === 'CALL'
        ? help('functions are called as f(x)')
        : undefined;
  }
}

function hintForName(token: Token, before: Token | undefined): Hint | undefined {
  const word = token.text.toUpperCase();
  if (before?.kind === 'NUMBER' && before.end === token.start) {
    return help(
      /^E\d*$/.test(word)
        ? 'numbers have no exponent: write all digits'
        : 'put a space or an operator between number and name',
    );
  }
  if (word === 'AND') return help('“and” is written &&');
  if (word === 'OR') return help('“or” is written ||');
  if (word === 'IS' || word === 'EQUALS') return help('equality is written ==');
  if (before?.kind === 'CALL') return help('functions are called as f(x)');
  if (before?.kind === 'IDENTIFIER') {
    const first = before.text.toLowerCase();
    if (first === 'var' || first === 'const' || first === 'val')
      return help(`to make a variable write LET ${token.text} = …`);
    if (first === 'function' || first === 'def' || first === 'fn')
      return help(`to make a function write FUNC ${token.text}(…) = …`);
    if (first === 'not') return help(`“not” is written !${token.text}`);
  }
  return undefined;
}

/** The error is at a colon where a statement could end: a block was meant as an object. */
export function hintForColon(tokens: readonly Token[], index: number): Hint | undefined {
  const before = tokens[index - 1];
  if (tokens[index]?.kind !== 'COLON') return undefined;
  const isKey = before?.kind === 'NUMBER' || before?.kind === 'STRING' || before?.isName === true;
  return isKey ? help('an object as the result of a lambda stands in parentheses: (x) -> ({ key: x })') : undefined;
}

export function keywordHelp(keyword: string): string {
  return `\`${keyword}\` is a keyword; to use it as a name, put it in backticks`;
}

/** The error is at a token where an expression should start. */
export function hintForExpression(tokens: readonly Token[], index: number): Hint | undefined {
  const token = tokens[index] as Token;
  const before = tokens[index - 1];
  const next = tokens[index + 1];
  switch (token.kind) {
    case 'IF':
      return help('an IF inside an expression stands in parentheses: 1 + (IF a THEN b ELSE c)');
    case 'STAR':
      return before?.kind === 'LEFT_BRACKET' || before?.kind === 'DOT'
        ? help('paths have no wildcards; use a comprehension: [x.name FOR EACH x IN list]')
        : undefined;
    case 'DOT':
      return next?.kind === 'NUMBER' ? help(`write 0.${next.text}`) : undefined;
    case 'ASSIGN':
      return before?.kind === 'EQ' || before?.kind === 'NEQ' ? help('equality is ==, inequality !=') : undefined;
    case 'PLUS':
      return help('there is no + in front of a value');
    case 'LT':
    case 'GT':
      return help('comparisons have a value on both sides');
    default:
      return isHardKeyword(token.kind) ? help(keywordHelp(token.text)) : undefined;
  }
}
