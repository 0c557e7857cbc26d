/**
 * Rendered messages. Each `.bl` file here is read and its diagnostics compared with the `.txt` beside it; with
 * UPDATE_GOLDEN=1 the `.txt` files are written anew. Read each one aloud once.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../src/base/render.ts';
import { SourceText } from '../../src/base/source.ts';
import { readModule } from '../../src/front/front.ts';
import { STANDARD } from '../unit/front/standard.ts';

const here = (name: string) => new URL(name, import.meta.url);
const programs = readdirSync(here('.')).filter((name) => name.endsWith('.bl'));

describe('rendered diagnostics', () => {
  it.each(programs)('%s', (name) => {
    const source = new SourceText(name, readFileSync(here(name), 'utf8'));
    const rendered = readModule(source, { standard: STANDARD }).diagnostics.map(renderDiagnostic);
    expect(rendered).not.toEqual([]);
    const text = `${rendered.join('\n\n')}\n`;
    const golden = here(name.replace(/bl$/, 'txt'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });
});
