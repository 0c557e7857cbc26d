/**
 * The gate: what generated text must pass before it becomes code. It shares nothing with the generator but the contract:
 * the text is parsed anew, each node is looked up in a list of what may be there, and each name, key, call, loop and
 * catch in what it may be used for. Whatever is not allowed is refused; a text that cannot be read is refused too.
 *
 * Security: what passes has no authority beyond the names of its permit. It says nothing about whether the text computes
 * what the bytecode does.
 */
import { type FunctionDeclaration, type Program, parse, type ReturnStatement, type Statement } from 'acorn';
import { generate } from 'astring';
import { Names, type Permit } from './gate-names.ts';
import { type GateReason, type GateRefusal, Refused, refuse } from './gate-reasons.ts';
import { checkShape } from './gate-shape.ts';
import { checkFunction } from './gate-statements.ts';

export type { Permit } from './gate-names.ts';
export type { GateReason, GateRefusal } from './gate-reasons.ts';

const MAX_TEXT = 512 * 1024;
const MAX_FUNCTION_TEXT = 40 * 1024;

/** Not printable ASCII, or what begins an escape, a template or a comment of either language. */
const NEVER_IN_TEXT = /[^\n\x20-\x7e]|[\\`]|\/\/|\/\*|<!--|-->/;

const TOP_LEVEL = /\n(?=function |return )/;

/** Without a prototype, so that additions to `Object.prototype` cannot steer the printer. */
const PRINTING: object = Object.freeze(Object.create(null));

/** Why the text must not become code, or null if it may. Never throws, whatever the text. */
export function checkGenerated(text: string, permit: Permit): GateRefusal | null {
  try {
    checkText(text);
    const program = parseText(text);
    checkShape(program);
    checkProgram(program, new Names(permit));
    checkPrinted(program, text);
    return null;
  } catch (error) {
    if (error instanceof Refused) return refusal(error.reason, text, error.offset);
    return refusal(error instanceof RangeError ? 'too-deep' : 'syntax', text, 0);
  }
}

function checkText(text: string): void {
  if (text.length > MAX_TEXT) throw new Refused('text-size', MAX_TEXT);
  const found = text.search(NEVER_IN_TEXT);
  if (found >= 0) throw new Refused('text-character', found);
  checkSizes(text);
}

/**
 * A printed function starts at the start of a line, and nothing inside it does; what is printed otherwise is refused in
 * the end. Why so early: the parser compares each name with all others of its function.
 */
function checkSizes(text: string): void {
  let start = 0;
  for (const piece of text.split(TOP_LEVEL)) {
    if (piece.length > MAX_FUNCTION_TEXT) throw new Refused('function-size', start);
    start += piece.length + 1;
  }
}

function parseText(text: string): Program {
  try {
    return parse(text, { ecmaVersion: 2020, sourceType: 'script', allowReturnOutsideFunction: true });
  } catch (error) {
    const offset = error instanceof SyntaxError && 'pos' in error ? Number(error.pos) : undefined;
    if (offset === undefined) throw error;
    throw new Refused('syntax', offset);
  }
}

/** The directive, functions, and the list of those that the factory hands out. */
function checkProgram({ body }: Program, names: Names): void {
  const statements = body as readonly Statement[];
  const directive = statements[0];
  const last = statements.at(-1);
  if (directive === undefined || !Object.hasOwn(directive, 'directive')) throw new Refused('program-shape', 0);
  if (last?.type !== 'ReturnStatement') throw new Refused('program-shape', directive.start);
  const functions = statements.slice(1, -1).map(asFunction);
  for (const node of functions) names.declareFunction(node.id);
  for (const node of functions) checkFunction(node, names);
  checkReturned(last, new Set(functions.map((node) => node.id.name)));
}

function asFunction(node: Statement): FunctionDeclaration {
  if (node.type !== 'FunctionDeclaration') throw new Refused('program-shape', node.start);
  return node;
}

function checkReturned({ argument }: ReturnStatement, functions: Set<string>): void {
  if (argument?.type !== 'ArrayExpression' || argument.elements.length === 0)
    throw new Refused('program-shape', argument?.start ?? 0);
  for (const element of argument.elements) {
    if (element?.type !== 'Identifier' || !functions.delete(element.name)) refuse('program-shape', element ?? argument);
  }
}

/** What is printed is what the tree says, so the reader has overlooked nothing of the text. */
function checkPrinted(program: Program, text: string): void {
  const printed = generate(program, PRINTING);
  if (printed === text) return;
  let same = 0;
  while (same < text.length && printed[same] === text[same]) same += 1;
  throw new Refused('not-printed', same);
}

function refusal(reason: GateReason, text: string, offset: number): GateRefusal {
  const before = text.slice(0, offset);
  return { reason, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
