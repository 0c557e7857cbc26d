/** Errors as JSON, which editors and other processes read: the shape is a promise. */
import { expect, it } from 'vitest';
import { createHost, type MillraceError } from '../../../src/index.ts';

async function jsonOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    expect((error as MillraceError).toJSON()).toEqual(JSON.parse(JSON.stringify(error)));
    return JSON.parse(JSON.stringify(error));
  }
  throw new Error('nothing was thrown');
}

it('of a refused program names the module, and every finding with its place', async () => {
  const source = 'TRANSFORM T {\n  OUTPUT { a: inptu.x };\n}';
  expect(await jsonOf(() => createHost().load(source, { id: 'plugins/a' }))).toEqual({
    name: 'LoadError',
    code: 'MR2001',
    title: 'a name is not known',
    message: expect.stringContaining('inptu'),
    module: 'plugins/a',
    diagnostics: [
      {
        code: 'MR2001',
        severity: 'error',
        message: expect.stringContaining('inptu'),
        source: 'plugins/a',
        labels: [{ line: 2, column: 15, endLine: 2, endColumn: 20, text: expect.any(String), primary: true }],
        notes: [],
        help: expect.stringContaining('input'),
      },
    ],
    trail: [],
  });
});

it('of a run has the type of the fault and the trail, and nothing of the cause', async () => {
  const module = await createHost().load('EXPORT FUNC f(n) = 1 / n;\nEXPORT FUNC g(n) = f(n);', { id: 'm' });
  expect(await jsonOf(() => module.call('g', 0))).toMatchObject({
    name: 'RunError',
    code: 'MR6003',
    type: expect.any(String),
    diagnostics: [{ code: 'MR6003', source: 'm', labels: [{ line: 1 }] }],
    trail: [
      { unit: 'f', source: 'm', line: 1, column: 22 },
      { unit: 'g', source: 'm', line: 2, column: 20 },
    ],
  });
});

it('of a limit and of a wrong use has no diagnostics where no text is concerned', async () => {
  expect(await jsonOf(() => createHost({ jti: 'off' } as object))).toMatchObject({
    name: 'UsageError',
    code: 'MR4012',
    diagnostics: [],
    trail: [],
  });
});
