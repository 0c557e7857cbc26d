/** What the Tab key offers in a session: names, keywords, standard functions, fields of what is known, commands. */
import { standardNames } from '../engine/editing.ts';
import type { Session } from './repl-session.ts';

const KEYWORDS =
  'LET SET APPEND MODIFY OUTPUT RETURN ABORT IF THEN ELSE FOR EACH IN WHERE TRY CATCH CASE WHEN FUNC TYPE true false null';

/** Candidates and the part of the line that they replace, as readline wants them. */
export function completionsFor(
  line: string,
  session: Pick<Session, 'names' | 'valueOf'>,
  commands: Readonly<Record<string, unknown>>,
): [string[], string] {
  if (/^:\w*$/.test(line))
    return [
      Object.keys(commands)
        .map((name) => `:${name} `)
        .filter((c) => c.startsWith(line)),
      line,
    ];
  const [word = ''] = /[\p{L}_][\p{L}\d_.]*$/u.exec(line) ?? [];
  const dot = word.lastIndexOf('.');
  if (dot < 0) {
    const all = [...session.names(), ...standardNames(), ...KEYWORDS.split(' ')];
    // In capitals or not: people type map where they mean MAP.
    const candidates = all.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
    return [word === '' ? [] : [...new Set(candidates)], word];
  }
  const [root = '', ...path] = word.slice(0, dot).split('.');
  const keys = keysOf(
    path.reduce<unknown>(
      (value, key) => (keysOf(value).includes(key) ? read(value, key) : undefined),
      session.valueOf(root),
    ),
  );
  const head = word.slice(0, dot + 1);
  return [keys.map((key) => `${head}${key}`).filter((candidate) => candidate.startsWith(word)), word];
}

/** Keys that can be written behind a dot. */
function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return [];
  return Object.keys(value).filter((key) => /^[\p{L}_][\p{L}\d_]*$/u.test(key));
}

function read(value: unknown, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
