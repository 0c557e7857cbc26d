/** Dates: the calendar against the host's own UTC arithmetic, texts, formats, units and charges. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { addMonths, areFieldsValid, fieldsOf, timeOf, weekdayOf } from '../../../src/std/calendar.ts';
import type { Value } from '../../../src/value/kinds.ts';
import { CountingContext, call, outcome, outcomeIn } from './calls.ts';

const FIRST = timeOf(dayFields(1, 1, 1));
const LAST = timeOf(dayFields(9999, 12, 31)) + 86_399_999;

function dayFields(year: number, month: number, day: number) {
  return { year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 };
}

const anyTime = fc.integer({ min: FIRST, max: LAST });

describe('the calendar', () => {
  it('agrees with the host on every moment', () => {
    fc.assert(
      fc.property(anyTime, (time) => {
        const date = new Date(time);
        const fields = fieldsOf(time);
        expect(fields).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
          millisecond: date.getUTCMilliseconds(),
        });
        expect(timeOf(fields)).toBe(time);
        expect((weekdayOf(time) + 1) % 7).toBe(date.getUTCDay());
        expect(areFieldsValid(fields)).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('agrees on every day of four centuries', () => {
    for (let time = Date.UTC(1896, 1, 1); time < Date.UTC(2304, 2, 2); time += 86_400_000) {
      const { year, month, day } = fieldsOf(time);
      if (Date.UTC(year, month - 1, day) !== time) throw new Error(`${year}-${month}-${day} is not ${time}`);
    }
  });

  it('adds months within the month', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -5000, max: 5000 }), (time, months) => {
        const from = fieldsOf(time);
        const to = fieldsOf(addMonths(time, months));
        expect(to.year * 12 + to.month - (from.year * 12 + from.month)).toBe(months);
        expect(to.day).toBeLessThanOrEqual(from.day);
        if (to.day < from.day) expect(fieldsOf(addMonths(time, months) + 86_400_000).day).toBe(1);
        expect({ ...to, year: 0, month: 0, day: 0 }).toEqual({ ...from, year: 0, month: 0, day: 0 });
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});

test.each<[string, Value[], string]>([
  ['DATE_PARSE', ['2024-02-29'], '"2024-02-29"'],
  ['DATE_PARSE', ['2024-02-29T12:30'], '"2024-02-29T12:30:00Z"'],
  ['DATE_PARSE', ['2024-02-29 12:30:15'], '"2024-02-29T12:30:15Z"'],
  ['DATE_PARSE', ['2024-02-29t12:30:15,25z'], '"2024-02-29T12:30:15.250Z"'],
  ['DATE_PARSE', ['2024-02-29T12:30:15.123456789Z'], '"2024-02-29T12:30:15.123Z"'],
  ['DATE_PARSE', ['2024-02-29T12:30:15.0001Z'], '"2024-02-29T12:30:15Z"'],
  ['DATE_PARSE', ['2024-01-01T00:00+02'], '"2023-12-31T22:00:00Z"'],
  ['DATE_PARSE', ['2024-01-01T00:00+0230'], '"2023-12-31T21:30:00Z"'],
  ['DATE_PARSE', ['2024-01-01T00:00-00:00'], '"2024-01-01T00:00:00Z"'],
  ['DATE_PARSE', ['0001-01-01'], '"0001-01-01"'],
  ['DATE_PARSE', ['9999-12-31T23:59:59.999Z'], '"9999-12-31T23:59:59.999Z"'],
  ['DATE_PARSE', ['2000-02-29'], '"2000-02-29"'],
  ['DATE_PARSE', ['2024-02-29', null], '"2024-02-29"'],
  ...[
    '1900-02-29',
    '2023-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-01',
    '2024-01-00',
    '0000-01-01',
    '2024-01-01T24:00',
    '2024-01-01T12:60',
    '2024-01-01T12:00:60',
    '2024-01-01T12',
    '2024-01-01T12:00:00.',
    '2024-01-01T12:00:00.1234567890',
    '2024-01-01T12:00+24:00',
    '2024-01-01T12:00+01:60',
    '2024-01-01+01:00',
    '2024-1-1',
    '24-01-01',
    '20240101',
    '+2024-01-01',
    '２０２４-01-01',
    ' 2024-01-01',
    '2024-01-01\n',
    '',
  ].map((text): [string, Value[], string] => [
    'DATE_PARSE',
    [text],
    `✗ IAE DATE_PARSE: '${text}' is not an ISO 8601 date`,
  ]),
  [
    'DATE_PARSE',
    [`2024-01-01${' '.repeat(40)}`],
    `✗ IAE DATE_PARSE: '2024-01-01${' '.repeat(30)}…' is not an ISO 8601 date`,
  ],
  ['DATE_PARSE', ['0001-01-01T00:00+01:00'], '✗ IAE DATE_PARSE: result is outside the years 1 to 9999'],
  ['DATE_PARSE', ['9999-12-31T23:59-01:00'], '✗ IAE DATE_PARSE: result is outside the years 1 to 9999'],
  ['DATE_PARSE', [null], '✗ ISE DATE_PARSE: first arg must be string'],
  ['DATE_PARSE', ['2024', 5], '✗ ISE DATE_PARSE: format must be string'],
  ['DATE_PARSE', ['20240229', 'yyyyMMdd'], '"2024-02-29"'],
  ['DATE_PARSE', ['2024', 'yyyy'], '"2024-01-01"'],
  ['DATE_PARSE', ['31/12/99', 'dd/MM/yy'], '"2099-12-31"'],
  ['DATE_PARSE', ['1.2.2024', 'd.M.yyyy'], '"2024-02-01"'],
  ['DATE_PARSE', ['29/feb/2024:10:11:12 +0100', 'dd/MMM/yyyy:HH:mm:ss xx'], '"2024-02-29T09:11:12Z"'],
  ['DATE_PARSE', ['Thursday, FEBRUARY 29 2024', 'EEEE, MMMM d yyyy'], '"2024-02-29"'],
  ['DATE_PARSE', ['Thu 29 Feb 2024 12:05 am', 'EEE d MMM yyyy hh:mm a'], '"2024-02-29T00:05:00Z"'],
  ['DATE_PARSE', ['2024 12:05 PM', 'yyyy h:mm a'], '"2024-01-01T12:05:00Z"'],
  ['DATE_PARSE', ['2024-02-29T10:11:12.123456Z', "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"], '"2024-02-29T10:11:12.123Z"'],
  ['DATE_PARSE', ["2024-02-29 5 o'clock", "yyyy-MM-dd H 'o''clock'"], '"2024-02-29T05:00:00Z"'],
  ['DATE_PARSE', ["2024'", "yyyy''"], '"2024-01-01"'],
  ['DATE_PARSE', ['2024-02-29T10:00-05:30', "yyyy-MM-dd'T'HH:mmXXX"], '"2024-02-29T15:30:00Z"'],
  ...(
    [
      ['Fri 29 Feb 2024', 'EEE d MMM yyyy'],
      ['2024-02-30', 'yyyy-MM-dd'],
      ['2024-2-29', 'yyyy-MM-dd'],
      ['2024-02-29x', 'yyyy-MM-dd'],
      ['2024-02-2', 'yyyy-MM-dd'],
      ['x2024', 'yyyy'],
      ['12:30', 'HH:mm'],
      ['2024 13 PM', 'yyyy h a'],
      ['2024 0 PM', 'yyyy h a'],
      ['2024 5', 'yyyy h'],
      ['2024 5 XM', 'yyyy h a'],
      ['2024 +01:00', 'yyyy xx'],
      ['2024 +0100', 'yyyy xxx'],
      ['2024 Z', 'yyyy xx'],
      ['2024 +99:00', 'yyyy XXX'],
      ['2024 Foo', 'yyyy MMM'],
      ['2024.1', 'yyyy.SSS'],
      ['', 'yyyy'],
    ] as const
  ).map(([text, format]): [string, Value[], string] => [
    'DATE_PARSE',
    [text, format],
    `✗ IAE DATE_PARSE: cannot parse '${text}' as '${format}'`,
  ]),
  ['DATE_FORMAT', ['2024-02-09T03:04:05.067Z', 'yy M d H h m s S SS SSSS a'], '"24 2 9 3 3 4 5 0 06 0670 AM"'],
  [
    'DATE_FORMAT',
    ['2024-12-31T00:00:00+05:30', 'MMM EEE hh a XXX XX xxx xx'],
    '"Dec Tue 12 AM +05:30 +0530 +05:30 +0530"',
  ],
  ['DATE_FORMAT', ['2024-12-31', 'MMMM EEEE HH XXX XX xxx xx'], '"December Tuesday 00 Z Z +00:00 +0000"'],
  ['DATE_FORMAT', ['0099-01-01', 'yyyy yy'], '"0099 99"'],
  ['DATE_FORMAT', ['2024-01-01', "'yyyy' – '' été"], "✗ IAE DATE_FORMAT: format has the unknown part 't'"],
  ['DATE_FORMAT', ['2024-01-01', "'yyyy' – '' 'été'"], '"yyyy – \' été"'],
  ['DATE_FORMAT', ['2024-01-01', ''], '""'],
  ['DATE_FORMAT', ['2024-01-01', "yyyy 'x"], '✗ IAE DATE_FORMAT: format has an apostrophe that is not closed'],
  ['DATE_FORMAT', ['2024-01-01', 'yyyyy'], "✗ IAE DATE_FORMAT: format has the unknown part 'yyyyy'"],
  ['DATE_FORMAT', ['2024-01-01', 'S'.repeat(10)], "✗ IAE DATE_FORMAT: format has the unknown part 'SSSSSSSSSS'"],
  ['DATE_FORMAT', ['2024-01-01', '-'.repeat(101)], '✗ IAE DATE_FORMAT: format is longer than 100 characters'],
  ['DATE_FORMAT', ['2024-01-01', null], '✗ ISE DATE_FORMAT: format must be string'],
  ['DATE_FORMAT', ['soon', 'yyyy'], "✗ IAE DATE_FORMAT: 'soon' is not an ISO 8601 date"],
  ['DATE_ADD', ['2024-01-31', 1, 'months'], '"2024-02-29"'],
  ['DATE_ADD', ['2023-01-31', 1, 'month'], '"2023-02-28"'],
  ['DATE_ADD', ['2024-03-31', -1, 'month'], '"2024-02-29"'],
  ['DATE_ADD', ['2024-02-29', 4, 'years'], '"2028-02-29"'],
  ['DATE_ADD', ['2024-12-15', 13, 'months'], '"2026-01-15"'],
  ['DATE_ADD', ['2024-02-28', 1, 'day'], '"2024-02-29"'],
  ['DATE_ADD', ['2024-02-29', 2n, 'weeks'], '"2024-03-14"'],
  ['DATE_ADD', ['2024-01-01', 36, 'hours'], '"2024-01-02T12:00:00Z"'],
  ['DATE_ADD', ['2024-01-01', 0, 'minutes'], '"2024-01-01T00:00:00Z"'],
  ['DATE_ADD', ['2024-01-01', -1, 'millisecond'], '"2023-12-31T23:59:59.999Z"'],
  ['DATE_ADD', ['2024-01-31T23:30:00-05:00', 1, 'month'], '"2024-02-29T23:30:00-05:00"'],
  ['DATE_ADD', ['9999-12-31', 1, 'day'], '✗ IAE DATE_ADD: result is outside the years 1 to 9999'],
  ['DATE_ADD', ['0001-01-01', -1, 'years'], '✗ IAE DATE_ADD: result is outside the years 1 to 9999'],
  [
    'DATE_ADD',
    ['2024-01-01', Number.MAX_SAFE_INTEGER, 'years'],
    '✗ IAE DATE_ADD: result is outside the years 1 to 9999',
  ],
  ['DATE_ADD', ['2024-01-01', 10n ** 400n, 'days'], '✗ IAE DATE_ADD: result is outside the years 1 to 9999'],
  ['DATE_ADD', ['2024-01-01', 1e15, 'weeks'], '✗ IAE DATE_ADD: result is outside the years 1 to 9999'],
  ['DATE_ADD', ['2024-01-01', -1e15, 'years'], '✗ IAE DATE_ADD: result is outside the years 1 to 9999'],
  ['DATE_ADD', ['2024-01-01', 1.5, 'days'], '✗ ISE DATE_ADD: amount must be integer'],
  ['DATE_ADD', ['2024-01-01', '1', 'days'], '✗ ISE DATE_ADD: amount must be integer'],
  ['DATE_ADD', ['2024-01-01', 1, null], '✗ ISE DATE_ADD: unit must be string'],
  ['DATE_ADD', ['2024-02-30', 1, 'days'], "✗ IAE DATE_ADD: '2024-02-30' is not an ISO 8601 date"],
  ['DATE_DIFF', ['2024-01-31', '2024-02-29', 'months'], '1'],
  ['DATE_DIFF', ['2024-01-31', '2024-02-28', 'months'], '0'],
  ['DATE_DIFF', ['2024-03-31', '2024-02-29', 'months'], '-1'],
  ['DATE_DIFF', ['2024-03-31', '2024-03-01', 'months'], '0'],
  ['DATE_DIFF', ['2024-02-29', '2025-02-28', 'years'], '1'],
  ['DATE_DIFF', ['2024-02-29', '2025-02-27', 'years'], '0'],
  ['DATE_DIFF', ['2024-01-01', '2023-12-31', 'weeks'], '0'],
  ['DATE_DIFF', ['2024-01-08', '2024-01-01', 'week'], '-1'],
  ['DATE_DIFF', ['2024-01-01T00:00:00.999Z', '2024-01-01T00:00:00Z', 'seconds'], '0'],
  ['DATE_DIFF', ['0001-01-01', '9999-12-31T23:59:59.999Z', 'milliseconds'], '315537897599999'],
  ['DATE_DIFF', ['2024-01-31T23:00-05:00', '2024-02-29T23:00-05:00', 'months'], '1'],
  ['DATE_DIFF', ['2024-01-31T23:00-05:00', '2024-02-29T23:00Z', 'months'], '0'],
  [
    'DATE_DIFF',
    ['2024-01-01', '2024-01-02', 'S'],
    "✗ IAE DATE_DIFF: unknown unit 'S'; there are years, months, weeks, days, hours, minutes, seconds, milliseconds",
  ],
  ['DATE_DIFF', [5, '2024-01-02', 'days'], '✗ ISE DATE_DIFF: date must be string'],
])('%s %#', (name, args, expected) => {
  expect(outcome(name, ...args)).toBe(expected);
});

const UNITS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
const anyDate = fc
  .tuple(
    fc.integer({ min: Date.UTC(1800, 0, 1), max: Date.UTC(2200, 0, 1) }),
    fc.constantFrom('Z', '+02:00', '-11:30', ''),
  )
  .map(([time, offset]) => {
    const text = new Date(time).toISOString();
    return offset === '' ? text.slice(0, 10) : text.slice(0, 23) + offset;
  });

describe('properties', () => {
  const run = (name: string, ...args: Value[]) => call(new CountingContext(), name, ...args);
  const utc = (date: Value) => String(run('DATE_PARSE', run('DATE_ADD', date, 0, 'millisecond')));
  const time = (date: Value) => Date.parse(utc(date));

  it('the difference is the most that can be added without passing the other date', () => {
    fc.assert(
      fc.property(anyDate, anyDate, fc.constantFrom(...UNITS), (from, to, unit) => {
        const count = run('DATE_DIFF', from, to, unit) as number;
        const direction = time(from) <= time(to) ? 1 : -1;
        const left = (n: number) => direction * (time(to) - time(run('DATE_ADD', from, n, unit)));
        expect(left(count)).toBeGreaterThanOrEqual(0);
        expect(left(count + direction)).toBeLessThan(0);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('what a full format writes it also reads', () => {
    const formats = ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", 'EEE, d MMM yyyy h:m:s.SSS a xx', 'yyyyMMddHHmmssSSSXX'];
    fc.assert(
      fc.property(anyDate, fc.constantFrom(...formats), (date, format) => {
        const text = run('DATE_FORMAT', date, format);
        expect(run('DATE_PARSE', text, format)).toBe(utc(date));
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it('normal form is kept, and differences follow time', () => {
    fc.assert(
      fc.property(anyDate, anyDate, (a, b) => {
        const [first, second] = [utc(a), utc(b)];
        expect(run('DATE_PARSE', first)).toBe(first);
        expect(Math.sign(run('DATE_DIFF', first, second, 'milliseconds') as number)).toBe(
          Math.sign(Date.parse(second) - Date.parse(first)),
        );
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('hostile texts', () => {
  it('are charged for by the format, which is bounded', () => {
    const fuelOf = (format: string) => {
      const context = new CountingContext();
      outcomeIn(context, 'DATE_FORMAT', '2024-01-01', format);
      return context.fuel;
    };
    expect(fuelOf('d'.padEnd(100))).toBeGreaterThanOrEqual(800);
    expect(fuelOf('d'.padEnd(1_000_000))).toBeLessThanOrEqual(1600);
  });

  it('pay for the texts that they give', () => {
    for (const [name, ...args] of [
      ['DATE_PARSE', '2024-02-29T23:30:00.5-05:00'],
      ['DATE_PARSE', '29.2.2024', 'd.M.yyyy'],
      ['DATE_ADD', '2024-01-01T00:00:00.123+05:30', 1, 'days'],
      ['DATE_FORMAT', '2024-01-01', "EEEE, d MMMM yyyy 'at' HH:mm"],
    ] as const) {
      const context = new CountingContext();
      const text = call(context, name, ...args) as string;
      expect(context.memory, name).toBeGreaterThanOrEqual(32 + 2 * text.length);
    }
  });

  it('cost no more than others', () => {
    const long = '9'.repeat(1_000_000);
    const started = performance.now();
    for (const [name, ...args] of [
      ['DATE_PARSE', long],
      ['DATE_PARSE', long, 'yyyy'],
      ['DATE_PARSE', '2024', `'${"''".repeat(49)}`],
      ['DATE_FORMAT', '2024-01-01', long],
      ['DATE_ADD', long, 1, 'days'],
      ['DATE_ADD', '2024-01-01', 1, long],
    ] as const) {
      expect(outcome(name, ...args)).toMatch(/^✗ IAE .{1,200}$/);
    }
    expect(performance.now() - started).toBeLessThan(200);
  });
});
