/**
 * The formatter: its layout by examples, and its promises for every program there is. `FORMAT_PROGRAMS=5000` in the
 * environment generates more programs than every run can wait for.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { SourceText } from '../../../src/base/source.ts';
import { type Formatted, formatSource } from '../../../src/front/format.ts';
import { lex, parse, renderAst } from '../../../src/front/front.ts';
import { randomProgram, sourceOf } from '../../fuzz/programs.ts';
import { Random } from '../../fuzz/random.ts';
import { projectFiles, readProject } from '../../house/project.ts';
import { scrambled } from '../../support/scramble.ts';

const SEED = 20_261_203;
const GENERATED = Number(process.env['FORMAT_PROGRAMS'] ?? 1_000);

function format(text: string): Formatted {
  return formatSource(new SourceText('test', text));
}

function formatted(text: string): string {
  const result = format(text);
  if ('text' in result) return result.text;
  throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
}

function treeOf(text: string): string {
  const { program, diagnostics } = parse(new SourceText('test', text));
  if (diagnostics.some((d) => d.severity === 'error')) throw new Error(`${diagnostics[0]?.message}\n${text}`);
  return renderAst(program);
}

/** Comments in order, but for the blanks at both ends of their lines. The lexer says where `//` divides, and no more. */
function commentsOf(text: string): readonly string[] {
  const { tokens } = lex(new SourceText('test', text));
  const comments: string[] = [];
  let end = 0;
  for (const token of tokens) {
    const found = text.slice(end, token.start).match(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g) ?? [];
    comments.push(...found.map((comment) => comment.replaceAll(/[ \t\r]*(\n|$)[ \t]*/g, '$1')));
    end = token.end;
  }
  return comments;
}

function golden(name: string): URL {
  return new URL(`../../golden/${name}`, import.meta.url);
}

/** The first promise that a formatter breaks for a text, or null. */
function brokenPromise(text: string, formatter: (text: string) => string): string | null {
  const once = formatter(text);
  if (formatter(once) !== once) return `formatting again changes it:\n${once}`;
  if (treeOf(once) !== treeOf(text)) return `another tree:\n${once}`;
  const [before, after] = [commentsOf(text), commentsOf(once)];
  const at = before.findIndex((comment, i) => comment !== after[i]);
  if (at >= 0 || after.length !== before.length) return `comment ${at}: ${before[at]} became ${after[at]}\n${once}`;
  return null;
}

function expectPromises(text: string): void {
  const broken = brokenPromise(text, formatted);
  if (broken !== null) throw new Error(`${broken}\n--- made of\n${text}`);
}

