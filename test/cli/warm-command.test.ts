/** The warm process, which most tests of this folder use, answers as a process of its own does. */
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Workplace } from './command.ts';
import { WarmCommand } from './warm-command.ts';

const place = new Workplace({
  'good.bl': 'TRANSFORM T {\n  OUTPUT { é: input.a + 1 };\n}',
  'bad.bl': 'OUTPUT { a: inptu.x }',
  'good.test.bl': '// expect {"v":1}\nOUTPUT { v: 1 }',
  'talks.mjs': 'console.log(process.cwd() === import.meta.dirname, process.argv.length); process.exitCode = 3;',
  'stays.mjs': 'setInterval(() => {}, 1_000_000);',
  'throws.mjs': 'throw new Error("on purpose");',
});
afterAll(() => place[Symbol.dispose]());

test.each<[args: readonly string[], input?: string]>([
  [['run', 'good.bl', '--to', 'json-compact'], '{"a":1}'],
  [['run', 'good.bl']],
  [['run', 'good.bl', '--from', 'ndjson', '--errors', '-'], '{"a":1}\n{"a":"x"}\n{'],
  [['check', 'good.bl', 'bad.bl']],
  [['build', 'good.bl', '--format', 'json']],
  [['fmt', '-'], 'OUTPUT {a:1}'],
  [['test', 'good.test.bl']],
  [['repl'], 'LET a = 1\na + 1\n'],
  [['completions', 'bash']],
  [[]],
])('%j', (args, input) => {
  expect(place.millrace(args, input)).toEqual(place.process(args, input));
});

test('a command of its own folder, arguments and exit code, one that does not end, and one that throws', () => {
  const outcomeOf = (name: string) =>
    new WarmCommand(path.join(place.folder, name)).run(['an argument'], place.folder, undefined);
  expect(outcomeOf('talks.mjs')).toEqual({ code: 3, out: 'true 3\n', err: '' });
  expect(outcomeOf('stays.mjs')).toMatchObject({ code: 1, err: expect.stringMatching(/left open: .*Timeout/) });
  expect(outcomeOf('throws.mjs')).toMatchObject({ code: 1, err: expect.stringContaining('on purpose') });
});
