/** The command line itself: help, version, unknown things; `check` and `disasm`. */
import { afterAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { Workplace } from './command.ts';

const place = new Workplace({
  'good.bl': 'TRANSFORM T {\n  OUTPUT { total: input.a + 1 };\n}',
  'bad.bl': 'TRANSFORM T {\n  OUTPUT { a: inptu.x };\n  SET unknown = 1;\n}',
});
afterAll(() => place[Symbol.dispose]());

describe('help', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j lists the commands', (args) => {
    const { code, out } = place.process(args);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  test.each(COMMANDS)('of $name shows its flags and examples', ({ name, flags, examples }) => {
    const { code, out } = place.process([name, '--help']);
    expect(code).toBe(0);
    for (const flag of flags) expect(out).toContain(`--${flag.name}`);
    for (const [line] of examples) expect(out).toContain(line);
    expect(place.process(['help', name]).out).toBe(out);
  });

  test('no command is a usage error that shows help', () => {
    const { code, out, err } = place.process([]);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain('usage: millrace COMMAND');
  });

  test('--version', () => {
    expect(place.process(['--version']).out).toMatch(/^millrace \d+\.\d+\.\d+\n$/);
  });
});

const NAMES = COMMANDS.map(({ name }) => name).join(', ');

describe('what is not there', () => {
  test.each([
    [['chek', 'good.bl'], `there is no command 'chek'; there are ${NAMES}; did you mean 'millrace check'?`],
    [['good.bl'], `there is no command 'good.bl'; there are ${NAMES}; did you mean 'millrace run good.bl'?`],
    [['run', 'good.bl', '--inptu', 'x'], "unknown flag '--inptu'; did you mean --input?"],
    [['run', 'good.bl', '--from', 'toml'], "--from takes json | ndjson | csv | xml | yaml, found 'toml'"],
    [['run', 'good.bl', '--to'], 'argument missing'],
    [
      ['run', 'good.bl', '--to', 'json', '--output-format', 'json'],
      '--output-format says the same as --to; give one of them',
    ],
    [['run', 'good.bl', '--name', 'T', '--name', 'U'], '--name is given 2 times'],
    [['check'], 'check takes at least one PROGRAM or FOLDER'],
    [['disasm', 'good.bl', 'bad.bl'], 'disasm takes one PROGRAM'],
    [['--error-format', 'xml', 'run'], "--error-format takes text | json, found 'xml'"],
  ])('%j', (args, message) => {
    const { code, out, err } = place.process(args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(64);
  });
});

describe('check', () => {
  test('a sound program', () => {
    expect(place.process(['check', 'good.bl'])).toEqual({ code: 0, out: 'good.bl: ok\n', err: '' });
  });

  test('reports every error of every program', () => {
    const { code, out, err } = place.process(['check', 'good.bl', 'bad.bl']);
    expect(code).toBe(65);
    expect(out).toBe('good.bl: ok\n');
    expect(err).toContain('bad.bl:2:15');
    expect(err).toContain('bad.bl:3:');
  });

  test('takes folders', () => {
    using fresh = new Workplace({ 'b.bl': 'OUTPUT 1', 'sub/a.bl': 'OUTPUT zz', 'empty/note.txt': '' });
    const { code, out, err } = fresh.process(['check', '.']);
    expect({ code, out }).toEqual({ code: 65, out: 'b.bl: ok\n' });
    expect(err).toContain('sub/a.bl:1:8');
    expect(fresh.process(['check', 'empty'])).toEqual({
      code: 64,
      out: '',
      err: 'millrace: there is no .bl file below empty\n',
    });
  });

  test('--json makes findings data, with ranges from 1 whose ends are behind', () => {
    const { code, out, err } = place.process(['check', 'good.bl', 'bad.bl', '--json']);
    const findings = JSON.parse(out) as readonly unknown[];
    expect(findings).toHaveLength(2);
    expect(findings[0]).toEqual({
      code: 'MR2001',
      severity: 'error',
      message: 'there is no variable `inptu`',
      source: 'bad.bl',
      labels: [{ line: 2, column: 15, endLine: 2, endColumn: 20, text: 'not known', primary: true }],
      notes: [],
      help: expect.any(String),
    });
    expect(findings[1]).toMatchObject({ severity: 'error', source: 'bad.bl', labels: [{ line: 3, column: 3 }] });
    expect(err).toBe('');
    expect(code).toBe(65);
  });

  test('--json of what an editor has not saved, and of a sound program', () => {
    expect(place.process(['check', '-', '--json'], 'OUTPUT {}')).toEqual({ code: 0, out: '[]\n', err: '' });
    expect(JSON.parse(place.process(['check', '-', '--json'], 'OUTPUT {').out)).toMatchObject([{ source: 'stdin' }]);
  });
});

describe('disasm', () => {
  test('shows source lines and instructions', () => {
    const { code, out } = place.process(['disasm', 'good.bl']);
    expect(code).toBe(0);
    expect(out).toContain('; 2: OUTPUT { total: input.a + 1 };');
    expect(out).toMatch(/^ +\d+: ADD$/m);
  });

  test('of a program with errors is a failure', () => {
    expect(place.process(['disasm', 'bad.bl']).code).toBe(65);
  });
});
