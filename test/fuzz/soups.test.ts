/** Texts that are no programs, a bounded run that is the same on every machine; `npm run fuzz` is the full size. */
import { describe, expect, it } from 'vitest';
import { createHost, LoadError } from '../../src/index.ts';
import { readLangScripts } from '../support/lang-scripts.ts';
import { formatSoups, stirSoups, taste } from './soups.ts';
import { withInstantTurns } from './turns.ts';

const SEED = 20261121;
const SOUPS = 8000;

describe('texts that are no programs', () => {
  it(`are refused with a place or run within limits (${SOUPS} soups)`, async () => {
    const scripts = readLangScripts().map(({ source }) => source);
    const report = await withInstantTurns(() => stirSoups({ seed: SEED, soups: SOUPS, scripts }));
    expect(report.failures).toEqual([]);
    expect(report.codes.size, formatSoups(report)).toBeGreaterThan(10);
    const mutated = report.kinds.get('mutated script');
    expect(mutated?.loaded).toBeGreaterThan(SOUPS / 50);
    expect(mutated?.refused).toBeGreaterThan(SOUPS / 50);
  });

  it('a refusal without a place, a wrong exception and an internal error would be noticed', async () => {
    const host = createHost();
    const refusal = await host.load('LET').catch((error: unknown) => error as LoadError);
    const { diagnostics } = refusal as LoadError;
    const throwing = (error: unknown) => taste({ load: () => Promise.reject(error) }, 'LET');
    const refused = (parts: Partial<ConstructorParameters<typeof LoadError>[0]>) =>
      throwing(new LoadError({ code: 'MR1001', message: 'm', diagnostics, ...parts }));
    expect((await throwing(refusal)).problem).toBeUndefined();
    expect((await throwing(new TypeError('x is not a function'))).problem).toContain('not a LoadError');
    expect((await refused({ diagnostics: [] })).problem).toContain('without diagnostics');
    expect((await refused({ diagnostics: diagnostics.map((d) => ({ ...d, labels: [] })) })).problem).toContain(
      'no place',
    );
    const outside = diagnostics.map((d) => ({
      ...d,
      labels: d.labels.map((l) => ({ ...l, span: { start: 0, end: 9 } })),
    }));
    expect((await refused({ diagnostics: outside })).problem).toContain('points at');
    expect((await refused({ code: 'MR9001' })).problem).toContain('MR9001');
    await host.close();
  });
});
