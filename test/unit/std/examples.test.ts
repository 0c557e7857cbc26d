/** Every example of every row, run through the whole engine: what the reference pages show is what happens. */
import { expect, test } from 'vitest';
import { capability, createHost, MemoryStore, RunError, sharedState } from '../../../src/index.ts';
import { STANDARD } from '../../../src/std/index.ts';
import { show } from './calls.ts';

const host = createHost({
  grants: {
    'host:shared': sharedState(new MemoryStore()),
    'host:clock': capability('host:clock', {
      now: { params: [], returns: 'string', effect: 'read', call: () => '2024-02-29T12:00:00Z' },
    }),
    'host:console': capability('host:console', {
      print: { effect: 'write', call: () => null },
    }),
    'host:random': capability('host:random', {
      next: { params: [], returns: 'number', effect: 'read', call: () => 0.25 },
      uuid: {
        params: [],
        returns: 'string',
        effect: 'read',
        call: () => '3b241101-e2bb-4255-8caf-4136c566a962',
      },
    }),
  },
});

const EXAMPLES = [...STANDARD.values()].flatMap((row) =>
  row.examples.map(([source, expected]) => ({ row, source, expected })),
);

test.each(EXAMPLES.map((e) => [e.row.name, e.source, e.expected] as const))(
  '%s: %s is %s',
  async (_, source, expected) => {
    const module = await host.load(`TRANSFORM T { OUTPUT { v: ${source} } }`);
    let outcome: string;
    try {
      outcome = show((module.run('T', {}) as { readonly v: unknown }).v);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      outcome = `✗ ${error.message}`;
    }
    expect(outcome).toBe(expected);
  },
);
