/** No text makes the front end throw or report without a place. Seeded; a failure prints the text. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../../src/base/render.ts';
import { SourceText } from '../../../src/base/source.ts';
import { readModule, renderAst } from '../../../src/front/front.ts';
import { STANDARD } from './standard.ts';

const WORDS =
  `IF THEN ELSE CASE WHEN FOR EACH IN WHERE TRY CATCH AWAIT SUSPEND true false null ABORT APPEND AS BACKOFF BUFFER ENUM
FOREACH FUNC INIT LET MANY MODIFY OPTIONS OUTPUT RETRY RETURN SET SHARED SINGLE THROW TIMES TO TRANSFORM TYPE UNION
BATCH EXPORT IMPORT PIN PIPELINE WITH a b c input row x y 1 2.5 0 99999999999999999999 "t" "" "host:x" "200ms" \`q\` ( ) { } [ ]
, . ; : ? + ++ - -> * % ! != = == => < <= > >= && | || / // $ ?? @ ' " \\ ü`.split(/\s+/);

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function check(text: string): void {
  const source = new SourceText('fuzz', text);
  const { program, ir, diagnostics } = readModule(source, { standard: STANDARD });
  renderAst(program);
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if ((ir === null) !== errors.length > 0) throw new Error('IR and errors do not agree');
  if (errors.length > 21) throw new Error('too many errors');
  for (const d of diagnostics) {
    const [label] = d.labels;
    if (label === undefined || label.span.start < 0 || label.span.end < label.span.start) throw new Error('no place');
    if (label.span.start > text.length) throw new Error('a place outside of the source');
    renderDiagnostic(d);
  }
}

function checkAll(texts: Iterable<string>): void {
  for (const text of texts) {
    try {
      check(text);
    } catch (error) {
      expect.fail(`${error instanceof Error ? error.stack : String(error)}\nfor ${JSON.stringify(text)}`);
    }
  }
}

describe('fuzz', () => {
  it('survives soups of tokens', () => {
    const next = random(1);
    const pick = () => WORDS[Math.floor(next() * WORDS.length)] as string;
    const soups = Array.from({ length: 2000 }, () => {
      const words = Array.from(
        { length: 1 + Math.floor(next() * 40) },
        () => pick() + (next() < 0.1 ? '\n' : next() < 0.8 ? ' ' : ''),
      );
      return (next() < 0.5 ? 'TRANSFORM T {\n' : '') + words.join('');
    });
    checkAll(soups);
  });

  it('survives mutations of programs', () => {
    const next = random(2);
    const folder = new URL('../../diagnostics/', import.meta.url);
    const cases: { source: string }[] = JSON.parse(
      readFileSync(new URL('../../spec/cases/language.json', import.meta.url), 'utf8'),
    );
    const files = readdirSync(folder).filter((name) => name.endsWith('.bl'));
    const seeds = [
      ...files.map((name) => readFileSync(new URL(name, folder), 'utf8')),
      ...cases.map((c) => `TRANSFORM T {\n${c.source}\n}`),
    ];
    const place = (text: string) => Math.floor(next() * (text.length + 1));
    const mutate = (text: string): string => {
      const at = place(text);
      const other = seeds[Math.floor(next() * seeds.length)] as string;
      switch (Math.floor(next() * 4)) {
        case 0:
          return text.slice(0, at) + text.slice(at + 1 + Math.floor(next() * 5));
        case 1:
          return `${text.slice(0, at)} ${WORDS[Math.floor(next() * WORDS.length)]} ${text.slice(at)}`;
        case 2:
          return text.slice(0, at) + other.slice(place(other));
        default:
          return text.slice(0, at) + String.fromCharCode(Math.floor(next() * 0x3000)) + text.slice(at);
      }
    };
    checkAll(
      Array.from({ length: 3000 }, () => {
        let text = seeds[Math.floor(next() * seeds.length)] as string;
        for (let i = 0; i < 1 + next() * 3; i++) text = mutate(text);
        return text;
      }),
    );
  });
});
