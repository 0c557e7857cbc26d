// The code made of two programs, optimised and not, as listings under review. UPDATE_GOLDEN=1 rewrites them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listingOf } from './listing.ts';

const golden = (name: string): URL => new URL(`../../golden/${name}`, import.meta.url);

describe('bytecode listings', () => {
  for (const program of ['paths', 'closures']) {
    for (const optimise of [true, false]) {
      it(`${program}, ${optimise ? 'optimised' : 'unoptimised'}`, () => {
        const listing = `${listingOf(readFileSync(golden(`${program}.bl`), 'utf8'), { optimise })}\n`;
        const file = golden(`${program}.${optimise ? 'optimised' : 'unoptimised'}.txt`);
        if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(file)) writeFileSync(file, listing);
        expect(listing).toBe(readFileSync(file, 'utf8'));
      });
    }
  }
});
