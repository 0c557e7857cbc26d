/** Functions on texts that are ours. Positions and lengths are UTF-16 units. */
import type { NativeContext } from '../link/native.ts';
import { allocateText, chargeScan } from '../value/charges.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { countArgument, refuse } from './arguments.ts';
import { chargeUnits } from './charges.ts';
import { nativeRows, ours } from './rows.ts';

/** Measured on Node 20: 180 to 360 ns per word of one to five letters, then 2 ns per unit. */
const FUEL_PER_WORD = 40;

function twoTexts(name: string, text: Value, part: Value): [string, string] {
  if (typeof text !== 'string') throw refuse(`${name}: first arg must be string`);
  if (typeof part !== 'string') throw refuse(`${name}: second arg must be string`);
  return [text, part];
}

function startsWith(context: NativeContext, value: Value, prefix: Value): Value {
  const [text, start] = twoTexts('STARTS_WITH', value, prefix);
  chargeScan(context, text.length + start.length);
  return text.startsWith(start);
}

function endsWith(context: NativeContext, value: Value, suffix: Value): Value {
  const [text, end] = twoTexts('ENDS_WITH', value, suffix);
  chargeScan(context, text.length + end.length);
  return text.endsWith(end);
}

function repeat(context: NativeContext, text: Value, count: Value): Value {
  if (typeof text !== 'string') throw refuse('REPEAT: first arg must be string');
  const length = text.length * countArgument('REPEAT', count);
  allocateText(context, length);
  chargeUnits(context, length);
  return length === 0 ? '' : text.repeat(length / text.length);
}

function title(context: NativeContext, text: Value): Value {
  if (typeof text !== 'string') throw refuse('TITLE: arg must be string');
  chargeUnits(context, 2 * text.length);
  // Letters and digits; an apostrophe between them does not end a word.
  const words = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
  const pieces: string[] = [];
  let copiedTo = 0;
  // Why not `replace` with a function: it keeps all matches before it calls the function for the first.
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const [word] = match;
    context.charge(FUEL_PER_WORD + (word.length >> 1));
    context.allocate(2 * BYTES.listSlot + BYTES.stringHeader + 2 * (match.index - copiedTo + word.length));
    pieces.push(text.slice(copiedTo, match.index), titleOf(word));
    copiedTo = match.index + word.length;
  }
  allocateText(context, text.length);
  return pieces.join('') + text.slice(copiedTo);
}

/** Why the capital's own tail: `ß` becomes `Ss`, not `SS`. */
function titleOf(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  const [capital = '', ...tail] = first.toUpperCase();
  return capital + tail.join('').toLowerCase() + word.slice(first.length).toLowerCase();
}

export const TEXT_ADDITION_ROWS = ours(
  nativeRows('strings', [
    {
      name: 'STARTS_WITH',
      usage: 'STARTS_WITH(str, prefix)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'Whether a text begins with another.',
      examples: [
        ['STARTS_WITH("hello", "he")', 'true'],
        ['STARTS_WITH("hello", "lo")', 'false'],
        ['STARTS_WITH(5, "5")', '✗ STARTS_WITH: first arg must be string'],
      ],
      cost: 4,
      borrows: true,
      call: startsWith,
    },
    {
      name: 'ENDS_WITH',
      usage: 'ENDS_WITH(str, suffix)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'Whether a text ends with another.',
      examples: [
        ['ENDS_WITH("report.csv", ".csv")', 'true'],
        ['ENDS_WITH("report.csv", ".xml")', 'false'],
        ['ENDS_WITH("a1", 1)', '✗ ENDS_WITH: second arg must be string'],
      ],
      cost: 4,
      borrows: true,
      call: endsWith,
    },
    {
      name: 'REPEAT',
      usage: 'REPEAT(str, n)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The text n times in a row.',
      examples: [
        ['REPEAT("ab", 3)', '"ababab"'],
        ['REPEAT("ab", 0)', '""'],
        ['REPEAT("ab", -1)', '✗ REPEAT: n must not be negative'],
      ],
      cost: 5,
      borrows: true,
      call: repeat,
    },
    {
      name: 'TITLE',
      usage: 'TITLE(str)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The text with each word (letters and digits, and apostrophes between them) in lower case after a capital, by the rules of Unicode and of no country.',
      examples: [
        ['TITLE("the quick BROWN fox")', '"The Quick Brown Fox"'],
        ['TITLE("jean-luc o’neill’s été")', '"Jean-Luc O’neill’s Été"'],
        ['TITLE(null)', '✗ TITLE: arg must be string'],
      ],
      cost: 5,
      borrows: true,
      call: title,
    },
  ]),
);
