/**
 * Rendered errors of runs. Each `.bl` file in `runs` is run on an empty object and its error compared with the `.txt`
 * beside it; with UPDATE_GOLDEN=1 the `.txt` files are written anew. Read each one aloud once.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createHost, MemoryStore, RunError, sharedState } from '../../src/index.ts';

const here = (name: string) => new URL(`runs/${name}`, import.meta.url);
const programs = readdirSync(here('')).filter((name) => name.endsWith('.bl'));

async function errorOf(text: string, name: string): Promise<RunError> {
  const host = createHost({ grants: { 'host:shared': sharedState(new MemoryStore()) } });
  const module = await host.load(text, { id: name });
  try {
    module.run({});
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error('the run did not fail');
}

it.each(programs)('%s', async (name) => {
  const text = `${String(await errorOf(readFileSync(here(name), 'utf8'), name))}\n`;
  const golden = here(name.replace(/bl$/, 'txt'));
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
