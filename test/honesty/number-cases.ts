/** Functions on numbers and dates. */
import { bigInteger, type Case, computing, doing, flatText, latinText } from './case.ts';

/** Decimal digits of big integers, up to the largest that the language has. */
const DIGITS = [1, 20, 400, 8e3, 4e4, 1.5e5];
/** A format has at most 100 characters. */
const FORMAT_LENGTHS = [5, 10, 20, 40, 60, 90];
/** Digits that a decimal may have. */
const DECIMAL_DIGITS = [1, 5, 20, 100, 300, 1000];

const integer = (n: number) => ({ a: bigInteger(n), b: bigInteger(Math.ceil(n / 2)) });
const negative = (n: number) => ({ a: -bigInteger(n) });
const decimal = (n: number) => ({ a: `${latinText(n, '7')}.5`, b: `1.${latinText(n, '3')}` });
const big = (name: string, expression: string, inputs = integer): Case =>
  computing(name, expression, { inputs, sizes: DIGITS });

const fractional = (name: string, expression: string, sizes = DECIMAL_DIGITS): Case =>
  doing(
    name,
    (_n, k) => `LET d${k} = DEC(a); LET e${k} = DEC(b); LET r${k} = ${expression.replaceAll('$', String(k))};`,
    {
      inputs: decimal,
      sizes,
      kept: `LET d = DEC(a); LET e = DEC(b); APPEND TO out ${expression.replaceAll('$', '')};`,
    },
  );

export const NUMBER_CASES: readonly Case[] = [
  computing('ABS', 'ABS(a)', { inputs: (n) => ({ a: -n / 7 }) }),
  big('ABS: of a big integer', 'ABS(a)', negative as typeof integer),
  fractional('ABS: of a decimal', 'ABS(d$)'),
  computing('DEC', 'DEC(a)', { inputs: decimal, sizes: DECIMAL_DIGITS }),
  computing('DEC: an integer', 'DEC(a)', { inputs: (n) => ({ a: latinText(n, '7') }), sizes: DIGITS }),
  computing('DEC: of a float', 'DEC(a)', { inputs: (n) => ({ a: n / 7e-200 }) }),
  computing('DEC: that fails', 'TRY DEC(a) CATCH (e) -> e', { inputs: (n) => ({ a: flatText(n, '1.') }) }),
  computing('FLOOR', 'FLOOR(a)', { inputs: (n) => ({ a: n / 7 }) }),
  fractional('FLOOR: of a decimal', 'FLOOR(d$)'),
  computing('CEIL', 'CEIL(a)', { inputs: (n) => ({ a: n / 7 }) }),
  fractional('CEIL: of a decimal', 'CEIL(d$)'),
  computing('ROUND', 'ROUND(a)', { inputs: (n) => ({ a: n / 7 }) }),
  computing('ROUND: to places', 'ROUND(a, 3)', { inputs: (n) => ({ a: n / 7 }) }),
  fractional('ROUND: of a decimal', 'ROUND(d$, 1)'),
  big('ROUND: of a big integer', 'ROUND(a, -3)'),
  computing('POWER', 'POWER(2, a)', { inputs: (n) => ({ a: n }), sizes: [1, 10, 100, 1e3, 1e4, 1e5] }),
  computing('POWER: of a fraction', 'POWER(1.5, a)', { inputs: (n) => ({ a: n }), sizes: [1, 5, 10, 50, 100, 500] }),
  big('POWER: of a big integer', 'POWER(a, 2)'),
  computing('POWER: of a decimal', 'POWER(DEC("1.37"), a)', {
    inputs: (n) => ({ a: n }),
    sizes: [1, 4, 16, 64, 100, 200],
  }),
  computing('SQRT', 'SQRT(a)', { inputs: (n) => ({ a: n / 7 }) }),
  big('SQRT: of a big integer', 'SQRT(a)'),
  fractional('SQRT: of a decimal', 'SQRT(d$)'),
  computing('RANDOM', 'RANDOM()'),
  computing('UUID', 'UUID()'),
  computing('NOW', 'NOW()'),
  computing('DATE_PARSE', 'DATE_PARSE("2024-02-29T23:30:00.5-05:00")'),
  computing('DATE_PARSE: by a format', 'DATE_PARSE(a, b)', {
    inputs: (n) => ({ a: `2024-02-29${latinText(n, '-')}`, b: `yyyy-MM-dd${latinText(n, '-')}` }),
    sizes: FORMAT_LENGTHS,
  }),
  computing('DATE_PARSE: that fails', 'TRY DATE_PARSE(a) CATCH (e) -> e', {
    inputs: (n) => ({ a: latinText(n, '2024-') }),
  }),
  computing('DATE_FORMAT', 'DATE_FORMAT("2024-02-29", a)', {
    inputs: (n) => ({ a: latinText(n, 'EEEE ') }),
    sizes: FORMAT_LENGTHS,
  }),
  computing('DATE_FORMAT: quoted', 'DATE_FORMAT("2024-02-29", a)', {
    inputs: (n) => ({ a: `'${latinText(n, 'a')}'` }),
    sizes: FORMAT_LENGTHS,
  }),
  computing('DATE_ADD', 'DATE_ADD("2024-01-31", a, "month")', {
    inputs: (n) => ({ a: n }),
    sizes: [1, 10, 100, 1e3, 1e4, 9e4],
  }),
  computing('DATE_DIFF', 'DATE_DIFF("2000-02-29", "2024-02-28", "years")'),
  computing('DATE_DIFF: that fails', 'TRY DATE_DIFF(a, "2024-02-28", "years") CATCH (e) -> e', {
    inputs: (n) => ({ a: latinText(n) }),
  }),
  big('ADD: big integers', 'a + b'),
  big('SUB: big integers', 'a - b'),
  big('MUL: big integers', 'a * b'),
  big('DIV: big integers', 'a / b'),
  big('IDIV: big integers', 'a // b'),
  big('IDIV: by a small one', 'a // 7'),
  big('MOD: big integers', 'a % b'),
  big('MOD: by a small one', 'a % 7'),
  big('NEG: big integers', '-a'),
  big('EQ: big integers', 'a == (a + 0)'),
  big('NEQ: big integers', 'a != (a + 0)'),
  big('LT: big integers', 'a < (a + 1)'),
  big('LE: big integers', 'a <= (a + 1)'),
  big('GT: big integers', 'a > (a + 1)'),
  big('GE: big integers', 'a >= (a + 1)'),
  fractional('ADD: decimals', 'd$ + e$'),
  fractional('SUB: decimals', 'd$ - e$'),
  fractional('MUL: decimals', 'd$ * e$'),
  fractional('DIV: decimals', 'd$ / e$'),
  fractional('MOD: decimals', 'd$ % e$', [1, 5, 10, 15, 20, 30]),
  fractional('NEG: decimals', '-d$'),
  fractional('EQ: decimals', 'd$ == e$'),
  fractional('LT: decimals', 'd$ < e$'),
  doing('ADD: decimals of unlike scale', (_n, k) => `LET d${k} = DEC("1e" + a); LET r${k} = d${k} + DEC("1e-" + a);`, {
    inputs: (n) => ({ a: n }),
    sizes: [1, 5, 20, 100, 300, 900],
    kept: 'APPEND TO out DEC("1e" + a) + DEC("1e-" + a);',
  }),
];
