/**
 * The calendar (proleptic Gregorian, UTC) as arithmetic on integers: no clock, no time zone and no locale of the host.
 *
 * A time is the count of milliseconds since 1970-01-01T00:00 on the clock that shows it; what that clock is ahead of UTC
 * is known to the caller.
 */

export interface ClockFields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = 86_400_000;

const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;
/** From 0000-03-01 to 1970-01-01: with years that begin in March the leap day is the last. */
const EPOCH_DAY = 719_468;

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether there is such a day and time, in the years 1 to 9999. */
export function areFieldsValid(fields: ClockFields): boolean {
  const { year, month, day, hour, minute, second } = fields;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
  return hour <= 23 && minute <= 59 && second <= 59;
}

export function timeOf(fields: ClockFields): number {
  const inDay = ((fields.hour * 60 + fields.minute) * 60 + fields.second) * 1000 + fields.millisecond;
  return daysOf(fields.year, fields.month, fields.day) * MS_PER_DAY + inDay;
}

export function fieldsOf(time: number): ClockFields {
  const days = Math.floor(time / MS_PER_DAY);
  const inDay = time - days * MS_PER_DAY;
  const { year, month, day } = dateOf(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(inDay / 3_600_000),
    minute: Math.floor(inDay / MS_PER_MINUTE) % 60,
    second: Math.floor(inDay / 1000) % 60,
    millisecond: inDay % 1000,
  };
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(time: number): number {
  const days = Math.floor(time / MS_PER_DAY);
  // 1970-01-01 was a Thursday.
  return (((days + 3) % 7) + 7) % 7;
}

/** The same day and time so many months later or earlier; a day that the month lacks becomes its last. */
export function addMonths(time: number, months: number): number {
  const days = Math.floor(time / MS_PER_DAY);
  const from = dateOf(days);
  const count = from.year * 12 + (from.month - 1) + months;
  const year = Math.floor(count / 12);
  const month = count - year * 12 + 1;
  const day = Math.min(from.day, daysInMonth(year, month));
  return (daysOf(year, month, day) - days) * MS_PER_DAY + time;
}

function daysOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / YEARS_PER_ERA);
  const yearOfEra = marchYear - era * YEARS_PER_ERA;
  const dayOfYear = dayInMarchYear(month) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_DAY;
}

/** Days from March 1st to the first of a month. */
function dayInMarchYear(month: number): number {
  const monthsSinceMarch = (month + 9) % 12;
  return Math.floor((153 * monthsSinceMarch + 2) / 5);
}

function dateOf(days: number): Pick<ClockFields, 'year' | 'month' | 'day'> {
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9;
  const day = dayOfYear - dayInMarchYear(month) + 1;
  return { year: era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}
