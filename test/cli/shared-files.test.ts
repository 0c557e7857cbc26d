/** `run --shared-file`, `--shared-dir`, `--shared-glob`: files as the contents of SHARED resources. */
import { afterAll, describe, expect, test } from 'vitest';
import { parseGlob } from '../../src/cli/glob.ts';
import { Workplace } from './command.ts';

const place = new Workplace({
  'keys.bl':
    'SHARED many MANY\nSHARED single SINGLE\nTRANSFORM T { OUTPUT { many: KEYS(many), single: KEYS(single) }; }',
  'rate.bl': 'SHARED rates SINGLE\nTRANSFORM T { OUTPUT { v: input.n * (AWAIT rates.eur).rate }; }',
  'text.bl': 'SHARED texts MANY\nTRANSFORM T { OUTPUT { v: AWAIT_SHARED("texts", input.key) }; }',
  'none.bl': 'TRANSFORM T { OUTPUT { v: 1 }; }',
  'rates.json': '{"rate":1.5}',
  'rates.xml': '<rate>2</rate>',
  'bad.json': '{"rate":}',
  'null.json': 'null',
  'latin.txt': Uint8Array.of(0xe9),
  'd/b.txt': 'B',
  'd/a.txt': 'A',
  'd/sub/a.txt': 'sub A',
  'd/sub/x.json': '{}',
});
afterAll(() => place[Symbol.dispose]());

const run = (program: string, args: readonly string[], input = '{}') =>
  place.millrace(['run', program, '--to', 'json-compact', ...args], input);

describe('keys', () => {
  test.each([
    [['--shared-file', 'many=d/../rates.json'], ['rates.json']],
    [['--shared-file', 'many=d/a.txt', '--shared-key', 'basename'], ['a.txt']],
    [['--shared-file', 'many=k=d/a.txt', '--shared-key', 'custom'], ['k']],
    [
      ['--shared-dir', 'many=d'],
      ['a.txt', 'b.txt', 'sub/a.txt', 'sub/x.json'],
    ],
    [
      ['--shared-dir', 'many=k=d', '--shared-key', 'custom'],
      ['k/a.txt', 'k/b.txt', 'k/sub/a.txt', 'k/sub/x.json'],
    ],
    [
      ['--shared-glob', 'many=d/*.txt'],
      ['a.txt', 'b.txt'],
    ],
    [
      ['--shared-glob', 'many=d/**.txt'],
      ['a.txt', 'b.txt', 'sub/a.txt'],
    ],
    [
      ['--shared-glob', 'many=d/**/a.txt'],
      ['a.txt', 'sub/a.txt'],
    ],
    [
      ['--shared-glob', 'many=d/s?b/*'],
      ['sub/a.txt', 'sub/x.json'],
    ],
    [
      ['--shared-glob', 'many=rates.*'],
      ['rates.json', 'rates.xml'],
    ],
    [
      ['--shared-dir', 'many=d', '--shared-key', 'basename'],
      ['a.txt', 'b.txt', 'x.json'],
    ],
  ])('%j', (args, keys) => {
    expect(run('keys.bl', args)).toEqual({ code: 0, out: `${JSON.stringify({ many: keys, single: [] })}\n`, err: '' });
  });

  test('one of a SINGLE resource is set once', () => {
    const { code, out, err } = run('keys.bl', ['--shared-dir', 'single=d', '--shared-key', 'basename']);
    expect(err).toBe("millrace: d/sub/a.txt: the key 'a.txt' of single, which is SINGLE, is set already\n");
    expect(out).toBe('');
    expect(code).toBe(65);
  });
});

describe('values', () => {
  test('texts are what stands in the file', () => {
    expect(run('text.bl', ['--shared-dir', 'texts=d'], '{"key":"sub/a.txt"}').out).toBe('{"v":"sub A"}\n');
  });

  test('the last file of a key wins in a MANY resource', () => {
    const args = ['--shared-dir', 'texts=d', '--shared-key', 'basename'];
    expect(run('text.bl', args, '{"key":"a.txt"}').out).toBe('{"v":"sub A"}\n');
  });

  test.each([
    ['json', 'rates=eur=rates.json', '{"v":6}\n{"v":3}\n'],
    ['xml', 'rates=eur=rates.xml', /MR6/],
  ])('%s, the same for every record', (format, wish, expected) => {
    const args = ['--shared-file', wish, '--shared-key', 'custom', '--shared-format', format, '--from', 'ndjson'];
    const { out, err } = run('rate.bl', args, '{"n":4}\n{"n":2}\n');
    expect(typeof expected === 'string' ? out : err).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });
});

describe('what cannot be shared', () => {
  test.each([
    ['none.bl', ['--shared-file', 'rates=rates.json'], 64, "a line 'SHARED rates MANY' declares it"],
    ['keys.bl', ['--shared-file', 'mnay=rates.json'], 64, 'did you mean many?'],
    ['keys.bl', ['--shared-file', 'many'], 64, '--shared-file takes RESOURCE=PATH'],
    ['keys.bl', ['--shared-dir', 'many=d', '--shared-key', 'custom'], 64, '--shared-dir takes RESOURCE=KEY=PATH'],
    ['keys.bl', ['--shared-key', 'basename'], 64, '--shared-key says how files are shared'],
    ['keys.bl', ['--shared-glob', 'many=d/*.xml'], 65, '--shared-glob: there is no file at d/*.xml'],
    ['keys.bl', ['--shared-file', 'many=bad.json', '--shared-format', 'json'], 65, 'bad.json:1:9: expected a value'],
    ['keys.bl', ['--shared-file', 'many=null.json', '--shared-format', 'json'], 65, 'null cannot be shared'],
    ['keys.bl', ['--shared-file', 'many=latin.txt'], 65, 'latin.txt is not UTF-8'],
    ['keys.bl', ['--shared-file', 'many=nope.txt'], 74, 'cannot read nope.txt: there is no such file'],
    ['keys.bl', ['--shared-dir', 'many=nope'], 74, 'cannot read nope: there is no such file'],
    ['keys.bl', ['--shared-dir', 'many=rates.json'], 74, 'cannot read rates.json: a part of its path is a file'],
  ])('%s %j', (program, args, wanted, message) => {
    const { code, out, err } = run(program, args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(wanted);
  });
});

describe('patterns', () => {
  test.each([
    ['a/*.txt', 'a/', ['x.txt', '.txt', 'é.txt'], ['x.txt.y', 'b/x.txt', 'x']],
    ['**', '.', ['a', 'a/b', ''], []],
    ['a/**/z', 'a/', ['z', 'b/z', 'b/c/z'], ['bz', 'z/b']],
    ['a/x**z', 'a/', ['xz', 'xyz', 'xy/z'], ['z']],
    ['a?[b]', '.', ['ac[b]', 'a😀[b]'], ['acb', 'a/[b]', 'a[b]']],
    ['a/b/*', 'a/b/', ['c'], ['c/d']],
    ['a/b', 'a/', ['b'], ['bb', 'b/b']],
  ])('%s', (pattern, root, matching, others) => {
    const glob = parseGlob(pattern);
    expect(glob.root).toBe(root);
    for (const path of matching) expect([path, glob.matches(path)]).toEqual([path, true]);
    for (const path of others) expect([path, glob.matches(path)]).toEqual([path, false]);
  });

  test('of many wildcards take no longer than the path is', () => {
    expect(parseGlob(`${'*a'.repeat(200)}b`).matches('a'.repeat(5_000))).toBe(false);
  });
});
