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
    const { code, out } = place.millrace(args);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  test.each(COMMANDS)('of $name shows its flags and examples', ({ name, flags, examples }) => {
    const { code, out } = place.millrace([name, '--help']);
    expect(code).toBe(0);
    for (const flag of flags) expect(out).toContain(`--${flag.name}`);
    for (const [line] of examples) expect(out).toContain(line);
    expect(place.millrace(['help', name]).out).toBe(out);
  });

  test('no command is a usage error that shows help', () => {
    const { code, out, err } = place.millrace([]);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain('usage: millrace COMMAND');
  });

  test('--version', () => {
    expect(place.millrace(['--version']).out).toMatch(/^millrace \d+\.\d+\.\d+\n$/);
  });
});

describe('what is not there', () => {
  test.each([
    [['chek', 'good.bl'], "there is no command 'chek'; there are run, check, disasm; did you mean 'millrace check'?"],
    [['good.bl'], "there is no command 'good.bl'; there are run, check, disasm; did you mean 'millrace run good.bl'?"],
    [['run', 'good.bl', '--inptu', 'x'], "unknown flag '--inptu'; did you mean --input?"],
    [['run', 'good.bl', '--from', 'xml'], "--from takes json | ndjson, found 'xml'"],
    [['run', 'good.bl', '--to'], 'argument missing'],
    [
      ['run', 'good.bl', '--to', 'json', '--output-format', 'json'],
      '--output-format says the same as --to; give one of them',
    ],
    [['run', 'good.bl', '--name', 'T', '--name', 'U'], '--name is given 2 times'],
    [['check'], 'check takes at least one PROGRAM'],
    [['disasm', 'good.bl', 'bad.bl'], 'disasm takes one PROGRAM'],
    [['--error-format', 'xml', 'run'], "--error-format takes text | json, found 'xml'"],
  ])('%j', (args, message) => {
    const { code, out, err } = place.millrace(args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(64);
  });
});

describe('check', () => {
  test('a sound program', () => {
    expect(place.millrace(['check', 'good.bl'])).toEqual({ code: 0, out: 'good.bl: ok\n', err: '' });
  });

  test('reports every error of every program', () => {
    const { code, out, err } = place.millrace(['check', 'good.bl', 'bad.bl']);
    expect(code).toBe(65);
    expect(out).toBe('good.bl: ok\n');
    expect(err).toContain('bad.bl:2:15');
    expect(err).toContain('bad.bl:3:');
  });

  test('--json makes findings data', () => {
    const { code, out, err } = place.millrace(['check', 'bad.bl', '--json']);
    expect(JSON.parse(out)).toMatchObject([
      { severity: 'error', source: 'bad.bl', labels: [{ line: 2, column: 15 }] },
      { severity: 'error', source: 'bad.bl', labels: [{ line: 3 }] },
    ]);
    expect(err).toBe('');
    expect(code).toBe(65);
  });
});

describe('disasm', () => {
  test('shows source lines and instructions', () => {
    const { code, out } = place.millrace(['disasm', 'good.bl']);
    expect(code).toBe(0);
    expect(out).toContain('; 2: OUTPUT { total: input.a + 1 };');
    expect(out).toMatch(/^ +\d+: ADD$/m);
  });

  test('of a program with errors is a failure', () => {
    expect(place.millrace(['disasm', 'bad.bl']).code).toBe(65);
  });
});
