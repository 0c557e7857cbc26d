/** Output selection and output files of `millrace run`. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const ECHO = { 'echo.bl': 'TRANSFORM Echo { OUTPUT input; }' };
const INPUT = '{"a":{"b":[{"k":"v"},2.5],"0":"zero"},"t":"text","n":null,"yes":true,"big":12345678901234567890}';

function run(place: Workplace, args: readonly string[], input = INPUT) {
  return place.millrace(['run', 'echo.bl', '--to', 'json-compact', ...args], input);
}

describe('--output-path', () => {
  test.each([
    ['a.b[0].k', '"v"\n'],
    ["a['b'][1]", '2.5\n'],
    ['a["b"]', '[{"k":"v"},2.5]\n'],
    ['a[b][0]', '{"k":"v"}\n'],
    ["a['0']", '"zero"\n'],
    ['a[0]', '"zero"\n'],
    ['a.0', '"zero"\n'],
    ['a.b["1"]', '2.5\n'],
    ['a.b[7].x', 'null\n'],
    ['t.x', 'null\n'],
    ['a.constructor', 'null\n'],
    ['__proto__', 'null\n'],
  ])('%s', (wanted, out) => {
    using place = new Workplace(ECHO);
    expect(run(place, ['--output-path', wanted])).toEqual({ code: 0, out, err: '' });
  });

  test.each(['', '.a', 'a.', 'a..b', 'a[', 'a[]', "a['b", 'a]b', '[0]b'])('%j cannot be read', (wanted) => {
    using place = new Workplace(ECHO);
    const { code, err } = run(place, [`--output-path=${wanted}`]);
    expect(err).toContain('--output-path takes a path');
    expect(code).toBe(64);
  });
});

test.each([
  ['t', 'text\n'],
  ['n', ''],
  ['yes', 'true\n'],
  ['a.b[1]', '2.5\n'],
  ['big', '12345678901234567890\n'],
  ['a.b', '[{"k":"v"},2.5]\n'],
])('--output-raw of %s', (wanted, out) => {
  using place = new Workplace(ECHO);
  expect(run(place, ['--output-raw', '--output-path', wanted])).toEqual({ code: 0, out, err: '' });
});

describe('--output-file', () => {
  test('holds what is printed; folders are made', () => {
    using place = new Workplace(ECHO);
    expect(run(place, ['--output-path', 'a.b', '--output-file', 'x/y/out.txt']).out).toBe('[{"k":"v"},2.5]\n');
    expect(place.read('x/y/out.txt')).toBe('[{"k":"v"},2.5]\n');
  });

  test.each([
    ['json', 'output.json'],
    ['json-canonical', 'output.json'],
    ['xml', 'output.xml'],
  ])('of %s in a folder is %s', (format, name) => {
    using place = new Workplace(ECHO);
    mkdirSync(path.join(place.folder, 'there'));
    for (const folder of ['there', 'new/']) {
      const { code, out } = place.millrace(
        ['run', 'echo.bl', '--to', format, '--output-file', folder],
        '{"r":{"a":"1"}}',
      );
      expect(code).toBe(0);
      expect(place.read(path.join(folder, name))).toBe(out);
    }
  });
});

describe('--output-lines', () => {
  test.each([
    ['json', '[{"b":1,"a":[]},"x"]', '{"b":1,"a":[]}\n"x"\n'],
    ['json-canonical', '[{"b":1,"a":[]}]', '{"a":[],"b":1}\n'],
    ['json', '{"b":1}', '{"b":1}\n'],
    ['json', '[]', ''],
  ])('of %s %s', (format, input, lines) => {
    using place = new Workplace({ 'same.bl': 'EXPORT FUNC same(x) = x;' });
    const args = ['run', 'same.bl', '--name', 'same', '--to', format, '--output-lines', './'];
    expect(place.millrace(args, input).code).toBe(0);
    expect(place.read('output.jsonl')).toBe(lines);
  });
});

describe('--write-output', () => {
  const files = (value: unknown) => JSON.stringify({ files: value });

  test('writes the files that the result has', () => {
    using place = new Workplace(ECHO);
    const input = files({ 'a.txt': 'text', 'sub/b.json': { k: [1] } });
    expect(run(place, ['--write-output'], input)).toEqual({ code: 0, out: `${input}\n`, err: '' });
    expect(place.read('a.txt')).toBe('text');
    expect(place.read('sub/b.json')).toBe('{"k":[1]}\n');
  });

  test('a list of files, a folder, and a place of its own', () => {
    using place = new Workplace(ECHO);
    const input = files([
      { name: 'a.txt', contents: 'A' },
      { id: 'b.txt', contents: 'B' },
    ]);
    const args = ['--write-output-dir', 'out', '--write-output-file', 'b.txt=elsewhere/../c.txt'];
    expect(run(place, args, input).code).toBe(0);
    expect(place.files()).toEqual(['c.txt', 'echo.bl', 'out/a.txt']);
    expect(place.read('c.txt')).toBe('B');
  });

  test('is done before anything is printed', () => {
    using place = new Workplace(ECHO);
    expect(run(place, ['--write-output'], '{}')).toMatchObject({ code: 70, out: '' });
  });

  test.each([
    ['an absolute name', { '/tmp/x': '' }],
    ['a name that goes up', { 'a/../../x': '' }],
    ['a dot', { './x': '' }],
    ['a drive', { 'C:x': '' }],
    ['backslashes', { '..\\x': '' }],
    ['a folder', { 'x/': '' }],
    ['no name', { '': '' }],
    ['a zero', { 'a\0b': '' }],
    [
      'two of a name',
      [
        { name: 'x', contents: '' },
        { name: 'x', contents: '' },
      ],
    ],
    ['a file without a name', [{ contents: '' }]],
    ['a file without contents', [{ name: 'x' }]],
    ['a name that is no text', [{ name: 7, contents: '' }]],
    ['no files', 'x'],
  ])('%s is refused, and nothing is written', (_, bad) => {
    using place = new Workplace(ECHO);
    const value = Array.isArray(bad)
      ? [{ name: 'good', contents: '' }, ...bad]
      : typeof bad === 'string'
        ? bad
        : { good: '', ...bad };
    const { code, out, err } = run(place, ['--write-output-dir', 'out'], files(value));
    expect(err).toContain('--write-output cannot write the result');
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(place.files()).toEqual(['echo.bl']);
  });

  test('a link does not lead out of the folder', () => {
    using place = new Workplace({ ...ECHO, 'secret/s.txt': 'old' });
    mkdirSync(path.join(place.folder, 'out'));
    symlinkSync('../secret', path.join(place.folder, 'out/link'));
    symlinkSync('../secret/s.txt', path.join(place.folder, 'out/file'));
    for (const name of ['link/s.txt', 'link/new/x.txt', 'file']) {
      const { code, err } = run(place, ['--write-output-dir', 'out'], files({ [name]: 'new' }));
      expect(err).toContain('a link leads the file');
      expect(code).toBe(70);
    }
    expect(place.read('secret/s.txt')).toBe('old');
    expect(existsSync(path.join(place.folder, 'secret/new'))).toBe(false);
  });

  test.each([
    [64, ['--write-output-file', 'x'], 'takes NAME=FILE'],
    [70, ['--write-output-file', 'x=y'], "it has no file 'x'"],
  ])('%i for %j', (code, args, message) => {
    using place = new Workplace(ECHO);
    const outcome = run(place, args, files({ a: '' }));
    expect(outcome.err).toContain(message);
    expect(outcome.code).toBe(code);
  });
});

test('records have no single result', () => {
  using place = new Workplace(ECHO);
  const { code, err } = place.millrace(['run', 'echo.bl', '--from', 'ndjson', '--output-raw'], '{}');
  expect(err).toContain('--output-raw is for a single result');
  expect(code).toBe(64);
});

test('a place that cannot be written is an I/O failure', () => {
  using place = new Workplace(ECHO);
  const { code, err } = run(place, ['--output-file', 'echo.bl/x.json']);
  expect(err).toContain('cannot write echo.bl/x.json: a part of its path is a file');
  expect(code).toBe(74);
});
