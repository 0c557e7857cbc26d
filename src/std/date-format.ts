/**
 * Formats of dates: a text whose letters stand for the parts of a date, as in Java and Unicode (CLDR), names in English.
 * One table says how each part is written and how it is read. Other letters are refused, so that none can change its
 * meaning later; text between apostrophes stands for itself, two apostrophes for one.
 */
import { areFieldsValid, type ClockFields, fieldsOf, timeOf, weekdayOf } from './calendar.ts';
import { type DateValue, millisecondsOf, offsetText, padded, readOffset } from './date-text.ts';

/** What DATE_PARSE has read so far. */
type Found = { -readonly [K in keyof ClockFields]?: number } & {
  offsetMinutes?: number;
  weekday?: number;
  isAfternoon?: boolean;
  /** 1 to 12. */
  halfDayHour?: number;
};

interface Part {
  /** Where it ends in `text` when it is read at `from`, or -1. */
  readonly read: (text: string, from: number, found: Found) => number;
  readonly write: (date: DateValue, fields: ClockFields) => string;
  /** Whether it is a part of the time of day. */
  readonly isTime: boolean;
}

/** Parts and literal text, in order. */
export type DateFormat = readonly (Part | string)[];

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const ABBREVIATION_LENGTH = 3;
const MAX_FORMAT_LENGTH = 100;
const PIECE = /([A-Za-z])\1*|'(?:[^']|'')*'|[^A-Za-z']+/gy;

type NumberField = Exclude<keyof ClockFields, 'millisecond'> | 'halfDayHour';
const DAY_FIELDS: ReadonlySet<NumberField> = new Set(['year', 'month', 'day']);

function numberPart(
  field: NumberField,
  [min, max]: readonly [number, number],
  numberOf: (fields: ClockFields) => number,
): Part {
  return {
    isTime: !DAY_FIELDS.has(field),
    write: (_date, fields) => padded(numberOf(fields), min),
    read: (text, from, found) => {
      const end = endOfDigits(text, from, max);
      if (end - from < min) return -1;
      found[field] = Number(text.slice(from, end));
      return end;
    },
  };
}

const oneOrTwo: readonly [number, number] = [1, 2];
const two: readonly [number, number] = [2, 2];
const halfDay = (fields: ClockFields): number => (fields.hour % 12 === 0 ? 12 : fields.hour % 12);

const shortYear: Part = {
  isTime: false,
  write: (_date, { year }) => padded(year % 100, 2),
  read: (text, from, found) => {
    if (endOfDigits(text, from, 2) - from < 2) return -1;
    found.year = 2000 + Number(text.slice(from, from + 2));
    return from + 2;
  },
};

function namePart(names: readonly string[], field: 'month' | 'weekday', first: number): Part {
  return {
    isTime: false,
    write: (date, { month }) => names[field === 'month' ? month - 1 : weekdayOf(date.time)] as string,
    read: (text, from, found) => {
      const at = names.findIndex((name) => isWordAt(text, from, name));
      if (at < 0) return -1;
      found[field] = at + first;
      return from + (names[at] as string).length;
    },
  };
}

const halfDayPart: Part = {
  isTime: true,
  write: (_date, { hour }) => (hour < 12 ? 'AM' : 'PM'),
  read: (text, from, found) => {
    if (!isWordAt(text, from, 'AM') && !isWordAt(text, from, 'PM')) return -1;
    found.isAfternoon = isWordAt(text, from, 'PM');
    return from + 2;
  },
};

function fractionPart(digitCount: number): Part {
  return {
    isTime: true,
    write: (_date, { millisecond }) => padded(millisecond, 3).padEnd(digitCount, '0').slice(0, digitCount),
    read: (text, from, found) => {
      const end = endOfDigits(text, from, digitCount);
      if (end - from < digitCount) return -1;
      found.millisecond = millisecondsOf(text.slice(from, end));
      return end;
    },
  };
}

function offsetPart(separator: string, zero: string | undefined): Part {
  const length = 5 + separator.length;
  return {
    isTime: true,
    write: ({ offsetMinutes }) =>
      offsetMinutes === 0 && zero !== undefined ? zero : offsetText(offsetMinutes, separator),
    read: (text, from, found) => {
      const end = zero !== undefined && text.startsWith(zero, from) ? from + zero.length : from + length;
      const offset = readOffset(text.slice(from, end));
      if (offset === undefined || end > text.length) return -1;
      if (end === from + length && (text.charAt(from + 3) === ':') !== (separator !== '')) return -1;
      found.offsetMinutes = offset;
      return end;
    },
  };
}

