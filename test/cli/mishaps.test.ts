/**
 * Files and streams that fail or are the wrong ones: full disks, listeners that leave, a file named twice, input that the
 * format cannot hold. What must never happen: lost input, results cut short with exit code 0, an end without a word.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { TOOL, Workplace } from './command.ts';

const PROGRAMS = {
  'id.bl': 'TRANSFORM Id { OUTPUT { id: input.id }; }',
  'talk.bl': 'TRANSFORM Talk { PRINT("id " + input.id); OUTPUT { id: input.id }; }',
  'two.bl': 'TRANSFORM Two { OUTPUT { a: 1, b: 2 }; }',
  'rows.ndjson': '{"id":1}\n{bad}\n{"id":3}\n',
};
const place = new Workplace(PROGRAMS);
afterAll(() => place[Symbol.dispose]());

const MANY = `yes '{"id":1}' | head -n 20000`;

describe('stdout that cannot be written', () => {
  test('is an error with a reason', () => {
    expect(place.shell('$MILLRACE run id.bl < /dev/null > /dev/full')).toEqual({
      code: 74,
      out: '',
      err: 'millrace: cannot write stdout: no space is left\n',
    });
  });

  test('in a stream, for machines', () => {
    const { code, err } = place.shell(`${MANY} | $MILLRACE run id.bl --from ndjson --error-format json > /dev/full`);
    expect(JSON.parse(err)).toMatchObject({ error: { kind: 'io', exitCode: 74, command: 'run' } });
    expect(code).toBe(74);
  });
});

describe('nobody who listens on stderr', () => {
  test.each(['2> >(head -n 1 > /dev/null)', '2> /dev/full'])('leaves results whole: %s', (talk) => {
    const { out } = place.shell(
      `${MANY} | $MILLRACE run talk.bl --from ndjson ${talk} | wc -l; echo "\${PIPESTATUS[2]}"`,
    );
    expect(out.trim().split(/\s+/)).toEqual(['20000', '0']);
  });
});

describe('a file that is in use already', () => {
  test.each([
    ['the input', 'run id.bl rows.ndjson --errors rows.ndjson', 'rows.ndjson'],
    ['the input behind a link', 'run id.bl rows.ndjson --errors link.ndjson', 'link.ndjson'],
    ['the input on stdin', 'run id.bl --from ndjson --errors rows.ndjson < rows.ndjson', 'rows.ndjson'],
    ['the program', 'run id.bl rows.ndjson --errors id.bl', 'id.bl'],
  ])('is not emptied for bad records: %s', (_, line, file) => {
    using fresh = new Workplace(PROGRAMS);
    symlinkSync('rows.ndjson', path.join(fresh.folder, 'link.ndjson'));
    const { code, out, err } = fresh.shell(`$MILLRACE ${line}`);
    expect(err).toBe(`millrace: --errors ${file} would overwrite a file that this run reads or prints to\n`);
    expect(out).toBe('');
    expect(code).toBe(64);
    expect(fresh.read('rows.ndjson')).toBe(PROGRAMS['rows.ndjson']);
    expect(fresh.read('id.bl')).toBe(PROGRAMS['id.bl']);
  });

  test('takes no bad records among the results', () => {
    using fresh = new Workplace(PROGRAMS);
    const { code, err } = fresh.shell('$MILLRACE run id.bl rows.ndjson --errors both > both');
    expect(err).toContain('--errors both would overwrite');
    expect(code).toBe(64);
  });

  test('the null device may stand for everything', () => {
    expect(place.shell('$MILLRACE run id.bl --from ndjson --errors /dev/null < /dev/null > /dev/null').code).toBe(0);
  });

  test('stdout is not replaced by an output file', () => {
    using fresh = new Workplace(PROGRAMS);
    const { code, err } = fresh.shell(
      'echo before > log; $MILLRACE run id.bl --output-file log < /dev/null >> log; code=$?; cat log >&2; exit $code',
    );
    expect(err).toBe('millrace: cannot write log: it is where stdout goes\nbefore\n');
    expect(code).toBe(64);
  });
});

test('an output file that is no file is written to, not replaced', () => {
  using fresh = new Workplace(PROGRAMS);
  const { out } = fresh.shell(
    'mkfifo pipe; timeout 10 cat pipe > got & $MILLRACE run id.bl --output-file pipe < /dev/null > /dev/null; wait; test -p pipe && cat got',
  );
  expect(out).toBe('{\n    "id": null\n}\n');
});

test.each([
  ['.', 'it is a folder'],
  ['missing/x', 'a folder of its path is not there'],
  ['id.bl/x', 'a part of its path is a file'],
])('--errors %s', (file, why) => {
  const { code, err } = place.process(['run', 'id.bl', 'rows.ndjson', '--errors', file]);
  expect(err).toBe(`millrace: cannot write ${file}: ${why}\n`);
  expect(code).toBe(74);
});

test('a program from stdin leaves no records there', () => {
  const { code, err } = place.process(['run', '-', '--from', 'ndjson'], PROGRAMS['id.bl']);
  expect(err).toBe('millrace: stdin cannot be both the program and the input\n');
  expect(code).toBe(64);
});

test.each([
  [['--bogus'], "unknown flag '--bogus'"],
  [['run', 'id.bl', '--delimiter', ';'], '--delimiter is for CSV'],
  [['run', 'id.bl', '--limit', 'fuel=3=4'], "found '3=4'"],
])('%j is a usage error', (args, message) => {
  const { code, err } = place.process(args);
  expect(err).toContain(message);
  expect(code).toBe(64);
});

test('CSV whose lines end with a bare CR is not taken for a header alone', () => {
  const { code, out, err } = place.process(['run', 'id.bl', '--from', 'csv'], 'id,n\r1,2\r3,4\r');
  expect(err).toBe('millrace: stdin:1: the header holds a bare carriage return; lines end with LF or CRLF\n');
  expect(out).toBe('');
  expect(code).toBe(65);
});

test('what a format cannot say has its code', () => {
  const { code, err } = place.process(['run', 'two.bl', '--to', 'xml'], '{}');
  expect(err).toMatch(/^error\[MR6030\]: XML is written of/);
  expect(code).toBe(70);
});

test('traces in JSON say which record they are of', () => {
  const { err } = place.process(['run', 'id.bl', '--from', 'ndjson', '--trace', 'json'], '{"id":1}\n{"id":2}\n');
  const lines = err.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).record)).toEqual([1, 2]);
  expect(JSON.parse(place.process(['run', 'id.bl', '--trace', 'json'], '{}').err)).not.toHaveProperty('record');
});

test('traces count records as the file of bad ones does', () => {
  const { err } = place.process(['run', 'id.bl', 'rows.ndjson', '--errors', 'bad.ndjson', '--explain', 'id']);
  expect(err.match(/^record \d+$/gm)).toEqual(['record 1', 'record 3']);
  expect(JSON.parse(place.read('bad.ndjson'))).toMatchObject({ record: 2 });
});

describe('a file that must not be written', () => {
  // Root may write anything, so the command runs as somebody else, from a copy that anybody can read.
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  test.each([
    ['fmt --write', ['fmt', '--write', 'ugly.bl'], 'ugly.bl'],
    ['test --update', ['test', '--update', 'wrong.bl'], 'wrong.bl'],
    ['run --output-file', ['run', 'ugly.bl', '--output-file', 'old.json'], 'old.json'],
  ])('is left alone by %s', (_, args, name) => {
    const files = { 'ugly.bl': 'OUTPUT  {}', 'wrong.bl': '// expect: 2\nOUTPUT {}\n', 'old.json': '0' };
    using fresh = new Workplace(files);
    using copy = new Workplace({ 'package.json': '{ "type": "module" }' });
    cpSync(path.dirname(TOOL), path.join(copy.folder, 'dist'), { recursive: true });
    for (const folder of [fresh.folder, copy.folder]) chmodSync(folder, 0o777);
    for (const file of Object.keys(files)) chmodSync(path.join(fresh.folder, file), 0o444);
    const options = { cwd: fresh.folder, encoding: 'utf8' as const, ...other };
    const tool = path.join(copy.folder, 'dist', path.basename(TOOL));
    const { status, stderr } = spawnSync(process.execPath, [tool, ...args], { ...options, input: '' });
    expect(stderr).toBe(`millrace: cannot write ${name}: permission denied\n`);
    expect(status).toBe(74);
    expect(fresh.files()).toEqual(Object.keys(files).sort());
    expect(fresh.read(name)).toBe(files[name as keyof typeof files]);
  });
});

test('a byte order mark stays where a file is replaced', () => {
  using fresh = new Workplace({ 'a.bl': '\ufeff// expect: 2\nOUTPUT {}\n', 'b.bl': '\ufeffOUTPUT  {}\n' });
  fresh.process(['test', '--update', 'a.bl']);
  fresh.process(['fmt', '--write', 'b.bl']);
  expect(fresh.read('a.bl')).toBe('\ufeff// expect: {}\nOUTPUT {}\n');
  expect(fresh.read('b.bl')).toMatch(/^\ufeffOUTPUT \{\};?\n$/);
});

describe('warnings of the program', () => {
  // A name of a function without its call is a text.
  const program = 'FUNC f(n) = n;\nTRANSFORM T { LET a = f; OUTPUT { v: 10 / input.n, a: 1 }; }';

  test('are told where the run fails, and only there', () => {
    using fresh = new Workplace({ 'odd.bl': program });
    const fine = fresh.process(['run', 'odd.bl'], '{"n":5}');
    expect({ code: fine.code, err: fine.err }).toEqual({ code: 0, err: '' });
    const failed = fresh.process(['run', 'odd.bl'], '{"n":0}');
    expect(failed.err).toMatch(/^warning\[MR2902\][\s\S]*\n\nerror\[MR6003\]/);
    expect(failed.code).toBe(70);
    const json = fresh.process(['run', 'odd.bl', '--error-format', 'json'], '{"n":0}');
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'MR6003', warnings: [{ code: 'MR2902' }] } });
    const aside = fresh.process(['run', 'odd.bl', '--from', 'ndjson', '--errors', '-'], '{"n":0}\n');
    expect(aside.err).toContain('warning[MR2902]');
  });
});

describe('a wait that would never end', () => {
  const files = {
    'wait.bl': 'SHARED c MANY\nTRANSFORM T { OUTPUT { v: IF input.n == 1 THEN 1 ELSE AWAIT c.k }; }',
    'slow.bl':
      'SHARED c MANY\nTRANSFORM T { LET a = TRY 1 / input.n CATCH (e) RETRY 1 TIMES BACKOFF "1ms" -> 0; OUTPUT { v: AWAIT c.k, a: a }; }',
  };

  test.each(Object.keys(files))('is refused at its place: %s', (file) => {
    using fresh = new Workplace(files);
    const { code, err } = fresh.process(['run', file], '{"n":0}');
    expect(err).toMatch(
      /^error\[MR6018\]: c\.k has no value, and nobody can give it one while this run waits\n.*bl:2:/,
    );
    expect(code).toBe(70);
  });

  test('sets the record aside', () => {
    using fresh = new Workplace(files);
    const { code, out } = fresh.process(
      ['run', 'wait.bl', '--from', 'ndjson', '--errors', 'bad.ndjson'],
      '{"n":0}\n{"n":1}\n',
    );
    expect({ code, out }).toEqual({ code: 1, out: '{"v":1}\n' });
    expect(JSON.parse(fresh.read('bad.ndjson'))).toMatchObject({ record: 1, error: { code: 'MR6018' } });
  });
});

/** Interrupts the command as soon as it has put something out; stdin stays open. */
async function interrupted(args: readonly string[], input: string | Uint8Array) {
  const child = spawn(process.execPath, [TOOL, ...args], { cwd: place.folder });
  let out = '';
  let err = '';
  child.stderr.on('data', (data) => (err += data));
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  child.stdout.on('data', (data) => {
    out += data;
    child.kill('SIGINT');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('Ctrl-C where the input stops', () => {
  test.each([
    ['in a character', ['--each', '$[*]'], Buffer.from('[{"id":1},"é').subarray(0, -1)],
    ['in a quote', ['--from', 'csv'], 'id\n1\n"2 and more'],
    ['in an item', ['--each', '$[*]'], '[{"id":1},{"id'],
  ])('%s is no error of the input', async (_, flags, input) => {
    const { code, out, err } = await interrupted(['run', 'id.bl', '--to', 'ndjson', ...flags], input);
    expect(out).toMatch(/^\{"id":"?1"?\}\n$/);
    expect(err).toMatch(/^millrace: interrupted after 1 record, at line \d of stdin\n$/);
    expect(code).toBe(130);
  });
});