describe('the layout', () => {
  const source = readFileSync(golden('format.bl'), 'utf8');

  test('of one of everything', () => {
    const text = formatted(source);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden('format.txt'), text);
    expect(text).toBe(readFileSync(golden('format.txt'), 'utf8'));
    for (const line of text.split('\n')) expect(line.replace(/ \/\/ .*$/, '').length, line).toBeLessThanOrEqual(100);
  });

  test('of one of everything, scrambled', () => {
    let variants = 0;
    for (let n = 0; n < 300; n++) {
      const text = scrambled(source, new Random(SEED, n));
      if (text !== undefined) variants++;
      expectPromises(text ?? source);
    }
    expect(variants).toBeGreaterThan(100);
  });

  test.each([
    ['', ''],
    [' \n\n', ''],
    ['\n\n// only\n\n\n/* comments */', '// only\n\n/* comments */\n'],
    [';;let x=1;;;let y=2', 'LET x = 1;\nLET y = 2;\n'],
    ['FUNC f(){return\n1}', 'FUNC f() {\n  RETURN;\n  1;\n}\n'],
    ['LET a = b\n(c)', 'LET a = b(c);\n'],
    ['OUTPUT a;(b)(c)', 'OUTPUT a;\n(b)(c);\n'],
    ['LET x = a.1 .2 // 3', 'LET x = a.1 .2 // 3;\n'],
    ['LET x = [1, // one\n 2 /* two */]', 'LET x = [\n  1, // one\n  2 /* two */\n];\n'],
    ['LET x = {a: 1, // one\n}', 'LET x = {\n  a: 1, // one\n};\n'],
    ['LET x = {}\n// own line\n; // behind', 'LET x = {};\n// own line\n// behind\n'],
    ['LET x = -(-1) - -1 + !(!a)', 'LET x = -(-1) - -1 + !(!a);\n'],
    ['LET x = `if` + `a b`.`c d`', 'LET x = `if` + `a b`.`c d`;\n'],
    ['SET set.let = True; output = Null', undefined],
    ['LET Set = True', 'LET Set = true;\n'],
    ['LET x = "a\\\nb"', 'LET x = "a\\\nb";\n'],
    ['if a then{output b}', 'IF a THEN { OUTPUT b; }\n'],
    ['if a then\n{\noutput b}', 'IF a THEN {\n  OUTPUT b;\n}\n'],
    ['if a then { } else { // c\n }', 'IF a THEN {} ELSE { // c\n}\n'],
    ['throw;\nthrow "x"', 'throw;\nTHROW "x";\n'],
  ])('%j', (source, text) => {
    const result = format(source);
    expect('text' in result ? result.text : undefined).toBe(text);
    if (text !== undefined) expectPromises(source);
  });

  test('a text with errors is not formatted', () => {
    expect(format('TRANSFORM {')).toMatchObject({ diagnostics: [{ code: 'MR1001' }] });
    expect(format(`OUTPUT [${'['.repeat(500)}`)).toMatchObject({ diagnostics: [{ code: 'MR1003' }] });
  });

  test('what would be too long afterwards is not formatted', () => {
    const deep = `${'IF a THEN {\n'.repeat(100)}${'b;'.repeat(9_000)}${'}'.repeat(100)}`;
    expect(format(deep)).toMatchObject({ diagnostics: [{ code: 'MR1002' }] });
  });

  test('takes time in line with the length of the text', () => {
    const deepest = `LET x = ${'['.repeat(20)}${'1, '.repeat(20_000)}${']'.repeat(20)}`;
    const chain = `LET x = ${'a + '.repeat(500)}a`;
    const began = performance.now();
    for (const text of [deepest, chain]) expectPromises(text);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('promises: stable, same tree, comments kept', () => {
  const files = projectFiles().filter((file) => file.endsWith('.bl'));
  const isSound = (text: string) =>
    !parse(new SourceText('test', text)).diagnostics.some((d) => d.severity === 'error');
  const sound = files.filter((file) => isSound(readProject(file)));

  test('every program of the project; those with errors are refused', () => {
    expect(new Set(files.map((file) => file.split('/', 1)[0]))).toEqual(new Set(['bench', 'examples', 'test']));
    expect(files.length).toBeGreaterThan(600);
    expect(sound.length).toBeGreaterThan(550);
    for (const file of files) {
      if (sound.includes(file)) expectPromises(readProject(file));
      else expect('diagnostics' in format(readProject(file)), file).toBe(true);
    }
  });

  test('every program of the project, with other line ends and comments between its tokens', () => {
    let variants = 0;
    for (const [i, file] of sound.entries()) {
      for (let n = 0; n < 3; n++) {
        const text = scrambled(readProject(file), new Random(SEED, 3 * i + n));
        if (text === undefined) continue;
        variants++;
        expectPromises(text);
      }
    }
    expect(variants).toBeGreaterThan(1_000);
  });

  test(`${GENERATED} generated programs, with comments in odd places`, { timeout: 20_000 + 40 * GENERATED }, () => {
    let variants = 0;
    for (let number = 0; number < GENERATED; number++) {
      const source = sourceOf(randomProgram(SEED, number));
      const text = scrambled(source, new Random(SEED, number));
      if (text !== undefined) variants++;
      expectPromises(text ?? source);
    }
    expect(variants).toBeGreaterThan(0.9 * GENERATED);
  });
});

/** The checks above must be able to fail, each for its own sort of fault. */
describe('a broken formatter is found out', () => {
  const source = 'LET x = 1; // one\n/* two\n   lines  apart */\nLET y = [x, 2]; /* three */\n';
  test.each<[string, (text: string) => string, string]>([
    ['a comment lost', (text) => text.replace(/ *\/\* three \*\//, ''), 'comment 2: /* three */ became undefined'],
    ['a comment made', (text) => (text.includes('four') ? text : `${text}// four\n`), 'comment -1'],
    ['a comment written otherwise', (text) => text.replace('lines  apart', 'lines apart'), 'comment 1'],
    ['comments in another order', (text) => text.replace(/(one)(.*)(three)/s, '$3$2$1'), 'comment 0'],
    ['a comment that became code', (text) => text.replace(' // one', '\nLET z = 1;'), 'another tree'],
    ['another number', (text) => text.replace('2]', '3]'), 'another tree'],
    ['a line more each time', (text) => `${text}// more\n`, 'formatting again changes it'],
  ])('%s', (_, distort, message) => {
    expectPromises(source);
    expect(brokenPromise(source, (text) => distort(formatted(text)))).toContain(message);
  });
});
