/** `millrace completions`: what each shell is told is what the table of commands says; bash is asked. */
import { afterAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { SHELLS } from '../../src/cli/completions.ts';
import { Workplace } from './command.ts';

const place = new Workplace();
afterAll(() => place[Symbol.dispose]());

describe.each(SHELLS)('%s', (shell) => {
  const { code, out } = place.millrace(['completions', shell]);

  test('names every command and flag', () => {
    expect(code).toBe(0);
    for (const { name, flags } of COMMANDS) {
      expect(out).toContain(name);
      for (const flag of flags) expect(out).toMatch(new RegExp(`(?:--|-l )${flag.name}\\b`));
    }
  });

  test('has even quotes', () => {
    for (const line of out.split('\n')) {
      const quotes = line.replaceAll("'\\''", '').replaceAll("\\'", '').match(/'/g) ?? [];
      expect(quotes.length % 2, line).toBe(0);
    }
  });
});

describe('bash completes', () => {
  const complete = (...words: readonly string[]): readonly string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const { out, err } = place.shell(
      `source <($MILLRACE completions bash); COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
    expect(err).toBe('');
    return out.split('\n').filter((line) => line !== '');
  };

  test.each([
    [
      ['millrace', 'c'],
      ['check', 'completions'],
    ],
    [['millrace', 'help', 'te'], ['test']],
    [
      ['millrace', 'fmt', '--'],
      ['--check', '--write', '--error-format', '--help'],
    ],
    [
      ['millrace', 'run', 'a.bl', '--to', 'json-c'],
      ['json-compact', 'json-canonical'],
    ],
    [['millrace', 'completions', ''], [...SHELLS]],
    [['millrace', 'run', ''], []],
  ])('%j', (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });
});

test('no shell, or another one, is a usage error', () => {
  expect(place.millrace(['completions'])).toMatchObject({ code: 64, out: '' });
  expect(place.millrace(['completions', 'tcsh']).err).toContain('bash, zsh, fish');
});
