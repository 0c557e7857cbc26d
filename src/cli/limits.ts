/** Reads `--limit fuel=1e6,memory=64mb` into limits; names and units come from the table of limits. */
import { LIMITS, type LimitName, type Limits } from '../base/limits.ts';
import { suggestName } from '../base/suggest.ts';
import { usageFailure } from './failure.ts';

const BYTE_UNITS: Readonly<Record<string, number>> = { kb: 1 << 10, mb: 1 << 20, gb: 1 << 30 };

export function parseLimits(texts: readonly string[]): Partial<Limits> {
  const limits: { [K in LimitName]?: number } = {};
  for (const part of texts.flatMap((text) => text.split(','))) {
    const [name = '', ...values] = part.split('=');
    if (!isLimitName(name)) throw usageFailure(unknownLimit(name));
    limits[name] = parseAmount(name, values.join('='));
  }
  return limits;
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name);
}

function unknownLimit(name: string): string {
  const names = Object.keys(LIMITS);
  const near = suggestName(name, names);
  return `there is no limit '${name}'; ${near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`}`;
}

function parseAmount(name: LimitName, text: string): number {
  const match = /^(\d[\d_]*(?:e\d+)?)(kb|mb|gb)?$/i.exec(text);
  const unit = match?.[2]?.toLowerCase();
  const amount =
    Number((match?.[1] ?? '').replaceAll('_', '')) * (unit === undefined ? 1 : (BYTE_UNITS[unit] as number));
  const fits =
    match !== null &&
    Number.isSafeInteger(amount) &&
    amount > 0 &&
    (unit === undefined || LIMITS[name].unit === 'bytes');
  if (!fits)
    throw usageFailure(`--limit ${name} takes a positive whole number of ${LIMITS[name].unit}, found '${text}'`);
  return amount;
}
