/**
 * Every example that src/STDLIB.md shows, read from the page and run in every configuration: what stands there is what
 * happens, for upstream's functions and for ours.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { capability, createHost, MemoryStore, RunError, sharedState } from '../../src/index.ts';
import { STANDARD } from '../../src/std/index.ts';
import { CONFIGURATIONS, type Configuration } from '../support/configurations.ts';
import { show } from '../unit/std/calls.ts';

const UUID = '3b241101-e2bb-4255-8caf-4136c566a962';
const GRANTS = {
  'host:shared': sharedState(new MemoryStore()),
  'host:clock': capability('host:clock', { now: () => '2024-02-29T12:00:00Z' }),
  'host:console': capability('host:console', { print: () => null }),
  'host:random': capability('host:random', { next: () => 0.25, uuid: () => UUID }),
};

/** `### NAME`, and a line for each example: the expression, an arrow between double spaces, the value or the fault. */
function readPage(page: string): ReadonlyMap<string, readonly (readonly [expression: string, shown: string])[]> {
  const sections = page.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [name = ''] = section.split('\n', 1);
      const [, block = ''] = /^```text\n(.*?)^```$/ms.exec(section) ?? [];
      const lines = block.split('\n').slice(0, -1);
      return [name, lines.map((line) => line.split('  →  ') as unknown as readonly [string, string])];
    }),
  );
}

async function outcomeOf(expression: string, { internals, isAsync }: Configuration): Promise<string> {
  const host = createHost({ grants: GRANTS, internals });
  try {
    const module = await host.load(`TRANSFORM T { OUTPUT { v: ${expression} } }`);
    const output = isAsync === true ? await module.runAsync('T', {}) : module.run('T', {});
    return show((output as { readonly v: unknown }).v);
  } catch (error) {
    if (error instanceof RunError) return `✗ ${error.message}`;
    throw error;
  } finally {
    await host.close();
  }
}

const page = readPage(readFileSync(new URL('../../src/STDLIB.md', import.meta.url), 'utf8'));

test('the page has every function, each with examples', () => {
  expect([...page.keys()].sort()).toEqual([...STANDARD.keys()].sort());
  for (const [name, examples] of page) expect(examples.length, name).toBeGreaterThanOrEqual(2);
});

for (const [name, examples] of page) {
  test.each(examples)(`${name}: %s is %s`, async (expression, shown) => {
    for (const configuration of CONFIGURATIONS) {
      expect(await outcomeOf(expression, configuration), configuration.name).toBe(shown);
    }
  });
}

test('an example that is wrong would be noticed', async () => {
  const [plain] = CONFIGURATIONS;
  expect(await outcomeOf('ABS(0 - 2)', plain as Configuration)).toBe('2');
  expect(await outcomeOf('ABS("2")', plain as Configuration)).toBe('✗ ABS: arg must be numeric');
});
