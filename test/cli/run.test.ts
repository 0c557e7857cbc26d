/** `millrace run`: where input comes from, how results look, what the exit code says. */
import { afterAll, describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const place = new Workplace({
  'echo.bl': 'TRANSFORM Echo { OUTPUT input; }',
  'wrap.bl':
    'EXPORT TRANSFORM Wrap { OUTPUT { got: input }; }\nEXPORT TRANSFORM Other { OUTPUT { other: true }; }\nEXPORT FUNC double(n) = n * 2;',
  'rows.bl': 'TRANSFORM Rows { FOR EACH x IN input.xs { OUTPUT { x: x }; } }',
  'bad.bl': 'TRANSFORM T {\n  OUTPUT { a: inptu.x };\n}',
  'fault.bl': 'TRANSFORM T {\n  LET n = input.n;\n  OUTPUT { q: 10 / n };\n}',
  'endless.bl': 'TRANSFORM T { FOR EACH i IN RANGE(9999) { FOR EACH j IN RANGE(9999) { LET x = j; } } }',
  'random.bl': 'TRANSFORM T { OUTPUT { r: RANDOM() < 1 }; }',
  'mail.bl': 'IMPORT "host:mail" AS mail;\nTRANSFORM T { OUTPUT { sent: mail.send("x") }; }',
  'talk.bl':
    'IMPORT "host:clock" AS clock;\nTRANSFORM T { PRINT("a\\tb", [1, "x"], { k: 2 }); OUTPUT { date: LENGTH(clock.now()) > 9 }; }',
  'wait.bl':
    'TRANSFORM T { LET v = TRY input.a.b CATCH (e) RETRY 2 TIMES BACKOFF "1ms" -> "gave up"; OUTPUT { v: v }; }',
  'keys.bl': 'TRANSFORM T { OUTPUT { int: input.m[1], text: input.m["1"] }; }',
  'in.json': '{"b":[1,2.5,"x"],"a":null}',
});
afterAll(() => place[Symbol.dispose]());

describe('input', () => {
  test.each([
    ['--input FILE', ['run', 'echo.bl', '--input', 'in.json'], undefined],
    ['a second argument', ['run', 'echo.bl', 'in.json'], undefined],
    ['--input -', ['run', 'echo.bl', '--input', '-'], '{"b":[1,2.5,"x"],"a":null}'],
    ['- as second argument', ['run', 'echo.bl', '-'], '{"b":[1,2.5,"x"],"a":null}'],
    ['a pipe', ['run', 'echo.bl'], '{"b":[1,2.5,"x"],"a":null}'],
  ])('from %s', (_, args, input) => {
    expect(place.millrace([...args, '--to', 'json-compact'], input)).toEqual({
      code: 0,
      out: '{"b":[1,2.5,"x"],"a":null}\n',
      err: '',
    });
  });

  test.each([
    ['nothing piped in', undefined],
    ['an empty pipe', ''],
    ['blanks', ' \n'],
  ])('%s is an empty object', (_, input) => {
    expect(place.millrace(['run', 'wrap.bl', '--to', 'json-compact'], input).out).toBe('{"got":{}}\n');
  });

  test('the program itself may come from stdin', () => {
    expect(place.millrace(['run', '-', '--to', 'json-compact'], 'OUTPUT { a: 1 };').out).toBe('{"a":1}\n');
  });

  test('any JSON value is an input', () => {
    expect(place.millrace(['run', 'wrap.bl', '--to', 'json-compact'], '[1,"two"]').out).toBe('{"got":[1,"two"]}\n');
  });

  test('a byte order mark is not part of the text', () => {
    expect(place.millrace(['run', 'wrap.bl', '--to', 'json-compact'], '\ufeff{"a":1}').out).toBe('{"got":{"a":1}}\n');
  });
});

describe('choosing what runs', () => {
  test.each([
    [[], '{"got":4}\n'],
    [['--name', 'Other'], '{"other":true}\n'],
    [['--transform', 'Other'], '{"other":true}\n'],
    [['--name', 'double'], '8\n'],
  ])('%j', (args, out) => {
    expect(place.millrace(['run', 'wrap.bl', '--to', 'json-compact', ...args], '4')).toEqual({ code: 0, out, err: '' });
  });

  test('a name that is not there', () => {
    const { code, err } = place.millrace(['run', 'wrap.bl', '--name', 'Othr']);
    expect(code).toBe(65);
    expect(err).toMatch(/does not export 'Othr'.*did you mean Other\?/);
  });
});

describe('output', () => {
  const input = '{"b":1,"aa":[],"A":{"k":"v"}}';
  test.each([
    ['json', '{\n    "b": 1,\n    "aa": [],\n    "A": {\n        "k": "v"\n    }\n}\n'],
    ['json-compact', '{"b":1,"aa":[],"A":{"k":"v"}}\n'],
    ['json_canonical', '{"A":{"k":"v"},"aa":[],"b":1}\n'],
    ['ndjson', '{"b":1,"aa":[],"A":{"k":"v"}}\n'],
  ])('--to %s', (format, out) => {
    expect(place.millrace(['run', 'echo.bl', '--to', format], input).out).toBe(out);
    expect(place.millrace(['run', 'echo.bl', '--output-format', format], input).out).toBe(out);
  });

  test('several records are a list, or a line each', () => {
    expect(place.millrace(['run', 'rows.bl', '--to', 'json-compact'], '{"xs":[1,2]}').out).toBe('[{"x":1},{"x":2}]\n');
    expect(place.millrace(['run', 'rows.bl', '--to', 'ndjson'], '{"xs":[1,2]}').out).toBe('{"x":1}\n{"x":2}\n');
  });

  test('no record is null, or no line', () => {
    expect(place.millrace(['run', 'rows.bl'], '{"xs":[]}').out).toBe('null\n');
    expect(place.millrace(['run', 'rows.bl', '--to', 'ndjson'], '{"xs":[]}').out).toBe('');
  });

  test('big numbers survive', () => {
    const big = '{"n":12345678901234567890,"d":0.12345678901234567}';
    const run = (mode: string) =>
      place.millrace(['run', 'echo.bl', '--to', 'json-compact', '--json-numbers', mode], big);
    expect(run('safe').out).toBe('{"n":"12345678901234567890","d":"0.12345678901234567"}\n');
    expect(run('extended').out).toBe(`${big}\n`);
    expect(run('strict').code).toBe(65);
  });

  test('keys that look like integers may become integers', () => {
    const run = (...args: string[]) =>
      place.millrace(['run', 'keys.bl', '--to', 'json-compact', ...args], '{"m":{"1":"x"}}').out;
    expect(run()).toBe('{"int":null,"text":"x"}\n');
    expect(run('--json-key-mode=numeric')).toBe('{"int":"x","text":null}\n');
  });

  test('a program that has to wait is waited for', () => {
    expect(place.millrace(['run', 'wait.bl', '--to', 'json-compact'])).toEqual({
      code: 0,
      out: '{"v":"gave up"}\n',
      err: '',
    });
  });

  test('PRINT talks on stderr', () => {
    expect(place.millrace(['run', 'talk.bl', '--to', 'json-compact'])).toEqual({
      code: 0,
      out: '{"date":true}\n',
      err: 'a\tb\n1, x\n(k, 2)\n',
    });
  });
});

describe('exit codes', () => {
  test.each([
    [64, ['run'], '', /takes a PROGRAM/],
    [64, ['run', 'echo.bl', 'in.json', 'more'], '', /one PROGRAM and one INPUT/],
    [64, ['run', 'echo.bl', 'in.json', '--input', 'in.json'], '', /given twice/],
    [64, ['run', '-', '-'], '', /both the program and the input/],
    [64, ['run', 'echo.bl', '--limit', 'fule=3'], '', /did you mean fuel\?/],
    [64, ['run', 'echo.bl', '--limit', 'fuel=none'], '', /positive whole number of fuel/],
    [64, ['run', 'echo.bl', '--grant', 'host:mail'], '', /host:mail/],
    [65, ['run', 'bad.bl'], '', /bad\.bl:2:15/],
    [65, ['run', 'echo.bl'], '{"a":}', /stdin/],
    [65, ['run', 'echo.bl'], Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/],
    [69, ['run', 'endless.bl', '--limit', 'fuel=1e5'], '', /MR5001/],
    [70, ['run', 'fault.bl'], '{"n":0}', /fault\.bl:3:18/],
    [74, ['run', 'nowhere.bl'], '', /cannot read nowhere\.bl: there is no such file/],
    [74, ['run', 'echo.bl', '--input', 'nowhere.json'], '', /cannot read nowhere\.json/],
    [77, ['run', 'mail.bl'], '', /MR4001/],
    [77, ['run', 'random.bl'], '', /host:random/],
  ])('%i for %j', (code, args, input, err) => {
    const outcome = place.millrace(args, input);
    expect(outcome.err).toMatch(err);
    expect(outcome.code).toBe(code);
    expect(outcome.out).toBe('');
  });

  test('a grant that is asked for is given', () => {
    expect(place.millrace(['run', 'random.bl', '--grant', 'host:random', '--to', 'json-compact'])).toEqual({
      code: 0,
      out: '{"r":true}\n',
      err: '',
    });
  });
});

describe('--error-format json', () => {
  const errorOf = (args: readonly string[], input?: string) => {
    const { err } = place.millrace(args, input);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    return JSON.parse(err) as { error: Record<string, unknown>; version: string };
  };

  test('of a program', () => {
    const { error, version } = errorOf(['run', 'bad.bl', '--error-format', 'json']);
    expect(error).toMatchObject({
      kind: 'input',
      exitCode: 65,
      command: 'run',
      diagnostics: [{ severity: 'error', source: 'bad.bl' }],
    });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('of a run', () => {
    expect(errorOf(['run', 'fault.bl', '--error-format=json'], '{"n":0}').error).toMatchObject({
      kind: 'runtime',
      exitCode: 70,
      code: 'MR6003',
    });
  });

  test('of the command line, before the command too', () => {
    expect(errorOf(['--error-format', 'json', 'rum']).error).toMatchObject({
      kind: 'usage',
      exitCode: 64,
      command: null,
    });
  });
});
