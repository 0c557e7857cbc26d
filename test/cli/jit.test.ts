/** `millrace jit`, and what `run` says of compiling. */
import { afterAll, describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const ENRICH = `IMPORT "host:http" AS http;
FUNC price(line) = line.qty * line.price;
FUNC long(n) {
  ${Array.from({ length: 300 }, (_, i) => `LET v${i} = n;`).join(' ')}
  RETURN n;
}
TRANSFORM Enrich {
  LET total = 0;
  FOR EACH line IN input.lines {
    IF line.qty > 0 THEN {
      SET total = total + price(line);
    }
  }
  OUTPUT { total: total };
}
TRANSFORM Answered { OUTPUT { v: SUSPEND 1 }; }
`;
const place = new Workplace({
  'enrich.bl': ENRICH,
  'sum.bl': 'FUNC part(x) = x.a;\nTRANSFORM T {\n  OUTPUT { v: MAP(input.l, (x) -> part(x)) };\n}\n',
  'good.json': '{"l": [{"a": 1}, {"a": 2}]}',
  'bad.json': '{"l": [{"a": 1}, "text"]}',
});
afterAll(() => place[Symbol.dispose]());

test('jit lists the JavaScript of each unit beside its lines, and who stays with the interpreter; nothing is granted', () => {
  const { code, out, err } = place.millrace(['jit', 'enrich.bl']);
  expect([code, err]).toEqual([0, '']);
  const titles = out.split('\n').filter((line) => line.startsWith('//'));
  expect(titles).toEqual([
    expect.stringMatching(/^\/\/ function price: [\d,]+ characters$/),
    '// function long stays with the interpreter: its compiled text would be too large for V8 to optimise',
    expect.stringMatching(/^\/\/ transform Enrich: [\d,]+ characters$/),
    '// transform Answered stays with the interpreter: it may have to wait',
  ]);
  expect(out).toMatch(/\n +\/\/ 10: IF line\.qty > 0 THEN \{\n +const isRecord_\d+ = typeof line_\d+ === 'object'/);
  expect(out).toMatch(/\n +\/\/ 11: SET total = total \+ price\(line\);\n(.*\n){1,3}.*= price_\d+\(run, line_\d+\);/);
  expect(place.millrace(['jit', 'enrich.bl']).out).toBe(out);
});

test('jit takes one program', () => {
  expect(place.millrace(['jit']).code).toBe(64);
});

describe('run', () => {
  const run = (input: string, ...flags: readonly string[]) =>
    place.millrace(['run', 'sum.bl', input, '--to', 'json-compact', ...flags]);

  test('--jit eager compiles, and --jit-report says what', () => {
    const { code, out, err } = run('good.json', '--jit', 'eager', '--jit-report');
    expect([code, out]).toEqual([0, '{"v":[1,2]}\n']);
    expect(err).toMatch(/^jit: \d+ units and \d+ loops? compiled: [\d.]+ ms, [\d,]+ characters\n/);
    expect(err).toMatch(/\njit: {3}T with <lambda>, MAP, part: [\d.]+ ms, [\d,]+ characters\n/);
  });

  test('--jit-report says that nothing was hot', () => {
    expect(run('good.json', '--jit-report').err).toMatch(/^jit: nothing was compiled: .*\n$/);
    expect(run('good.json', '--jit', 'off', '--jit-report').err).toBe('jit: off: there is nothing to report\n');
  });

  test('an error in compiled code has the line of the program, as in the interpreter', () => {
    const interpreted = run('bad.json');
    expect(interpreted.err).toMatch(/sum\.bl:1:\d+/);
    expect(run('bad.json', '--jit', 'eager')).toEqual(interpreted);
    const reported = run('bad.json', '--jit', 'eager', '--jit-report');
    expect(reported.err).toContain('jit:   T with <lambda>, MAP, part: ');
  });

  test('where code generation is forbidden it works, and says so once', () => {
    const line = '$MILLRACE run sum.bl good.json --to json-compact --jit eager';
    const { code, out, err } = place.shell(line, '--disallow-code-generation-from-strings');
    expect([code, out]).toEqual([0, '{"v":[1,2]}\n']);
    expect(err).toBe('jit: this process forbids code generation from strings: programs stay with the interpreter\n');
  });
});
