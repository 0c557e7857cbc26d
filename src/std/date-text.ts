/**
 * Dates as values of the language: ISO 8601 texts, with or without a time, with or without an offset from UTC (which is
 * then zero). Milliseconds are the smallest part: further digits are read and dropped.
 */
import { areFieldsValid, fieldsOf, MS_PER_MINUTE, timeOf } from './calendar.ts';

export interface DateValue {
  /** On a clock that is ahead of UTC by the offset. */
  readonly time: number;
  readonly offsetMinutes: number;
  /** A day alone has none. */
  readonly hasTime: boolean;
}

const LONGEST = 40;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const DATE_AND_TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?$/;
const OFFSET = /^([+-])([0-9]{2}):?([0-9]{2})?$/;

const FIRST_TIME = timeOf({ year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 });
const END_TIME = timeOf({ year: 10_000, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 });

/** Undefined for what is no date. */
export function readDate(text: string): DateValue | undefined {
  if (text.length > LONGEST) return undefined;
  const match = DATE.exec(text) ?? DATE_AND_TIME.exec(text);
  if (match === null) return undefined;
  const number = (group: number): number => Number(match[group] ?? 0);
  const fields = {
    year: number(1),
    month: number(2),
    day: number(3),
    hour: number(4),
    minute: number(5),
    second: number(6),
    millisecond: millisecondsOf(match[7] ?? ''),
  };
  const offsetMinutes = readOffset(match[8] ?? 'Z');
  if (offsetMinutes === undefined || !areFieldsValid(fields)) return undefined;
  return { time: timeOf(fields), offsetMinutes, hasTime: match[4] !== undefined };
}

/** Of the digits of a fraction of a second. */
export function millisecondsOf(digits: string): number {
  return Number(digits.slice(0, 3).padEnd(3, '0'));
}

/** `Z`, `+hh`, `+hhmm` or `+hh:mm` in minutes; undefined for anything else. */
export function readOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const match = OFFSET.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  const total = hours * 60 + minutes;
  return match[1] === '-' ? 0 - total : total;
}

/** `+02:00`, with what stands between hours and minutes. */
export function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60), 2)}${separator}${padded(size % 60, 2)}`;
}

/** Undefined outside the years 1 to 9999. */
export function dateText(date: DateValue): string | undefined {
  if (date.time < FIRST_TIME || date.time >= END_TIME) return undefined;
  const { year, month, day, hour, minute, second, millisecond } = fieldsOf(date.time);
  // Joined from a list: a text in one piece. V8 keeps a template as a tree of its parts, ten times as large.
  const pieces = [padded(year, 4), '-', padded(month, 2), '-', padded(day, 2)];
  if (!date.hasTime) return pieces.join('');
  const fraction = millisecond === 0 ? '' : `.${padded(millisecond, 3)}`;
  const offset = date.offsetMinutes === 0 ? 'Z' : offsetText(date.offsetMinutes, ':');
  pieces.push('T', padded(hour, 2), ':', padded(minute, 2), ':', padded(second, 2), fraction, offset);
  return pieces.join('');
}

/** The moment on a clock in UTC. */
export function utcTimeOf(date: DateValue): number {
  return date.time - date.offsetMinutes * MS_PER_MINUTE;
}

export function padded(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
