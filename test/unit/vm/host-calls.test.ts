// A module made by hand may declare a member without saying how many arguments it passes: the call itself looks.
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import { capability } from '../../../src/index.ts';
import { linkModule } from '../../../src/link/linker.ts';
import { verifyModule } from '../../../src/verify/verify.ts';
import { Failure } from '../../../src/vm/faults.ts';
import { beginRun, runToEnd } from '../../../src/vm/machine.ts';
import { handMade } from '../../support/hand-made.ts';

function callWith(count: number): unknown {
  const entry = { uri: 'host:x', alias: 'x', implied: false, handedOn: [], pin: null, at: 0, end: 0 };
  const verification = verifyModule(
    handMade({
      imports: [{ ...entry, members: [{ name: 'f', arity: null }] }],
      calls: [{ name: 'f', import: 0 }],
      shared: [],
      units: [
        {
          kind: 'function',
          code: [
            ...Array.from({ length: count }, () => ['PUSH', 0] as const),
            ['CALL_HOST', 0, count],
            ['RETURN_VALUE'],
          ],
        },
      ],
    }),
  );
  if (!verification.ok) throw new Error(`refused: ${verification.refusals.map((r) => r.reason).join()}`);
  const result = linkModule(verification.verified, {
    id: 'm',
    grants: { 'host:x': capability('host:x', { f: { params: ['any'], call: (a: unknown) => a } }) },
    modules: new Map(),
    standard: () => undefined,
    prelude: () => {
      throw new Error('no prelude');
    },
  });
  const unit = result.ok ? result.linked.units[0] : undefined;
  if (unit === undefined) throw new Error('not linked');
  try {
    return runToEnd(beginRun(unit, [], { limits: DEFAULT_LIMITS, mode: 'sync' }));
  } catch (failure) {
    return failure instanceof Failure ? failure.reason : failure;
  }
}

it('a member is called with the number of arguments that it takes, or not at all', () => {
  expect(callWith(1)).toBe(1);
  for (const count of [0, 2, 3])
    expect(callWith(count)).toMatchObject({
      code: 'MR6031',
      message: `f: the number of arguments must be 1, but is ${count}`,
    });
});
