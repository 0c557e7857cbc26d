import { inspect } from 'node:util';
import { Big, MC, RoundingMode } from 'bigdecimal.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Decimal, decimalsWereMade } from '../../../src/value/decimal.ts';
import { loadDecimalLibrary } from '../../../src/value/decimal-library.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalRounding,
  divideDecimals,
  integerOfDecimal,
  multiplyDecimals,
  negateDecimal,
  remainderDecimals,
  roundDecimal,
  squareRootOfDecimal,
  subtractDecimals,
} from '../../../src/value/decimal-math.ts';
import { CountingMeter, refusalOf } from './metering.ts';

const meter = () => new CountingMeter();
const dec = (text: string) => Decimal.of(text);
const text = (decimal: Decimal) => Decimal.textOf(decimal);

const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -30, max: 40 }))
  .map(([unscaled, scale]) => ({ ours: Decimal.make(unscaled, scale), theirs: Big(unscaled, scale) }));

describe('texts of decimals', () => {
  it.each([
    ['1.10', '1.10', '1.10'],
    ['1e3', '1E+3', '1000'],
    ['1e-7', '1E-7', '0.0000001'],
    ['0.000001', '0.000001', '0.000001'],
    ['-12.50e2', '-1250', '-1250'],
    ['.5', '0.5', '0.5'],
    ['5.', '5', '5'],
    ['+0012.30', '12.30', '12.30'],
    ['0e5', '0E+5', '0'],
    ['0.00', '0.00', '0.00'],
    ['123e-10', '1.23E-8', '0.0000000123'],
  ])('%s prints as %s and plainly as %s', (source, expected, plain) => {
    expect(text(dec(source))).toBe(expected);
    expect(Decimal.plainTextOf(dec(source))).toBe(plain);
  });

  it.each([
    '',
    '.',
    '-',
    '1.2.3',
    'abc',
    '1e',
    '1e+',
    ' 1',
    '1 ',
    '0x1',
    '1_000',
    'Infinity',
    'NaN',
    '1e99999999999',
    '١',
  ])('refuses %j', (source) => {
    expect(Decimal.parse(source)).toBeUndefined();
    expect(() => Decimal.of(source)).toThrow(RangeError);
  });

  it('agrees with the oracle on text, plain text and parsing', () => {
    fc.assert(
      fc.property(anyDecimal, ({ ours, theirs }) => {
        expect(text(ours)).toBe(theirs.toString());
        expect(Decimal.plainTextOf(ours)).toBe(theirs.toPlainString());
        const again = dec(text(ours));
        expect([Decimal.unscaledOf(again), Decimal.scaleOf(again)]).toEqual([theirs.unscaledValue(), theirs.scale()]);
      }),
    );
  });
});

describe('arithmetic', () => {
  beforeAll(loadDecimalLibrary);

  it('agrees with the oracle on the exact operations', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        expect(text(addDecimals(meter(), a.ours, b.ours))).toBe(a.theirs.add(b.theirs).toString());
        expect(text(subtractDecimals(meter(), a.ours, b.ours))).toBe(a.theirs.subtract(b.theirs).toString());
        expect(text(multiplyDecimals(meter(), a.ours, b.ours))).toBe(a.theirs.multiply(b.theirs).toString());
        expect(text(negateDecimal(meter(), a.ours))).toBe(a.theirs.negate().toString());
        expect(Math.sign(compareDecimals(meter(), a.ours, b.ours))).toBe(Math.sign(a.theirs.compareTo(b.theirs)));
      }),
    );
  });

  it('agrees with the oracle on rounding to a scale', () => {
    const modes: readonly (readonly [DecimalRounding, RoundingMode])[] = [
      ['down', RoundingMode.DOWN],
      ['up', RoundingMode.UP],
      ['floor', RoundingMode.FLOOR],
      ['ceiling', RoundingMode.CEILING],
      ['half-up', RoundingMode.HALF_UP],
      ['half-even', RoundingMode.HALF_EVEN],
    ];
    fc.assert(
      fc.property(
        anyDecimal,
        fc.integer({ min: -20, max: 20 }),
        fc.constantFrom(...modes),
        (a, scale, [ours, theirs]) => {
          expect(text(roundDecimal(meter(), a.ours, scale, ours))).toBe(a.theirs.setScale(scale, theirs).toString());
        },
      ),
    );
  });

  it('divides to within half a unit of the 34th digit', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        fc.pre(!Decimal.isZero(b.ours));
        const quotient = divideDecimals(meter(), a.ours, b.ours);
        expect(Decimal.unscaledOf(quotient).toString().replace('-', '').length).toBeLessThanOrEqual(34);
        const error = subtractDecimals(meter(), a.ours, multiplyDecimals(meter(), quotient, b.ours));
        const halfUnit = Decimal.make(5n, Decimal.scaleOf(quotient) + 1);
        const bound = multiplyDecimals(meter(), halfUnit, b.ours);
        const square = (d: Decimal) => multiplyDecimals(meter(), d, d);
        expect(compareDecimals(meter(), square(error), square(bound))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it.each([
    ['1.0', '8', '0.125'],
    ['6.00', '2', '3.00'],
    ['1.00', '2.0', '0.5'],
    ['100', '10.0', '1E+1'],
    ['1.0', '3', '0.3333333333333333333333333333333333'],
    ['2', '3', '0.6666666666666666666666666666666667'],
  ])('%s / %s = %s', (a, b, expected) => {
    expect(text(divideDecimals(meter(), dec(a), dec(b)))).toBe(expected);
  });

  it.each([
    ['7.50', '2.0', '1.50'],
    ['7.5', '2', '1.5'],
    ['-7.5', '2', '-1.5'],
    ['1', '3', '1'],
  ])('%s %% %s = %s', (a, b, expected) => {
    expect(text(remainderDecimals(meter(), dec(a), dec(b)))).toBe(expected);
  });

  it('refuses a remainder whose quotient needs more than 34 digits', () => {
    expect(refusalOf(() => remainderDecimals(meter(), dec('1e40'), dec('3')))).toBe(
      'ArithmeticException MR6003 Division impossible',
    );
  });

  it('rounds to integers and takes roots', () => {
    expect(integerOfDecimal(meter(), dec('-2.5'), 'floor')).toBe(-3n);
    expect(integerOfDecimal(meter(), dec('-2.5'), 'ceiling')).toBe(-2n);
    expect(integerOfDecimal(meter(), dec('2.5'), 'half-even')).toBe(2n);
    expect(integerOfDecimal(meter(), dec('1e3'), 'down')).toBe(1000n);
    expect(text(roundDecimal(meter(), dec('1.1'), 3, 'half-even'))).toBe('1.100');
    expect(text(squareRootOfDecimal(meter(), dec('2')))).toBe(Big('2').sqrt(MC(34, RoundingMode.HALF_UP)).toString());
  });

  it('knows whole numbers', () => {
    expect(Decimal.wholeOf(dec('2.00'))).toBe(2n);
    expect(Decimal.wholeOf(dec('2e2'))).toBe(200n);
    expect(Decimal.wholeOf(dec('2.01'))).toBeUndefined();
    expect(Decimal.numberOf(dec('0.1'))).toBe(0.1);
  });
});

