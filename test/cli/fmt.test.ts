/** `millrace fmt`: printing, checking, replacing; files are whole or untouched. */
import { chmodSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const UGLY = 'transform T{output{a:input.a // 2\n}}';
const HOUSE = 'TRANSFORM T { OUTPUT { a: input.a // 2 }; }\n';
const BAD = 'TRANSFORM T {';

describe('to stdout', () => {
  test('a file, and stdin', () => {
    using place = new Workplace({ 'a.bl': UGLY });
    expect(place.millrace(['fmt', 'a.bl'])).toEqual({ code: 0, out: HOUSE, err: '' });
    expect(place.millrace(['fmt', '-'], UGLY).out).toBe(HOUSE);
    expect(place.read('a.bl')).toBe(UGLY);
  });

  test('errors are frames, and nothing is printed', () => {
    using place = new Workplace({ 'bad.bl': BAD });
    const { code, out, err } = place.millrace(['fmt', 'bad.bl']);
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(err).toMatch(/^error\[MR1001\].*\n.*bad\.bl:1:14/);
  });
});

describe('--check', () => {
  test('names what would change and changes nothing', () => {
    using place = new Workplace({ 'a.bl': UGLY, 'sub/b.bl': HOUSE, 'sub/c.bl': UGLY, 'sub/d.txt': UGLY });
    const { code, out, err } = place.millrace(['fmt', '--check', '.']);
    expect({ code, out }).toEqual({ code: 1, out: 'a.bl\nsub/c.bl\n' });
    expect(err).toContain('2 of 3 would change');
    expect(place.read('a.bl')).toBe(UGLY);
    expect(place.millrace(['fmt', '--check', 'sub/b.bl'])).toEqual({ code: 0, out: '', err: '' });
    expect(place.millrace(['fmt', '--check', '-'], UGLY).code).toBe(1);
  });
});

describe('--write', () => {
  test('replaces what changes, keeps modes and links, leaves nothing else behind', () => {
    using place = new Workplace({ 'a.bl': UGLY, 'b.bl': HOUSE, 'real/c.bl': UGLY });
    const file = (name: string) => path.join(place.folder, name);
    chmodSync(file('a.bl'), 0o640);
    symlinkSync('real/c.bl', file('link.bl'));
    const before = statSync(file('b.bl'));
    expect(place.millrace(['fmt', '--write', 'a.bl', 'b.bl', 'link.bl'])).toEqual({
      code: 0,
      out: 'a.bl\nlink.bl\n',
      err: '',
    });
    expect(place.read('a.bl')).toBe(HOUSE);
    expect(statSync(file('a.bl')).mode & 0o777).toBe(0o640);
    expect(statSync(file('b.bl')).ino).toBe(before.ino);
    expect(lstatSync(file('link.bl')).isSymbolicLink()).toBe(true);
    expect(place.read('real/c.bl')).toBe(HOUSE);
    expect(place.files()).toEqual(['a.bl', 'b.bl', 'link.bl', 'real/c.bl']);
    expect(place.millrace(['fmt', '--check', '.']).code).toBe(0);
  });

  test('a file with errors is left alone, the others are formatted', () => {
    using place = new Workplace({ 'a.bl': BAD, 'b.bl': UGLY });
    const { code, out, err } = place.millrace(['fmt', '--write', '.']);
    expect({ code, out }).toEqual({ code: 65, out: 'b.bl\n' });
    expect(err).toContain('a.bl:1:14');
    expect(place.read('a.bl')).toBe(BAD);
    expect(place.files()).toEqual(['a.bl', 'b.bl']);
  });
});

test.each([
  [64, [], 'fmt takes files'],
  [64, ['a.bl', 'b.bl'], '2 files would be printed as one'],
  [64, ['--check', '--write', 'a.bl'], 'one of --check and --write'],
  [64, ['--write', '-'], "'-' stands alone"],
  [74, ['nowhere.bl'], 'cannot read nowhere.bl: there is no such file'],
])('%i for %j', (code, args, message) => {
  using place = new Workplace({ 'a.bl': UGLY, 'b.bl': UGLY });
  const outcome = place.millrace(['fmt', ...args], '');
  expect(outcome.err).toContain(message);
  expect(outcome.code).toBe(code);
  expect(place.read('a.bl')).toBe(UGLY);
});