const abbreviated = (names: readonly string[]): readonly string[] =>
  names.map((name) => name.slice(0, ABBREVIATION_LENGTH));

/** What DATE_FORMAT and DATE_PARSE know, in the order in which the reference lists it. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['yyyy', numberPart('year', [4, 4], (f) => f.year)],
  ['yy', shortYear],
  ['MMMM', namePart(MONTHS, 'month', 1)],
  ['MMM', namePart(abbreviated(MONTHS), 'month', 1)],
  ['MM', numberPart('month', two, (f) => f.month)],
  ['M', numberPart('month', oneOrTwo, (f) => f.month)],
  ['dd', numberPart('day', two, (f) => f.day)],
  ['d', numberPart('day', oneOrTwo, (f) => f.day)],
  ['EEEE', namePart(WEEKDAYS, 'weekday', 0)],
  ['EEE', namePart(abbreviated(WEEKDAYS), 'weekday', 0)],
  ['HH', numberPart('hour', two, (f) => f.hour)],
  ['H', numberPart('hour', oneOrTwo, (f) => f.hour)],
  ['hh', numberPart('halfDayHour', two, halfDay)],
  ['h', numberPart('halfDayHour', oneOrTwo, halfDay)],
  ['a', halfDayPart],
  ['mm', numberPart('minute', two, (f) => f.minute)],
  ['m', numberPart('minute', oneOrTwo, (f) => f.minute)],
  ['ss', numberPart('second', two, (f) => f.second)],
  ['s', numberPart('second', oneOrTwo, (f) => f.second)],
  ['XXX', offsetPart(':', 'Z')],
  ['XX', offsetPart('', 'Z')],
  ['xxx', offsetPart(':', undefined)],
  ['xx', offsetPart('', undefined)],
]);
const FRACTION = /^S{1,9}$/;

/** The format, or what is wrong with it. */
export function readFormat(text: string): DateFormat | { readonly problem: string } {
  if (text.length > MAX_FORMAT_LENGTH) return { problem: `format is longer than ${MAX_FORMAT_LENGTH} characters` };
  const parts: (Part | string)[] = [];
  let end = 0;
  for (const [piece, letter] of text.matchAll(PIECE)) {
    end += piece.length;
    if (letter !== undefined) {
      const part = FRACTION.test(piece) ? fractionPart(piece.length) : PARTS.get(piece);
      if (part === undefined) return { problem: `format has the unknown part '${piece}'` };
      parts.push(part);
    } else {
      const isQuoted = piece.startsWith("'");
      parts.push(piece === "''" ? "'" : isQuoted ? piece.slice(1, -1).replaceAll("''", "'") : piece);
    }
  }
  return end < text.length ? { problem: 'format has an apostrophe that is not closed' } : parts;
}

export function writeByFormat(date: DateValue, format: DateFormat): string {
  const fields = fieldsOf(date.time);
  return format.map((part) => (typeof part === 'string' ? part : part.write(date, fields))).join('');
}

/** The date that the whole text shows, or undefined. The year must be there; month and day are otherwise the first. */
export function readByFormat(text: string, format: DateFormat): DateValue | undefined {
  const found: Found = {};
  let at = 0;
  for (const part of format) {
    if (typeof part !== 'string') at = part.read(text, at, found);
    else at = text.startsWith(part, at) ? at + part.length : -1;
    if (at < 0) return undefined;
  }
  const hour = hourOf(found);
  if (at < text.length || found.year === undefined || hour === undefined) return undefined;
  const { year, month = 1, day = 1, minute = 0, second = 0, millisecond = 0, offsetMinutes = 0 } = found;
  const fields = { year, month, day, hour, minute, second, millisecond };
  if (!areFieldsValid(fields)) return undefined;
  const time = timeOf(fields);
  if (found.weekday !== undefined && found.weekday !== weekdayOf(time)) return undefined;
  return { time, offsetMinutes, hasTime: format.some((part) => typeof part !== 'string' && part.isTime) };
}

/** Undefined for an hour of half a day that does not say which half, or is none. */
function hourOf({ hour, halfDayHour, isAfternoon }: Found): number | undefined {
  if (halfDayHour === undefined) return hour ?? 0;
  if (halfDayHour < 1 || halfDayHour > 12 || isAfternoon === undefined) return undefined;
  return (halfDayHour % 12) + (isAfternoon ? 12 : 0);
}

function endOfDigits(text: string, from: number, max: number): number {
  let at = from;
  while (at < from + max && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++;
  return at;
}

function isWordAt(text: string, from: number, word: string): boolean {
  return text.slice(from, from + word.length).toLowerCase() === word.toLowerCase();
}