describe('limits', () => {
  it('refuses exponents and digits that could eat memory', () => {
    expect(Decimal.parse('1e999999999')).toBeUndefined();
    expect(Decimal.parse('1e-999999999')).toBeUndefined();
    expect(Decimal.parse(`1${'0'.repeat(20_000)}`)).toBeUndefined();
    expect(Decimal.parse('9'.repeat(20_000))).toBeInstanceOf(Decimal);
    expect(() => Decimal.of(10n ** 20_000n)).toThrow(RangeError);
  });

  it('stops products and sums that grow beyond them', () => {
    const long = dec('9'.repeat(15_000));
    expect(refusalOf(() => multiplyDecimals(meter(), long, long))).toBe('ArithmeticException MR6023 Overflow');
    const low = dec('1e-15000');
    expect(refusalOf(() => multiplyDecimals(meter(), low, low))).toBe('ArithmeticException MR6023 Underflow');
    const high = dec('1e15000');
    expect(refusalOf(() => multiplyDecimals(meter(), high, high))).toBe('ArithmeticException MR6023 Overflow');
    expect(refusalOf(() => addDecimals(meter(), high, low))).toBe('ArithmeticException MR6023 Overflow');
  });

  it('charges for aligning far scales before it happens', () => {
    expect(refusalOf(() => compareDecimals(new CountingMeter({ fuel: 1_000 }), dec('1e20000'), dec('1e-20000')))).toBe(
      'stop MR5001',
    );
  });
});

describe('in the hands of a host', () => {
  it('prints, and refuses to become a number silently', () => {
    const price = Decimal.of('19.90');
    expect(`${price}`).toBe('19.90');
    expect(JSON.stringify({ price })).toBe('{"price":"19.90"}');
    expect(JSON.stringify(Decimal.of('1e3'))).toBe('"1000"');
    expect(inspect(price)).toBe('Decimal(19.90)');
    expect(() => (price as unknown as number) + 1).toThrow(TypeError);
    expect(() => Number(price)).toThrow(TypeError);
  });

  it('is made from texts, integers and numbers by their shortest text', () => {
    expect(String(Decimal.of(0.1))).toBe('0.1');
    expect(String(Decimal.of(5n))).toBe('5');
    expect(String(Decimal.of(1e21))).toBe('1E+21');
    expect(() => Decimal.of(Number.NaN)).toThrow(RangeError);
    expect(() => Decimal.of(null as unknown as string)).toThrow(TypeError);
    expect(() => new Decimal('1' as unknown as bigint, 0)).toThrow(TypeError);
  });

  it('inherits nothing', () => {
    const price = Decimal.of('1.5');
    expect(Reflect.get(price, 'constructor')).toBeUndefined();
    expect(Reflect.get(price, '__proto__')).toBeUndefined();
    expect(Reflect.get(price, 'hasOwnProperty')).toBeUndefined();
    expect(Object.keys(price)).toEqual([]);
  });
});

it('rounds only once the library has been loaded, and starts loading with the first decimal', async () => {
  vi.resetModules();
  const fresh = await import('../../../src/value/decimal.ts');
  const math = await import('../../../src/value/decimal-math.ts');
  const library = await import('../../../src/value/decimal-library.ts');
  const faults = await import('../../../src/value/fault.ts');
  expect(fresh.decimalsWereMade()).toBe(false);
  const one = fresh.Decimal.make(1n, 0);
  expect(fresh.decimalsWereMade()).toBe(true);
  expect(library.isDecimalLibraryLoaded()).toBe(false);
  expect(fresh.Decimal.textOf(math.addDecimals(meter(), one, one))).toBe('2');
  let stop: unknown;
  try {
    math.divideDecimals(meter(), one, one);
  } catch (error) {
    stop = error;
  }
  expect(stop).toEqual(new faults.Stop('MR6022', 'decimals are not ready'));
  await library.loadDecimalLibrary();
  expect(fresh.Decimal.textOf(math.divideDecimals(meter(), one, one))).toBe('1');
  expect(decimalsWereMade()).toBe(true);
});
