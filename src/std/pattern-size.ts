/**
 * How much work compiling a pattern will be, found by one pass over its text: counted repeats multiply what they repeat,
 * and classes under case folding are dear. Not a parser: what it misreads, the pattern library refuses.
 *
 * Measured on Node 20: the library takes 1 to 2 µs per unit counted here; a wide class under `(?i)` up to 1.7 ms.
 */

const CLASS_UNITS = 2;
const UNICODE_CLASS_UNITS = 12;
const FOLDED_UNICODE_CLASS_UNITS = 60;
/** Folding a range looks at each of its characters. */
const FOLDED_CHARACTERS_PER_UNIT = 32;
const UNKNOWN_RANGE = 0x10000;

/** `(?i)` without a colon. */
const FLAGS = /^\(\?[imsU-]+\)/;

/** About the number of characters of the pattern plus the number of instructions it compiles to. */
export function patternSize(pattern: string): number {
  const isFolded = hasFoldFlag(pattern);
  const outer: number[] = [];
  let total = pattern.length;
  /** Units of the last item: what a following repeat multiplies. */
  let item = 0;
  let group = 0;
  for (let at = 0; at < pattern.length; ) {
    const c = pattern[at];
    const flags = c === '(' ? FLAGS.exec(pattern.slice(at, at + 12)) : null;
    // Why: flags are no item; a repeat after them repeats what stands before.
    if (flags !== null) at += flags[0].length;
    else if (c === '(') {
      outer.push(group + item);
      group = 0;
      item = 0;
      at++;
    } else if (c === ')') {
      const inner = group + item + 2;
      group = outer.pop() ?? 0;
      item = inner;
      at++;
    } else if (c === '{') {
      const repeat = repeatAt(pattern, at);
      if (repeat === undefined) {
        group += item;
        item = 1;
        at++;
      } else {
        item *= repeat.count;
        at = repeat.end;
      }
    } else {
      group += item;
      const end = c === '[' ? classEnd(pattern, at) : c === '\\' ? escapeEnd(pattern, at) : at + 1;
      if (pattern.startsWith('\\Q', at)) item = end - at;
      else item = c === '[' || c === '\\' ? classUnits(pattern.slice(at, end), isFolded) : 1;
      at = end;
    }
  }
  total += group + item;
  for (const units of outer) total += units;
  return total;
}

/** `(?i)`, `(?si-m:`: whether some group switches case folding on. */
function hasFoldFlag(pattern: string): boolean {
  for (let at = pattern.indexOf('(?'); at >= 0; at = pattern.indexOf('(?', at + 2)) {
    for (let i = at + 2; i < pattern.length; i++) {
      const c = pattern[i] as string;
      if (c === 'i') return true;
      if (!'msU-'.includes(c)) break;
    }
  }
  return false;
}

/** `{n}`, `{n,}`, `{n,m}`, `{,m}` at `at`; undefined where the brace is a plain character. */
function repeatAt(pattern: string, at: number): { readonly count: number; readonly end: number } | undefined {
  const end = pattern.indexOf('}', at);
  if (end < 0 || end === at + 1 || end > at + 12) return undefined;
  const [least = '', most = '', ...rest] = pattern.slice(at + 1, end).split(',');
  if (rest.length > 0 || !isDigits(least) || !isDigits(most)) return undefined;
  return { count: Math.max(1, Number(least), Number(most)), end: end + 1 };
}

function isDigits(text: string): boolean {
  return /^[0-9]*$/.test(text);
}

/** Past the `]` that ends the class at `at`. */
function classEnd(pattern: string, at: number): number {
  let i = at + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  while (i < pattern.length && pattern[i] !== ']') {
    if (pattern[i] === '\\') i++;
    // Why the hyphen: in `[.-[:alpha:]` the inner bracket ends a range. Ending a class too soon only counts more.
    else if (pattern.startsWith('[:', i) && pattern[i - 1] !== '-') {
      const end = pattern.indexOf(':]', i);
      if (end >= 0) i = end + 1;
    }
    i++;
  }
  return Math.min(i + 1, pattern.length);
}

/** Past the escape at `at`: `\d`, `\x{10FFFF}`, `\p{Greek}`, `\Q…\E` (which a repeat repeats as a whole). */
function escapeEnd(pattern: string, at: number): number {
  if (pattern[at + 1] === 'Q') {
    const end = pattern.indexOf('\\E', at + 2);
    return end < 0 ? pattern.length : end + 2;
  }
  if ('pPx'.includes(pattern[at + 1] ?? ' ') && pattern[at + 2] === '{') {
    const end = pattern.indexOf('}', at);
    if (end >= 0) return end + 1;
  }
  return Math.min(at + 2, pattern.length);
}

function classUnits(text: string, isFolded: boolean): number {
  let units = text.startsWith('[') || /^\\[dDwWsSC]/.test(text) ? CLASS_UNITS : 1;
  const unicodeClasses = text.match(/\\p/gi)?.length ?? 0;
  units += unicodeClasses * (isFolded ? FOLDED_UNICODE_CLASS_UNITS : UNICODE_CLASS_UNITS);
  return isFolded && text.startsWith('[') ? units + Math.floor(foldedWidth(text) / FOLDED_CHARACTERS_PER_UNIT) : units;
}

/** How many characters the ranges of a class span; an end that is written as an escape counts as far away. */
function foldedWidth(text: string): number {
  let width = 0;
  for (let at = text.indexOf('-', 2); at > 0 && at < text.length - 2; at = text.indexOf('-', at + 1)) {
    const isEscaped = text[at + 1] === '\\' || text.lastIndexOf('\\', at) >= Math.max(1, at - 10);
    width += isEscaped ? UNKNOWN_RANGE : Math.max(0, text.charCodeAt(at + 1) - text.charCodeAt(at - 1));
  }
  return width;
}
