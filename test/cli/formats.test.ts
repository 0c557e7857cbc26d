/** `millrace run` between formats: chosen by flag or by name, with warnings, and with places in what is refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TOOL, Workplace } from './command.ts';

const place = new Workplace({
  'echo.bl': 'TRANSFORM Echo { OUTPUT input; }',
  'rows.bl': 'TRANSFORM Rows { FOR EACH x IN input.xs { OUTPUT { x: x }; } }',
  'half.bl': 'TRANSFORM Half { OUTPUT { id: input.id, half: 10 / NUMBER(input.n) }; }',
  'list.bl': 'EXPORT FUNC pair(n) = [{ a: n }, { a: n }];',
  'keys.bl': 'TRANSFORM T { OUTPUT { int: input.m[1], text: input.m["1"] }; }',
  'huge.bl': 'TRANSFORM T { OUTPUT { n: LENGTH(RANGE(input.n)) }; }',
  'in.json': '{"items":[{"id":1,"n":5},{"id":2,"n":0},{"id":3,"n":4}],"more":true}',
  'in.ndjson': '{"id":1,"n":5}\n\n{"id":2,"n":0}\n{oops}\n{"id":3,"n":4}\n',
  'in.csv': 'id,n\n1,5\n2,0\n3\n4,4\n',
  'in.tsv': 'id\tn\n1\t5\n',
  'in.XML': '<?xml version="1.0"?>\n<order id="7"><!-- c --><line>a</line><line>b</line></order>\n',
  'in.yml': 'order:\n  id: 7\n  lines: [a, b]\n',
  'bad.yaml': 'a: 1\nb: [2\n',
  'dtd.xml': '<!DOCTYPE a [\n<!ENTITY b "c">]>\n<a>&b;</a>',
});
afterAll(() => place[Symbol.dispose]());

const file = (name: string) => readFileSync(path.join(place.folder, name), 'utf8');
const linesOf = (name: string) =>
  file(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

const WARNED = 'Conversion warning: comments of XML are dropped\n';
const XML = { order: { '@id': '7', line: ['a', 'b'].map((text) => ({ $: text, '#text': text })) } };

describe('the format', () => {
  test.each([
    ['in.json', '{"items":[{"id":1,"n":5},{"id":2,"n":0},{"id":3,"n":4}],"more":true}\n', ''],
    ['in.tsv', '{"id":"1","n":"5"}\n', ''],
    ['in.XML', `${JSON.stringify(XML)}\n`, WARNED],
    ['in.yml', '{"order":{"id":7,"lines":["a","b"]}}\n', ''],
  ])('is known by the name of the file: %s', (name, out, err) => {
    expect(place.millrace(['run', 'echo.bl', name, '--to', 'json-compact'])).toEqual({ code: 0, out, err });
  });

  test.each([
    ['xml', '<a>1</a>', '{"a":{"$":"1","#text":"1"}}\n'],
    ['yaml', 'a: 1', '{"a":1}\n'],
    ['csv', 'a\n1\n2\n', '{"a":"1"}\n{"a":"2"}\n'],
  ])('is told by a flag for what has no name: %s', (format, input, out) => {
    for (const flag of ['--from', '--input-format'])
      expect(place.millrace(['run', 'echo.bl', flag, format, '--to', 'json-compact'], input).out).toBe(out);
  });

  test('the flag wins over the name', () => {
    expect(place.millrace(['run', 'echo.bl', 'in.json', '--from', 'ndjson']).out).toBe(
      '{"items":[{"id":1,"n":5},{"id":2,"n":0},{"id":3,"n":4}],"more":true}\n',
    );
  });

  test('is pretty JSON of a value and NDJSON of records, whatever is read', () => {
    expect(place.millrace(['run', 'echo.bl', 'in.yml']).out).toBe(
      '{\n    "order": {\n        "id": 7,\n        "lines": [\n            "a",\n            "b"\n        ]\n    }\n}\n',
    );
    expect(place.millrace(['run', 'echo.bl', 'in.tsv']).out).toBe('{"id":"1","n":"5"}\n');
  });

  test.each([
    ['xml', '<order id="7">\n  <line>a</line>\n  <line>b</line>\n</order>\n'],
    ['xml-compact', '<order id="7"><line>a</line><line>b</line></order>\n'],
    ['xml_compact', '<order id="7"><line>a</line><line>b</line></order>\n'],
    ['yaml', 'order:\n  "@id": "7"\n  line:\n    - $: a\n      "#text": a\n    - $: b\n      "#text": b\n'],
  ])('--to %s of XML', (format, out) => {
    expect(place.millrace(['run', 'echo.bl', 'in.XML', '--to', format])).toEqual({ code: 0, out, err: WARNED });
  });

  test('records as CSV: of a stream, of several outputs, of a function that makes a list', () => {
    expect(place.millrace(['run', 'echo.bl', '--from', 'ndjson', '--to', 'csv'], '{"a":1}\n{"a":"x,y"}\n').out).toBe(
      'a\n1\n"x,y"\n',
    );
    expect(place.millrace(['run', 'rows.bl', '--to', 'csv'], '{"xs":[1,2]}').out).toBe('x\n1\n2\n');
    expect(place.millrace(['run', 'rows.bl', '--to', 'csv'], '{"xs":[]}').out).toBe('');
    expect(place.millrace(['run', 'list.bl', '--name', 'pair', '--to', 'csv'], '1').out).toBe('a\n1\n1\n');
  });

  test('records as YAML and XML are documents, one after the other', () => {
    const run = (format: string) =>
      place.millrace(['run', 'echo.bl', '--from', 'ndjson', '--to', format], '{"a":1}\n{"a":2}\n').out;
    expect(run('yaml')).toBe('---\na: 1\n---\na: 2\n');
    expect(run('xml')).toBe('<a>1</a>\n<a>2</a>\n');
  });

  test('another delimiter, in and out', () => {
    const run = (delimiter: string, input: string) =>
      place.millrace(['run', 'echo.bl', '--from', 'csv', '--to', 'csv', '--delimiter', delimiter], input);
    expect(run(';', 'a;b\n1,5;2\n').out).toBe('a;b\n1,5;2\n');
    expect(run('tab', 'a\tb\n1\t2\n').out).toBe('a\tb\n1\t2\n');
    expect(run('ab', '')).toMatchObject({ code: 64, err: expect.stringContaining('--delimiter takes one character') });
  });

  test('integer keys of YAML', () => {
    const run = (...args: string[]) =>
      place.millrace(['run', 'keys.bl', '--from', 'yaml', '--to', 'json-compact', ...args], 'm: {1: x}').out;
    expect(run()).toBe('{"int":null,"text":"x"}\n');
    expect(run('--json-key-mode=numeric')).toBe('{"int":"x","text":null}\n');
  });

  test.each(['xml', 'yaml', 'json'])('blank %s is an empty object', (format) => {
    expect(place.millrace(['run', 'echo.bl', '--from', format, '--to', 'json-compact'], ' \n').out).toBe('{}\n');
  });
});

describe('what is refused names its place', () => {
  test.each([
    [
      'in.ndjson',
      [],
      '{"id":1,"n":5}\n{"id":2,"n":0}\n',
      'millrace: in.ndjson:4:2: expected a key in quotes, found "o"\nrecord: in.ndjson:4\n',
    ],
    [
      'in.csv',
      [],
      '{"id":"1","n":"5"}\n{"id":"2","n":"0"}\n',
      'millrace: in.csv:4: the record has 1 field, the header 2\nrecord: in.csv:4\n',
    ],
    [
      'bad.yaml',
      [],
      '',
      'millrace: bad.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]\n',
    ],
    ['dtd.xml', [], '', 'millrace: dtd.xml:1:1: a DTD is refused: it may define entities and name other files\n'],
    ['in.yml', ['--from', 'json'], '', 'millrace: in.yml:1:1: expected a value, found "o"\n'],
  ])('%s', (name, flags, out, err) => {
    expect(place.millrace(['run', 'echo.bl', name, ...flags])).toEqual({ code: 65, out, err });
  });

  test('as JSON too', () => {
    const { err } = place.millrace(['run', 'echo.bl', 'in.ndjson', '--error-format', 'json']);
    expect(JSON.parse(err)).toMatchObject({
      error: {
        kind: 'input',
        exitCode: 65,
        place: { source: 'in.ndjson', line: 4, column: 2 },
        record: { source: 'in.ndjson', line: 4 },
      },
    });
  });

  test('a result that the format cannot say', () => {
    const { code, err } = place.millrace(['run', 'echo.bl', '--to', 'xml'], '{"a":1,"b":2}');
    expect(err).toMatch(/found an object with 2 keys/);
    expect(code).toBe(70);
  });

  test.each([
    [['--each', '$[*]', '--from', 'csv'], /--each walks a JSON document, not csv/],
    [['--each', 'items'], /--each items: a path starts with '\$'/],
    [['--errors', 'x'], /--errors sets records of a stream aside/],
    [['--from', 'toml'], /--from takes json \| ndjson \| csv \| xml \| yaml, found 'toml'/],
  ])('the flags %j', (flags, message) => {
    const { code, err } = place.millrace(['run', 'echo.bl', ...flags], '{}');
    expect(err).toMatch(message);
    expect(code).toBe(64);
  });
});

describe('--each', () => {
  test('runs every item of a document', () => {
    expect(place.millrace(['run', 'echo.bl', 'in.json', '--each', '$.items[*]'])).toEqual({
      code: 0,
      out: '{"id":1,"n":5}\n{"id":2,"n":0}\n{"id":3,"n":4}\n',
      err: '',
    });
  });

  test('says when there is none', () => {
    expect(place.millrace(['run', 'echo.bl', 'in.json', '--each', '$.itms[*]'])).toEqual({
      code: 0,
      out: '',
      err: 'millrace: nothing in in.json is at $.itms[*]\n',
    });
  });

  test('a document that breaks off fails after its items', () => {
    const { code, out, err } = place.millrace(['run', 'echo.bl', '--each', '$[*]'], '[{"a":1},\n{"a":2},');
    expect(out).toBe('{"a":1}\n{"a":2}\n');
    expect(err).toBe('millrace: stdin:2:9: expected a value, found the end of the text\n');
    expect(code).toBe(65);
  });
});

describe('--errors', () => {
  test('sets bad lines and failing records aside, with their numbers, and goes on', () => {
    expect(place.millrace(['run', 'half.bl', 'in.ndjson', '--errors', 'bad.ndjson'])).toEqual({
      code: 1,
      out: '{"id":1,"half":2}\n{"id":3,"half":2.5}\n',
      err: 'millrace: 2 of 4 records set aside in bad.ndjson\n',
    });
    expect(linesOf('bad.ndjson')).toEqual([
      {
        record: 2,
        line: 3,
        source: 'in.ndjson',
        error: {
          code: 'MR6003',
          message: expect.any(String),
          trail: [{ unit: 'Half', line: 1, column: expect.any(Number) }],
        },
        input: { id: 2, n: 0 },
      },
      {
        record: 3,
        line: 4,
        source: 'in.ndjson',
        error: { message: 'expected a key in quotes, found "o"' },
        input: '{oops}',
      },
    ]);
  });

  test('of CSV', () => {
    const { code, out } = place.millrace(['run', 'half.bl', 'in.csv', '--to', 'csv', '--errors', 'bad.ndjson']);
    expect(out).toBe('id,half\n1,2\n4,2.5\n');
    expect(code).toBe(1);
    expect(linesOf('bad.ndjson')).toMatchObject([
      { record: 2, line: 3, error: { code: 'MR6003' }, input: { id: '2', n: '0' } },
      { record: 3, line: 4, error: { message: 'the record has 1 field, the header 2' }, input: '3' },
    ]);
  });

  test('of one document', () => {
    const { code, out } = place.millrace(
      ['run', 'half.bl', '--each', '$[*]', '--errors', 'bad.ndjson'],
      '[{"id":1,"n":2},{"n":x},\n{"id":3,"n":0}]',
    );
    expect(out).toBe('{"id":1,"half":5}\n');
    expect(code).toBe(1);
    expect(linesOf('bad.ndjson')).toMatchObject([
      { record: 2, line: 1, error: { message: 'expected a value, found "x"' }, input: '{"n":x}' },
      { record: 3, line: 2, error: { code: 'MR6003' }, input: { id: 3, n: 0 } },
    ]);
  });

  test('a record over its limits, and one that the format cannot say', () => {
    const input = '{"n":1}\n{"n":99999999}\n{"n":2}\n';
    const limited = place.millrace(
      ['run', 'huge.bl', '--from', 'ndjson', '--errors', 'bad.ndjson', '--limit', 'memory=1mb'],
      input,
    );
    expect(limited).toMatchObject({ code: 1, out: '{"n":1}\n{"n":2}\n' });
    expect(linesOf('bad.ndjson')).toMatchObject([{ record: 2, error: { code: 'MR5002' } }]);
    const unwritten = place.millrace(
      ['run', 'echo.bl', '--from', 'ndjson', '--to', 'xml', '--errors', 'bad.ndjson'],
      '{"a":1}\n{"b c":1}\n',
    );
    expect(unwritten).toMatchObject({ code: 1, out: '<a>1</a>\n' });
    expect(linesOf('bad.ndjson')).toMatchObject([{ record: 2, error: { code: 'MR6030' }, input: { 'b c': 1 } }]);
  });

  test('tell the calls that led to the place in the program', () => {
    using fresh = new Workplace({
      'calls.bl': 'FUNC part(n) = 1 / n;\nTRANSFORM T {\n  OUTPUT { a: 1, b: part(input.n) };\n}',
    });
    fresh.millrace(['run', 'calls.bl', '--from', 'ndjson', '--errors', 'bad.ndjson'], '{"n":0}\n');
    expect(JSON.parse(fresh.read('bad.ndjson')).error).toMatchObject({
      trail: [
        { unit: 'part', line: 1 },
        { unit: 'T', line: 3 },
      ],
    });
  });

  test("'-' is stderr, whatever that is", () => {
    const line = /^\{"record":2,"line":2,.*\}$/m;
    const input = `printf '{"id":1,"n":2}\\n{oops}\\n'`;
    for (const name of ['-', '/dev/stderr']) {
      const { code, out, err } = place.millrace(['run', 'half.bl', 'in.ndjson', '--errors', name]);
      expect({ code, out }).toEqual({ code: 1, out: '{"id":1,"half":2}\n{"id":3,"half":2.5}\n' });
      expect(err).toMatch(/^\{"record":2,[^\n]*\n\{"record":3,[^\n]*\nmillrace: 2 of 4 records set aside in stderr\n$/);
      using fresh = new Workplace({ 'half.bl': file('half.bl'), log: 'before\n' });
      fresh.shell(`${input} | $MILLRACE run half.bl --from ndjson --errors ${name} 2>> log`);
      expect(fresh.read('log')).toMatch(/^before\n\{"record":2,/);
      expect(fresh.read('log')).toMatch(line);
    }
  });

  test('without bad records the file is empty and the exit code 0', () => {
    expect(place.millrace(['run', 'echo.bl', 'in.tsv', '--errors', 'bad.ndjson'])).toMatchObject({ code: 0, err: '' });
    expect(file('bad.ndjson')).toBe('');
  });

  test('big numbers stand in the file as they came', () => {
    place.millrace(
      ['run', 'half.bl', '--from', 'ndjson', '--errors', 'bad.ndjson'],
      '{"id":12345678901234567890,"n":0}\n',
    );
    expect(file('bad.ndjson')).toContain('"input":{"id":12345678901234567890,"n":0}');
  });

  test('a file that cannot be written ends the run before it starts', () => {
    const { code, out, err } = place.millrace(['run', 'echo.bl', 'in.tsv', '--errors', 'nowhere/bad.ndjson']);
    expect(err).toMatch(/cannot write nowhere\/bad\.ndjson/);
    expect(out).toBe('');
    expect(code).toBe(74);
  });
});

test('running on JSON loads no package of another format', () => {
  const files = new Set(['millrace.js', 'cli-run.js']);
  const packages = new Set<string>();
  for (const name of files) {
    const text = readFileSync(path.join(path.dirname(TOOL), name), 'utf8');
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^'"]*["']([^'"]+)["'];$/gm)) {
      if (specifier.startsWith('./')) files.add(specifier.slice(2));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  }
  expect(files.size).toBeGreaterThan(5);
  expect(['saxes', 'yaml', 'csv-parse', 'csv-stringify/sync', 'cli-progress'].filter((p) => packages.has(p))).toEqual(
    [],
  );
  expect([...files].filter((name) => /csv|xml|yaml|walk/.test(name))).toEqual([]);
});
