/**
 * The published language, case by case: `cases/language.json` holds what upstream's front end did, `overrides/language.json`
 * each case whose outcome one of our decisions changed. Class and position must agree; wording is ours.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { type Position, SourceText } from '../../src/base/source.ts';
import { lex, readModule, renderAst } from '../../src/front/front.ts';

interface Outcome {
  /** `failure`: upstream broke down without a place. */
  readonly class: 'tokens' | 'ok' | 'lex-error' | 'parse-error' | 'semantic-error' | 'failure';
  readonly at?: string;
  readonly tokens?: string;
  readonly ast?: string;
}

interface Case {
  readonly id: string;
  readonly wrap: 'lex' | 'expr' | 'stmts' | 'program';
  readonly source: string;
  readonly expected: Outcome;
}

interface Override {
  readonly id: string;
  readonly old: Outcome;
  readonly new: Outcome;
  readonly decision: string;
}

const readJson = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const cases: readonly Case[] = readJson('cases/language.json');
const overrides = new Map((readJson('overrides/language.json') as readonly Override[]).map((o) => [o.id, o]));

const WRAPS = {
  lex: ['', '', ''],
  expr: ['FUNC f(a, b, c, xs, g) = ', '', 'FUNC f(a,b,c,xs,g) '],
  stmts: ['TRANSFORM T {\n', '\n}', 'TRANSFORM T '],
  program: ['', '', ''],
} as const;

/** Where the case says it is: expressions count columns from their own start, statements lines. */
function placeIn(wrap: Case['wrap'], { line, column }: Position): string {
  if (wrap === 'stmts') return `${line - 1}:${column}`;
  return wrap === 'expr' && line === 1 ? `1:${column - WRAPS.expr[0].length}` : `${line}:${column}`;
}

function errorOutcome(first: Diagnostic, wrap: Case['wrap']): Outcome {
  const at = placeIn(wrap, first.source.positionAt(first.labels[0]?.span.start ?? 0));
  const number = Number(first.code.slice(2));
  if (number >= 2000) return { class: 'semantic-error', at };
  return { class: number >= 1005 && number <= 1008 ? 'lex-error' : 'parse-error', at };
}

function run({ wrap, source }: Case): Outcome {
  const [before, after, shown] = WRAPS[wrap];
  const text = new SourceText('case', before + source + after);
  if (wrap === 'lex') {
    const { tokens, diagnostics } = lex(text);
    const [first] = diagnostics;
    if (first !== undefined) return errorOutcome(first, wrap);
    const dump = tokens
      .slice(0, -1)
      .map(
        (t) =>
          `${t.kind}<${t.kind === 'STRING' ? `"${t.text.replaceAll('\n', '\\n')}"` : t.text}>@${text.positionAt(t.start).column}`,
      );
    return { class: 'tokens', tokens: dump.join(' ') || '(EOF only)' };
  }
  const { program, diagnostics } = readModule(text, { standard: new Map() });
  const first = diagnostics.find((d) => d.severity === 'error');
  if (first !== undefined) return errorOutcome(first, wrap);
  return { class: 'ok', ast: renderAst(program).slice(shown.length) };
}

/** A case without a tree asks for the class alone. */
function agrees(actual: Outcome, wanted: Outcome): boolean {
  if (actual.class !== wanted.class) return false;
  return (
    actual.at === wanted.at &&
    actual.tokens === wanted.tokens &&
    (wanted.ast === undefined || actual.ast === wanted.ast)
  );
}

describe('language cases', () => {
  it.each(cases.map((c) => [c.id, c.source, c] as const))('%s %j', (id, _, c) => {
    const actual = run(c);
    const override = overrides.get(id);
    if (override === undefined) {
      expect(agrees(actual, c.expected), JSON.stringify({ actual, expected: c.expected })).toBe(true);
      return;
    }
    expect(override.old).toEqual(c.expected);
    expect(agrees(actual, c.expected), 'the override is not needed').toBe(false);
    expect(actual).toEqual(override.new);
  });

  it('names a case with each override and counts both', () => {
    const ids = new Set(cases.map((c) => c.id));
    for (const id of overrides.keys()) expect(ids).toContain(id);
    console.log(`language: ${cases.length} cases, ${overrides.size} of them changed by decisions`);
    expect(ids.size).toBe(cases.length);
  });
});
