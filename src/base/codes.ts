/**
 * THE table of error codes. `MR1xxx` syntax, `2xxx` names and shapes, `3xxx` format and verifier, `4xxx` linking and
 * capabilities, `5xxx` limits, `6xxx` run time, `9xxx` our own bug. Codes are never reused. ERRORS.md is generated
 * from this table, and a test raises each code.
 */

export interface CodeRow {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  /** What it means and what to do about it, for the page in ERRORS.md. */
  readonly doc: string;
}

const error = (title: string, doc: string): CodeRow => ({ severity: 'error', title, doc });
const warning = (title: string, doc: string): CodeRow => ({ severity: 'warning', title, doc });

export const CODES = {
  // 1xxx: syntax
  MR1001: error(
    'the text cannot be read as a program',
    'A token stands where the grammar allows none. The label shows the token, the note what was expected.',
  ),
  MR1002: error(
    'the source is too long',
    'A source text is limited to 1,048,576 characters. Split the program into modules.',
  ),
  MR1003: error(
    'the source is nested too deeply',
    'Expressions and blocks may nest 128 levels deep, and one expression may chain 512 parts. Name parts with LET or FUNC.',
  ),
  MR1004: error('too many errors', 'Reading stopped after 20 errors; mend these first.'),
  MR1005: error(
    'a character has no meaning here',
    'The language has no use for this character outside of texts and comments, or a number is longer than 4096 characters.',
  ),
  MR1006: error(
    'a text is not closed or has a bad escape',
    'Texts stand in double quotes on one line. Escapes are \\n \\t \\r \\\\ \\" and \\u with four hexadecimal digits.',
  ),
  MR1007: error('a comment is not closed', 'A block comment ends with `*/`; block comments do not nest.'),
  MR1008: error(
    'a name in backticks is empty or not closed',
    'Backticks make a name of any text on one line that has no backtick in it.',
  ),
  MR1009: error('braces do not match', 'A block is still open where a declaration starts, or a brace closes nothing.'),
  MR1010: error('a number cannot be a key', 'Numeric keys and indexes are written as integers from 0 up.'),
  MR1011: error(
    'this cannot be written to',
    'SET and APPEND TO write to a variable or to a path that starts with one; MODIFY takes dotted paths only.',
  ),
  MR1012: error('two statements run together', 'Statements are separated by `;` or by a line break.'),
  MR1013: error(
    'a count cannot be read',
    'The number of retries is an integer from 0 up, the size of a batch one from 1 up.',
  ),
  MR1014: error(
    'a statement stands outside of a TRANSFORM',
    'A source either consists of declarations, or of statements only; then it is one anonymous TRANSFORM.',
  ),
  MR1015: error(
    'an option of a TRANSFORM is not known',
    'OPTIONS has the entries mode, input, output and shared, each at most once; the only mode is buffer.',
  ),
  MR1016: error(
    'a part of the program is too large',
    'One literal, call or body needs more than 65,535 values at a time, or there are more than 256 imports or 65,535 FUNCs and lambdas. Pass large tables as input, or build them in a loop.',
  ),
  // 2xxx: names and shapes
  MR2001: error(
    'a name is not known',
    'Names are variables (LET, loops, parameters), FUNCs, standard functions, SHARED resources and imports. Fields of the input are read as input.name.',
  ),
  MR2002: error(
    'a name is declared twice',
    'FUNC, TRANSFORM, PIPELINE, TYPE, SHARED and the aliases of imports share one name space.',
  ),
  MR2003: error(
    'a variable is made twice',
    'LET makes a new variable; its name may not be in use in the same block or around it. To change a variable use SET.',
  ),
  MR2004: error(
    'a standard function would be hidden',
    'Standard functions are found first, so a FUNC or LET of that name could never be called.',
  ),
  MR2005: error(
    'a type is not known',
    'Types are text, bytes, number, boolean, null, any and those that TYPE declares.',
  ),
  MR2006: error('a type contains itself', 'TYPE declarations may not refer to themselves, directly or through others.'),
  MR2007: error(
    'the target of a write is not a variable',
    'SET, APPEND TO and MODIFY change variables made by LET, loops and parameters; the input and shared resources are not variables.',
  ),
  MR2008: error(
    'shared state is used wrongly',
    'resource[key] = value writes to a resource that SHARED or OPTIONS declares; a MANY resource needs a key.',
  ),
  MR2009: error(
    'an import is used wrongly',
    'An alias is not a value: its members are called as alias.member(…), and where the import lists members, only those.',
  ),
  MR2010: error('MODIFY names a field twice', 'Each field may be changed once in one MODIFY.'),
  MR2011: error(
    'an import cannot be read',
    'Imports stand before all other declarations; the URI names a capability (host:name) or a module, the alias is a name.',
  ),
  MR2012: error(
    'a type has the name of a primitive type',
    'text, string, bytes, number, boolean, null and any always mean the primitive types.',
  ),
  MR2013: error(
    'a waiting time cannot be read',
    'BACKOFF takes a text of digits and a unit: "200ms", "1s", "2m"; without a unit they are milliseconds.',
  ),
  MR2014: error(
    'this cannot be called',
    'Only FUNCs, standard functions, lambdas in variables and members of imports are called.',
  ),
  MR2101: error('pipelines cannot be run yet', 'PIPELINE declarations are read but not run by this version.'),
  MR2901: warning(
    'a name is always null in a FUNC',
    'A FUNC sees only its parameters and its own variables. Pass what it needs as an argument.',
  ),
  MR2902: warning(
    'the name of a function is not a value',
    'A FUNC, standard function or declaration read as a value is null. Pass a lambda that calls it.',
  ),
  MR2903: warning(
    'values of different kinds are compared',
    'Unlike kinds are never equal, and are ordered by their texts.',
  ),
  // 3xxx: formats and verifier
  MR3001: error(
    'a file is not a binary module of this version',
    'It is longer than 4,194,304 bytes, does not start as a binary module does, or was made for another version. Build it again from its source.',
  ),
  MR3002: error(
    'a binary module is damaged',
    'The bytes are not what the format allows; the message says what is wrong and at which byte. `millrace build` cannot make such a file.',
  ),
  MR3003: error(
    'the code of a module is malformed',
    'The verifier found code that no correct compiler makes: the message names the reason, the notes show the instructions. Nothing of the module has run.',
  ),
  MR3010: error(
    'a signature was refused',
    'The module is not signed by a key that the host trusts, not for this time, or it is not the module that was signed. The message says which.',
  ),
  MR3201: error(
    'a JSON AST cannot be read',
    'The text is no JSON, has a field twice, or is longer than 8,388,608 characters or nested deeper than 768 nodes.',
  ),
  MR3202: error(
    'a JSON AST has another shape than the format',
    'The message points to the place with a JSON pointer. The format is described by `module.schema.json`.',
  ),
  MR3203: error(
    'a JSON AST breaks a rule of the language',
    'What the front end checks in a program text holds for a JSON AST as well. The message says which rule, and points to the place.',
  ),
  // 4xxx: linking
  MR4001: error(
    'a capability was not granted',
    'The module imports a capability that the host did not grant to it. Nothing of the module has run.',
  ),
  MR4002: error(
    'an import lacks a member',
    'The capability that the host granted, or the module imported, has no function of this name. Nothing of the module has run.',
  ),
  MR4003: error(
    'an import is called with the wrong number of arguments',
    'The module passes more or fewer arguments than the function takes. Nothing of the module has run.',
  ),
  MR4004: error(
    'a module was not found',
    'The host’s `resolve` gave no module for the URI of an import. Without a `resolve`, modules cannot be imported.',
  ),
  MR4005: error('modules import each other in a circle', 'Move what they share into a third module.'),
  MR4006: error(
    'a module is not the one that was pinned',
    'The identity after PIN, or in the lock, is that of another module: its code, constants, imports or exports differ.',
  ),
  MR4007: error(
    'too many modules',
    'A module and all that it imports, directly or not, are 1,000 at most; a module that is imported under several sets of grants counts for each.',
  ),
  MR4008: error(
    'a module wants more than its lock allows',
    'The module imports capabilities, modules or members that its lock does not list. Look at the difference; then lock it anew.',
  ),
  MR4009: error(
    'a module calls an unknown function of the library',
    'The module was built by another version of Millrace, or by hand. Nothing of it has run.',
  ),
  MR4010: error(
    'the run must wait',
    'The program awaits an asynchronous host function, a BACKOFF or a request to the host. Use `runAsync` or `start`; nothing has happened yet.',
  ),
  MR4011: error('there is no such export', 'The module exports no TRANSFORM or FUNC of this name.'),
  MR4012: error('a host object was used wrongly', 'An option or argument given by the host is not what the API takes.'),
  MR4013: error(
    'the realm is polluted',
    'Object.prototype or Array.prototype carries an accessor or an index key, which would see what programs write, or a `get` or `set`, which would turn properties into accessors. Remove it.',
  ),
  MR4014: error(
    'a module is busy',
    'A host function ran the module that was calling it. Declare the member `reentrant`, or run the module after the call.',
  ),
  MR4015: error(
    'the audit sink failed',
    'The function given as `audit` threw while a module was being loaded. What cannot be told is not loaded.',
  ),
  // 5xxx: limits
  MR5001: error(
    'the run used up its fuel',
    'Work is metered; the host sets `limits.fuel`. Programs cannot catch this.',
  ),
  MR5002: error(
    'the run used up its memory',
    'Every allocation is charged before it happens; the host sets `limits.memory`. Programs cannot catch this.',
  ),
  MR5003: error('calls are nested too deeply', 'The host sets `limits.depth`. Programs cannot catch this.'),
  MR5004: error('the run passed its deadline', 'The host sets `limits.deadlineMs`. Programs cannot catch this.'),
  MR5005: error('the run output too many records', 'The host sets `limits.output`. Programs cannot catch this.'),
  MR5006: error(
    'a value is nested too deeply',
    'A value that is compared, printed or returned may nest `limits.nesting` levels. Programs cannot catch this.',
  ),
  MR5007: error('the run was cancelled', 'The host aborted the signal it had passed. Programs cannot catch this.'),
  MR5008: error(
    'a grant was revoked',
    'The host took back a capability that the module, or a module that it imports, was granted. Programs cannot catch this.',
  ),
  // 6xxx: run time
  MR6001: error(
    'an operator cannot take these operands',
    'The kinds of the operands do not fit the operator. Convert first, for example with NUMBER or STRING.',
  ),
  MR6002: error('a decimal meets a float', 'Decimals and floats are never mixed silently. Wrap the float with DEC().'),
  MR6003: error('division by zero', 'The divisor is zero.'),
  MR6004: error('an index is out of bounds', 'Lists are indexed from 0 to their length less one.'),
  MR6005: error(
    'a value cannot be read by path',
    'Only lists and objects have parts; null has none either. Guard with `??` one step earlier or with TRY.',
  ),
  MR6006: error(
    'a key or index has the wrong kind',
    'Object keys are texts or non-negative integers, list indexes are integers.',
  ),
  MR6007: error(
    'a write does not reach its target',
    'SET, APPEND TO and MODIFY do not create the containers on the way.',
  ),
  MR6008: error('a value cannot be called', 'Only lambdas, FUNCs and standard functions can be called.'),
  MR6009: error('this cannot be output', 'OUTPUT takes an object or a list of objects, in a TRANSFORM only.'),
  MR6010: error('the program aborted', 'The program executed ABORT without a record.'),
  MR6011: error('the program threw', 'The program executed THROW; the message is its own.'),
  MR6012: error('a standard function refused its arguments', 'The message names the function and the argument.'),
  MR6013: error('a text cannot be converted', 'The text is not a number of the kind asked for.'),
  MR6014: error(
    'a pattern cannot be read',
    'The pattern is not a regular expression of the linear-time dialect (RE2): no look-around, no back references.',
  ),
  MR6015: error('a host function failed', 'The host keeps the cause; the program sees what the host chose to show.'),
  MR6016: error(
    'a foreign value was touched',
    'The host passed a function, symbol or class instance. Such a value can be handed on, not used.',
  ),
  MR6017: error('an assertion failed', 'ASSERT found its condition false.'),
  MR6018: error('shared state cannot be used so', 'The message names the resource and the rule.'),
  MR6019: error(
    'a value cannot leave the program',
    'Lambdas, handles and sequences cannot be returned to the host or passed to a host function.',
  ),
  MR6020: error('a value cannot be iterated', 'FOR EACH and comprehensions take lists, sets and sequences.'),
  MR6021: error(
    'the run cannot be suspended here',
    'The run was started with `run()`, or a host function is on the way. Use `runAsync` or `start`.',
  ),
  MR6022: error(
    'decimals are not ready',
    'Decimals arrived in a module that does not make any, and dividing or rounding them needs a library that was still loading. Use `runAsync`, which waits, or load the module after the first decimal was made.',
  ),
  MR6023: error(
    'a number has too many digits',
    'Integers are limited to 1,048,576 bits, decimals to 20,000 digits and exponents of 20,000.',
  ),
  MR6024: error(
    'a number cannot be written as JSON',
    'JSON has no NaN or Infinity, and mode `strict` writes no integer beyond 2^53 and no decimal.',
  ),
  MR6025: error(
    'a text is not JSON',
    '`parse` reads standard JSON, nested at most 256 levels deep; mode `strict` also refuses keys that stand twice and numbers that would be rounded elsewhere.',
  ),
  MR6030: error(
    'a value cannot be written in this format',
    'The format has no way to say the value: XML wants an object with one key and names that are names, CSV records with the fields of the first, YAML and CSV finite numbers. JSON says nearly everything.',
  ),
  MR6031: error(
    'an argument breaks the contract of a host function',
    'The message names the function, the parameter, what its contract wants and what was found. The function was not called.',
  ),
  MR6032: error(
    'a host function broke its own contract',
    'What it answered is not what it declared, or a schema of it failed. The cause of the error tells the host more.',
  ),
  MR6033: error(
    'a host function took too long',
    'The call passed the `timeoutMs` of its member. What it answers later is ignored.',
  ),
  MR6034: error(
    'a capability refused a call',
    'The host narrowed the capability with where(), limit(), expires() or logged(); the message says what refused.',
  ),
  // 9xxx: ours
  MR9001: error('internal error', 'A bug of ours. The run is dead; please report the program.'),
  MR1901: warning(
    'a comment is read as a division',
    'After a name, number, `)`, `]` or text on the same line, `//` is integer division.',
  ),
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof CODES;
