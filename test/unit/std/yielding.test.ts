/** A FUNC or variable of a program takes the place of any function of ours, so that no Branchline program changes. */
import { describe, expect, test } from 'vitest';
import { createHost, LoadError } from '../../../src/index.ts';
import { STANDARD } from '../../../src/std/index.ts';

const host = createHost();
const OURS = [...STANDARD.values()].filter((row) => row.yields).map((row) => row.name);
const UPSTREAM = [...STANDARD.values()].filter((row) => !row.yields).map((row) => row.name);

async function resultOf(source: string): Promise<unknown> {
  const module = await host.load(source);
  return (module.run('T', {}) as { readonly v: unknown }).v;
}

test('there are 27 functions of ours', () => {
  expect(OURS.length).toBe(27);
});

describe.each(OURS)('%s', (name) => {
  test('yields to a FUNC', async () => {
    expect(await resultOf(`FUNC ${name}(a, b) = ["mine", a, b]\nTRANSFORM T { OUTPUT { v: ${name}(1, 2) } }`)).toEqual([
      'mine',
      1,
      2,
    ]);
  });

  test('yields to a LET that holds a lambda, in its block', async () => {
    expect(await resultOf(`TRANSFORM T { LET ${name} = (a) -> ["mine", a]; OUTPUT { v: ${name}(1) } }`)).toEqual([
      'mine',
      1,
    ]);
  });

  test('yields to a LET that holds a value', async () => {
    expect(await resultOf(`TRANSFORM T { LET ${name} = 5; OUTPUT { v: ${name} + 1 } }`)).toBe(6);
  });

  test('yields to a parameter and a loop variable', async () => {
    expect(
      await resultOf(`FUNC f(${name}) = ${name} + 1
        TRANSFORM T { LET s = 0; FOR EACH ${name} IN [f(1), 2] { SET s = s + ${name}; } OUTPUT { v: s } }`),
    ).toBe(4);
  });
});

test.each(UPSTREAM)('%s cannot be hidden', async (name) => {
  for (const source of [
    `FUNC ${name}(x) = x\nTRANSFORM T { OUTPUT { v: 1 } }`,
    `TRANSFORM T { LET ${name} = 5; OUTPUT { v: 1 } }`,
  ]) {
    const error = await host.load(source).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LoadError);
    expect(error).toMatchObject({ code: 'MR2004' });
  }
});

test('a function of ours works in one unit while another has its own', async () => {
  const source =
    'FUNC f(xs) { LET TAKE = (x) -> "mine"; RETURN TAKE(xs); }\nTRANSFORM T { OUTPUT { v: [f([1]), TAKE([1, 2], 1)] } }';
  expect(await resultOf(source)).toEqual(['mine', [1]]);
});

test('the prelude keeps to its own, whatever the program declares', async () => {
  const source = 'FUNC TAKE(x) = 0\nFUNC SORT_BY(x) = 0\nTRANSFORM T { OUTPUT { v: GROUP_BY([1, 2], (x) -> "k") } }';
  expect(await resultOf(source)).toEqual({ k: [1, 2] });
});
