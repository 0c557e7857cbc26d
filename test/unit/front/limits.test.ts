/** Limits of reading: size, nesting, chains, number of errors; and that time grows with the length only. */
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../src/base/source.ts';
import { lex, parse, readModule, renderAst } from '../../../src/front/front.ts';
import { STANDARD } from './standard.ts';

const read = (text: string) => readModule(new SourceText('limits', text), { standard: STANDARD });
const codes = (text: string) => read(text).diagnostics.map((d) => d.code);
const inTransform = (body: string) => `TRANSFORM T { ${body} }`;

describe('limits', () => {
  it('refuses sources that are too long', () => {
    expect(codes(' '.repeat((1 << 20) + 1))).toEqual(['MR1002']);
    expect(codes(' '.repeat(1 << 20))).toEqual([]);
    expect(lex(new SourceText('long', 'a'.repeat((1 << 20) + 1))).diagnostics).toHaveLength(1);
  });

  it.each([
    ['parentheses', (n: number) => `LET a = ${'('.repeat(n)}1${')'.repeat(n)}`],
    ['lists', (n: number) => `LET a = ${'['.repeat(n)}${']'.repeat(n)}`],
    ['objects', (n: number) => `LET a = ${'{a:'.repeat(n)}1${'}'.repeat(n)}`],
    ['lambdas', (n: number) => `LET a = ${'() -> '.repeat(n)}1`],
    ['blocks', (n: number) => `${'IF true THEN {'.repeat(n)}${'}'.repeat(n)}`],
    ['conditions', (n: number) => `LET a = ${'IF '.repeat(n)}true${' THEN 1 ELSE 2'.repeat(n)}`],
    ['tries', (n: number) => `LET a = ${'TRY '.repeat(n)}1${' CATCH(e) -> 2'.repeat(n)}`],
  ])('refuses nested %s', (_, make) => {
    expect(codes(inTransform(make(60)))).toEqual([]);
    expect(codes(inTransform(make(200)))).toEqual(['MR1003']);
    expect(codes(inTransform(make(20_000)))).toContain('MR1003');
  });

  it.each([
    ['operators', (n: number) => `LET a = 1${' + 1'.repeat(n)}`],
    ['calls', (n: number) => `LET f = 1; LET a = f${'()'.repeat(n)}`],
    ['slices', (n: number) => `LET xs = []; LET a = xs${'[1:]'.repeat(n)}`],
    ['negations', (n: number) => `LET a = ${'!'.repeat(n)}true`],
    ['ELSE IFs', (n: number) => `${'IF true THEN { } ELSE '.repeat(n)} { }`],
    ['IF expressions', (n: number) => `LET a = ${'IF true THEN 1 ELSE '.repeat(n)} 2`],
    ['WHENs', (n: number) => `LET a = CASE {${' WHEN true THEN 1'.repeat(n)} ELSE 2 }`],
  ])('reads chains of 400 %s and refuses 2000 and more', (_, make) => {
    expect(codes(inTransform(make(400)))).toEqual([]);
    expect(codes(inTransform(make(2000)))).toEqual(['MR1003']);
    expect(codes(inTransform(make(30_000)))).toEqual(['MR1003']);
  });

  it('does not add up siblings', () => {
    const sums = Array.from({ length: 1000 }, () => '1 + 2 * 3').join(', ');
    expect(codes(inTransform(`LET a = [${sums}]; ${'SET a.b = 1 + 1; '.repeat(1000)}`))).toEqual([]);
    expect(codes(inTransform(`LET a = ${Array.from({ length: 400 }, () => '2 * 3 * 4').join(' + ')}`))).toEqual([]);
  });

  it('counts chains inside chains', () => {
    const chain = (inner: string) => `(${inner}${' + 1'.repeat(30)})`;
    let text = '1';
    for (let i = 0; i < 30; i++) text = chain(text);
    expect(codes(inTransform(`LET a = ${text}`))).toEqual(['MR1003']);
  });

  it('stops after twenty errors and says so', () => {
    const many = codes(inTransform('LET = 1;\n'.repeat(100)));
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toBe('MR1004');
    expect(codes(`${inTransform('SET a = 1;\n'.repeat(100))}`)).toHaveLength(21);
  });

  it('follows long chains of types', () => {
    const types = Array.from({ length: 20_000 }, (_, i) => `TYPE A${i} = A${i + 1}`).join('\n');
    expect(codes(`${types}\nTYPE A20000 = text\nTRANSFORM T(x: A0) -> any { }`)).toEqual([]);
  });

  it.each([
    ['opened blocks', '{'.repeat(20_000)],
    ['opened brackets', '['.repeat(20_000)],
    ['LETs', inTransform(Array.from({ length: 10_000 }, (_, i) => `LET a${i} = ${i};`).join('\n'))],
    ['SHAREDs', Array.from({ length: 5000 }, (_, i) => `SHARED s${i} MANY`).join('\n')],
    [
      'SHAREDs and TRANSFORMs',
      `${Array.from({ length: 20_000 }, (_, i) => `SHARED s${i} MANY`).join('\n')}\n${'TRANSFORM{}\n'.repeat(20_000)}`,
    ],
    ['divisions in spaces', `${' '.repeat(200_000)}//`.repeat(4)],
    ['quotes', '“a'.repeat(200_000)],
    ['open brackets and semicolons', `TRANSFORM T { LET a = {${'['.repeat(100_000)}${';'.repeat(100_000)}`],
    ['closing brackets', `TRANSFORM T { ${'}'.repeat(100_000)}`],
    ['names', inTransform(`LET a = [${'x'.repeat(10)}${', yyyyy'.repeat(100_000)}]`)],
    ['lambda heads', `LET a = ${'(a, b, '.repeat(50_000)}`],
    ['shared writes', inTransform(`${'a[b[c['.repeat(30)}`.repeat(500))],
    ['strange characters', '@#'.repeat(200_000)],
    [
      'imports',
      `IMPORT "host:a" AS a\n${inTransform(Array.from({ length: 20_000 }, (_, i) => `a.m${i}();`).join('\n'))}`,
    ],
    ['one long number', `LET a = ${'9'.repeat(500_000)}`],
    [
      'unknown names among many',
      inTransform(
        `${Array.from({ length: 20_000 }, (_, i) => `LET variable${i} = 1;`).join('\n')}${'OUTPUT varible;'.repeat(30)}`,
      ),
    ],
  ])('reads %s in linear time', (_, text) => {
    const start = process.cpuUsage();
    const { program } = parse(new SourceText('long', text));
    read(text);
    renderAst(program);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
