/**
 * Functions on dates. A date is an ISO 8601 text (date-text.ts); the only clock is the capability behind NOW. Texts and
 * formats are bounded, so a call takes at most a few microseconds whatever it is given.
 */
import type { NativeContext } from '../link/native.ts';
import { allocateText } from '../value/charges.ts';
import { argumentFault, type Fault } from '../value/fault.ts';
import type { Value } from '../value/kinds.ts';
import { refuse, refuseArgument } from './arguments.ts';
import { addMonths, fieldsOf, MS_PER_DAY, MS_PER_MINUTE } from './calendar.ts';
import { type DateFormat, readByFormat, readFormat, writeByFormat } from './date-format.ts';
import { type DateValue, dateText, readDate, utcTimeOf } from './date-text.ts';
import { impliedRows, nativeRows, ours } from './rows.ts';

type Unit = { readonly months: number } | { readonly ms: number };

/** With milliseconds and an offset of hours and minutes. */
const LONGEST_WRITTEN = '9999-12-31T23:59:59.999+18:00'.length;

const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['year', { months: 12 }],
  ['month', { months: 1 }],
  ['week', { ms: 7 * MS_PER_DAY }],
  ['day', { ms: MS_PER_DAY }],
  ['hour', { ms: 60 * MS_PER_MINUTE }],
  ['minute', { ms: MS_PER_MINUTE }],
  ['second', { ms: 1000 }],
  ['millisecond', { ms: 1 }],
]);
const UNIT_NAMES = [...UNITS.keys()].map((name) => `${name}s`);

const LONGEST_READ = 200;
/** Measured on Node 20: up to 150 ns for each letter of a format, for reading it and then a part of the date. */
const FUEL_PER_FORMAT_UNIT = 8;
const LONGEST_SHOWN = 40;
/** More than the milliseconds of the years 1 to 9999. */
const MAX_AMOUNT = 1e15;

function parse(context: NativeContext, value: Value, format: Value): Value {
  if (typeof value !== 'string') throw refuse('DATE_PARSE: first arg must be string');
  if (format === null || format === undefined)
    return written(context, 'DATE_PARSE', inUtc(dateArgument('DATE_PARSE', value)));
  const parts = formatArgument(context, 'DATE_PARSE', format);
  const date = value.length > LONGEST_READ ? undefined : readByFormat(value, parts);
  if (date === undefined) {
    throw argumentFault('MR6013', `DATE_PARSE: cannot parse '${shown(value)}' as '${shown(format as string)}'`);
  }
  return written(context, 'DATE_PARSE', inUtc(date));
}

function format(context: NativeContext, value: Value, pattern: Value): Value {
  const date = dateArgument('DATE_FORMAT', value);
  const text = writeByFormat(date, formatArgument(context, 'DATE_FORMAT', pattern));
  allocateText(context, text.length);
  return text;
}

function add(context: NativeContext, value: Value, amount: Value, unitName: Value): Value {
  const date = dateArgument('DATE_ADD', value);
  if (typeof amount !== 'bigint' && !Number.isSafeInteger(amount)) throw refuse('DATE_ADD: amount must be integer');
  const unit = unitArgument('DATE_ADD', unitName);
  const count = Number(amount);
  if (Math.abs(count) > MAX_AMOUNT) throw outOfRange('DATE_ADD');
  const hasTime = date.hasTime || ('ms' in unit && unit.ms % MS_PER_DAY !== 0);
  return written(context, 'DATE_ADD', {
    time: later(date.time, count, unit),
    offsetMinutes: date.offsetMinutes,
    hasTime,
  });
}

function difference(_context: NativeContext, from: Value, to: Value, unitName: Value): Value {
  const start = dateArgument('DATE_DIFF', from);
  const end = utcTimeOf(dateArgument('DATE_DIFF', to));
  const unit = unitArgument('DATE_DIFF', unitName);
  if ('ms' in unit) return Math.trunc((end - utcTimeOf(start)) / unit.ms) + 0;
  const endTime = end + start.offsetMinutes * MS_PER_MINUTE;
  return Math.trunc(wholeMonths(start.time, endTime) / unit.months) + 0;
}

/** The most months that can be added to the start without passing the end. */
function wholeMonths(start: number, end: number): number {
  const first = fieldsOf(start);
  const last = fieldsOf(end);
  const months = (last.year - first.year) * 12 + (last.month - first.month);
  if (months > 0 && addMonths(start, months) > end) return months - 1;
  if (months < 0 && addMonths(start, months) < end) return months + 1;
  return months;
}

function later(time: number, count: number, unit: Unit): number {
  return 'ms' in unit ? time + count * unit.ms : addMonths(time, count * unit.months);
}

function inUtc(date: DateValue): DateValue {
  return { time: utcTimeOf(date), offsetMinutes: 0, hasTime: date.hasTime };
}

function written(context: NativeContext, name: string, date: DateValue): string {
  allocateText(context, LONGEST_WRITTEN);
  const text = dateText(date);
  if (text === undefined) throw outOfRange(name);
  return text;
}

function dateArgument(name: string, value: Value): DateValue {
  if (typeof value !== 'string') throw refuse(`${name}: date must be string`);
  const date = readDate(value);
  if (date === undefined) throw argumentFault('MR6013', `${name}: '${shown(value)}' is not an ISO 8601 date`);
  return date;
}

function formatArgument(context: NativeContext, name: string, value: Value): DateFormat {
  if (typeof value !== 'string') throw refuse(`${name}: format must be string`);
  context.charge(FUEL_PER_FORMAT_UNIT * Math.min(value.length, LONGEST_READ));
  const read = readFormat(value);
  if ('problem' in read) throw refuseArgument(`${name}: ${read.problem}`);
  return read;
}

