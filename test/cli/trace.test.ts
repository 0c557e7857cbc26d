/** `run --trace` and `run --explain`: what they tell, where, and that results stay what they are. */
import { afterAll, describe, expect, test } from 'vitest';
import { expectGolden, readProject } from '../house/project.ts';
import { Workplace } from './command.ts';

const program = readProject('examples/orders/enrich.bl');
const order = readProject('examples/orders/order.json');

const place = new Workplace({
  'enrich.bl': program,
  'order.json': order,
  // A slip of the keyboard in one line of the order.
  'wrong-order.json': order.replace('"cents": 4900', '"cents": 49000'),
  // A slip in the program: the tax is taken before the discount.
  'wrong-enrich.bl': program.replace('percent(net - discount, 19)', 'percent(net, 19)'),
  'fault.bl': 'TRANSFORM T {\n  LET n = input.n;\n  OUTPUT { q: 10 // n };\n}',
  'rows.bl': 'TRANSFORM T { LET d = input.x * 2; OUTPUT { d: d }; }',
  'wait.bl':
    'TRANSFORM T { LET v = TRY input.a.b CATCH (e) RETRY 1 TIMES BACKOFF "1ms" -> "gave up"; OUTPUT { v: v }; }',
  'lambda.bl': 'TRANSFORM T { LET f = (x) -> x; LET g = f; OUTPUT { v: g(1) }; }',
  'color.bl': 'TRANSFORM T { LET a = input.a; OUTPUT { v: a }; }',
});
afterAll(() => place[Symbol.dispose]());

/** Of the example's program, from 1. */
const lineOf = (text: string) => program.split('\n').findIndex((line) => line.includes(text)) + 1;
const plain = (file: string, input: string) => place.millrace(['run', file, '--input', input]).out;

describe('--explain', () => {
  test('shows the wrong line of an order behind its wrong total', () => {
    const { code, out, err } = place.millrace([
      'run',
      'enrich.bl',
      '--input',
      'wrong-order.json',
      '--explain',
      'gross',
    ]);
    expect(code).toBe(0);
    expect(out).toBe(plain('enrich.bl', 'wrong-order.json'));
    expectGolden('test/cli/trace/wrong-order.txt', err);
    expect(err).toContain('input.lines[2].cents = 49000');
  });

  test('shows the wrong line of a program behind a wrong total', () => {
    const { code, err } = place.millrace(['run', 'wrong-enrich.bl', '--input', 'order.json', '--explain', 'gross']);
    expect(code).toBe(0);
    expectGolden('test/cli/trace/wrong-program.txt', err);
    expect(err).toContain('LET tax = percent(net, 19);');
  });

  test('goes into the parts of a field, and explains several', () => {
    const { err } = place.millrace([
      'run',
      'enrich.bl',
      '--input',
      'order.json',
      '--explain',
      'lines[1].total',
      '--explain',
      'coupon',
    ]);
    expect(err.split('\n').filter((line) => /^\S/.test(line) && !/^[├└│]/.test(line))).toEqual([
      `lines[1].total = 4900   ← line ${lineOf('lines: lines,')}: lines: lines,`,
      `coupon = "none"   ← line ${lineOf('coupon: input')}: coupon: input.coupon ?? "none",`,
    ]);
    expect(err).toContain('input.lines[2].cents = 4900');
    expect(err).toContain('input.coupon = null (absent from the input)');
  });

  test('names a field that is not there, after the result', () => {
    const { code, out, err } = place.millrace(['run', 'enrich.bl', '--input', 'order.json', '--explain', 'gros']);
    expect({ code, err }).toEqual({ code: 64, err: "millrace: the output has no field 'gros'; did you mean gross?\n" });
    expect(out).toBe(plain('enrich.bl', 'order.json'));
    expect(place.millrace(['run', 'rows.bl', '--explain', 'a..b'], '{"x":1}').code).toBe(64);
  });

  test('leaves the error of a run that fails to itself', () => {
    const { code, err } = place.millrace(['run', 'fault.bl', '--explain', 'q'], '{"n":0}');
    expect(code).toBe(70);
    expect(err).toMatch(/^error\[MR6003\]/);
  });

  test('explains each record of a stream', () => {
    const { out, err } = place.millrace(['run', 'rows.bl', '--from', 'ndjson', '--explain', 'd'], '{"x":1}\n{"x":2}\n');
    expect(out).toBe('{"d":2}\n{"d":4}\n');
    expect(err.match(/record \d\nd = \d/g)).toEqual(['record 1\nd = 2', 'record 2\nd = 4']);
  });

  test('explains what there is, then names what there is not', () => {
    const { code, err } = place.millrace(['run', 'rows.bl', '--explain', 'e', '--explain', 'd'], '{"x":1}');
    expect(code).toBe(64);
    expect(err).toMatch(/^d = 2 [\s\S]*millrace: the output has no field 'e'/);
  });

  test('counts the records of a stream as reports on bad ones do', () => {
    const input = '{"x":1}\nnot json\n{"x":null}\n{"x":4}\n';
    const flags = ['--from', 'ndjson', '--explain', 'd', '--errors', 'bad.ndjson'];
    const { code, err } = place.millrace(['run', 'rows.bl', ...flags], input);
    expect(code).toBe(1);
    expect(err.match(/record \d\nd = \d/g)).toEqual(['record 1\nd = 2', 'record 4\nd = 8']);
  });

  test('explains a program that waits', () => {
    const { out, err } = place.millrace(['run', 'wait.bl', '--to', 'json-compact', '--explain', 'v'], '{"a":null}');
    expect(out).toBe('{"v":"gave up"}\n');
    expect(err).toContain('because TRY failed:');
  });

  test('shows no control characters to a terminal', () => {
    const { err } = place.millrace(['run', 'color.bl', '--explain', 'v', '--trace'], '{"a":"\\u001b[31mred"}');
    expect(err).toContain('\\u001b[31mred');
    expect(err).not.toContain('\u001b');
  });
});

describe('--trace', () => {
  test('reports on stderr; the result stays the same', () => {
    const { code, out, err } = place.millrace(['run', 'enrich.bl', '--input', 'order.json', '--trace']);
    expect(code).toBe(0);
    expect(out).toBe(plain('enrich.bl', 'order.json'));
    for (const heading of ['trace: ', 'timeline (first events)', 'hotspots', 'reads', 'instructions', 'explanations'])
      expect(
        err.split('\n').some((line) => line.startsWith(heading)),
        heading,
      ).toBe(true);
  });

  test('json is one line of JSON', () => {
    for (const args of [['--trace', 'json'], ['--trace=json']]) {
      const { err } = place.millrace(['run', 'enrich.bl', '--input', 'order.json', ...args]);
      expect(err.trim().split('\n').length).toBe(1);
      expect(JSON.parse(err)).toMatchObject({
        rows: 1,
        watches: { net: { last: 7400 } },
        instructions: { CALL_FN: 2 },
      });
    }
    expect(JSON.parse(place.millrace(['run', 'lambda.bl', '--trace', 'json'], '{}').err)).toMatchObject({
      watches: { f: { last: '<lambda>' } },
    });
  });

  test('takes what follows for the program where it is no format', () => {
    const { code, err } = place.millrace(['run', '--trace', 'rows.bl'], '{"x":1}');
    expect(code).toBe(0);
    expect(err).toMatch(/^trace: /);
    expect(place.millrace(['run', 'rows.bl', '--trace=xml'], '{"x":1}')).toMatchObject({ code: 64 });
  });

  test('reports before the error of a run that fails', () => {
    const { code, err } = place.millrace(['run', 'fault.bl', '--trace'], '{"n":0}');
    expect(code).toBe(70);
    expect(err).toMatch(/^trace: \d+ events[\s\S]*while executing IROutput: Division by zero[\s\S]*error\[MR6003\]/);
  });
});