function unitArgument(name: string, value: Value): Unit {
  if (typeof value !== 'string') throw refuse(`${name}: unit must be string`);
  const unit = UNITS.get(value.endsWith('s') ? value.slice(0, -1) : value);
  if (unit === undefined) {
    throw refuseArgument(`${name}: unknown unit '${shown(value)}'; there are ${UNIT_NAMES.join(', ')}`);
  }
  return unit;
}

function outOfRange(name: string): Fault {
  return refuseArgument(`${name}: result is outside the years 1 to 9999`);
}

function shown(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

export const DATE_ROWS = [
  ...impliedRows('time', [
    {
      name: 'NOW',
      usage: 'NOW()',
      minArgs: 0,
      maxArgs: 0,
      doc: 'The present moment as ISO 8601 text in UTC; needs the capability `host:clock`.',
      examples: [
        ['SUBSTRING(NOW(), 10, 1)', '"T"'],
        ['ENDS_WITH(NOW(), "Z")', 'true'],
      ],
      uri: 'host:clock',
      member: 'now',
    },
  ]),
  ...ours(
    nativeRows('time', [
      {
        name: 'DATE_PARSE',
        usage: 'DATE_PARSE(text[, format])',
        minArgs: 1,
        maxArgs: 2,
        doc: 'The date of a text in ISO 8601 or in a format (see DATE_FORMAT), as ISO 8601 text: `yyyy-MM-dd` for a day alone, otherwise in UTC, so that equal moments have equal texts; a text without an offset is in UTC, a format must have a year, and to sort by time one sorts by DATE_DIFF from a fixed date.',
        examples: [
          ['DATE_PARSE("2024-02-29T23:30:00.5-05:00")', '"2024-03-01T04:30:00.500Z"'],
          ['DATE_PARSE("29.2.2024", "d.M.yyyy")', '"2024-02-29"'],
          ['DATE_PARSE("Feb 29, 2024 7:05 PM", "MMM d, yyyy h:mm a")', '"2024-02-29T19:05:00Z"'],
          ['DATE_PARSE("2023-02-29")', "✗ DATE_PARSE: '2023-02-29' is not an ISO 8601 date"],
          ['DATE_PARSE("soon", "yyyy")', "✗ DATE_PARSE: cannot parse 'soon' as 'yyyy'"],
        ],
        cost: 200,
        borrows: true,
        call: parse,
      },
      {
        name: 'DATE_FORMAT',
        usage: 'DATE_FORMAT(date, format)',
        minArgs: 2,
        maxArgs: 2,
        doc: 'The date in a format, on the clock of its own offset: `yyyy` `yy` year (20yy), `MM` `M` month, `MMMM` `MMM` its English name, `dd` `d` day, `EEEE` `EEE` weekday, `HH` `H` hour, `hh` `h` hour of `a` (AM or PM), `mm` `m` minute, `ss` `s` second, `S` to `SSSSSSSSS` digits of its fraction, `XXX` `XX` offset (+02:00, +0200 or Z), `xxx` `xx` the same without Z; other letters stand between apostrophes.',
        examples: [
          ['DATE_FORMAT("2024-02-29", "EEEE, d MMMM yyyy")', '"Thursday, 29 February 2024"'],
          ['DATE_FORMAT("2024-02-29T23:30:00-05:00", "yyyyMMdd\'T\'HHmmssxx")', '"20240229T233000-0500"'],
          ['DATE_FORMAT("2024-02-29", "Q")', "✗ DATE_FORMAT: format has the unknown part 'Q'"],
          ['DATE_FORMAT(5, "yyyy")', '✗ DATE_FORMAT: date must be string'],
        ],
        cost: 200,
        borrows: true,
        call: format,
      },
      {
        name: 'DATE_ADD',
        usage: 'DATE_ADD(date, amount, unit)',
        minArgs: 3,
        maxArgs: 3,
        doc: 'The date so many `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds` or `milliseconds` later, or earlier for a negative amount, with the same offset; a day that the month lacks becomes its last.',
        examples: [
          ['DATE_ADD("2024-01-31", 1, "month")', '"2024-02-29"'],
          ['DATE_ADD("2024-02-29", -1, "years")', '"2023-02-28"'],
          ['DATE_ADD("2024-12-31T23:59:59+01:00", 1, "second")', '"2025-01-01T00:00:00+01:00"'],
          ['DATE_ADD("1970-01-01", 1709164800, "seconds")', '"2024-02-29T00:00:00Z"'],
          [
            'DATE_ADD("2024-01-01", 1, "fortnight")',
            "✗ DATE_ADD: unknown unit 'fortnight'; there are years, months, weeks, days, hours, minutes, seconds, milliseconds",
          ],
        ],
        cost: 150,
        borrows: true,
        call: add,
      },
      {
        name: 'DATE_DIFF',
        usage: 'DATE_DIFF(from, to, unit)',
        minArgs: 3,
        maxArgs: 3,
        doc: 'How many whole units (those of DATE_ADD) there are from one date to another; negative when the second is the earlier one.',
        examples: [
          ['DATE_DIFF("2024-02-28", "2024-03-01", "days")', '2'],
          ['DATE_DIFF("2000-02-29", "2024-02-28", "years")', '23'],
          ['DATE_DIFF("2024-01-01T00:00:00+02:00", "2024-01-01", "minutes")', '120'],
          ['DATE_DIFF("2024-03-01", "2024-01-31", "months")', '-1'],
          ['DATE_DIFF("2024-01-01", null, "days")', '✗ DATE_DIFF: date must be string'],
        ],
        cost: 200,
        borrows: true,
        call: difference,
      },
    ]),
  ),
];
