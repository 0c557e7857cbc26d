/** What the cases are put together from: a pair of modules, tables with one change, a TRY, a loop, a branch. */
import { type Join, type Module, SLOT } from '../../../src/bytecode/module.ts';
import { type HandMadeUnit, handMade, type Line, TABLES } from '../../support/hand-made.ts';

export interface Case {
  readonly why: string;
  readonly broken: Module;
  readonly at: { readonly unit: number; readonly offset: number } | string;
  readonly twin: Module;
}

export type Given = Parameters<typeof handMade>[0];
export type At = number | string | { readonly unit: number; readonly offset: number };

export function pair(why: string, broken: Given, at: At, twin: Given): Case {
  return {
    why,
    broken: handMade(broken),
    at: typeof at === 'number' ? { unit: 0, offset: at } : at,
    twin: handMade(twin),
  };
}

export const code = (...lines: Line[]): Given => ({ code: lines });
/** The change may be one that the type forbids: the verifier trusts no type. */
export const table = (why: string, broken: Given, at: string, twin: Given = {}): Case => pair(why, broken, at, twin);
export const unit = (why: string, broken: Partial<HandMadeUnit>, at: At = 0): Case =>
  pair(why, { code: [['RETURN']], ...broken }, at, {});

export const [CLOCK, SHARED] = TABLES.imports as [Module['imports'][number], Module['imports'][number]];
export const clock = (change: object): Given => ({ imports: [{ ...CLOCK, ...change }, SHARED] });
export const NO_EFFECTS = { emits: false, suspends: false, awaits: false, imports: [] };
export const PUSH: Line = ['PUSH', 0];
export const PUSH_POP: readonly Line[] = [PUSH, ['POP']];

/** One TRY around `body`, its CATCH in slot 1. */
export const tried = (body: readonly Line[], after: readonly Line[] = []): readonly Line[] => [
  ['TRY_START', 'caught'],
  ...body,
  ['TRY_END'],
  ['JUMP', 'end'],
  'caught:',
  ['CATCH', 1, 0, 0],
  'end:',
  ...after,
  ['RETURN'],
];
/** One loop over `input` around `body`: cursor in slot 2, element in slot 1. */
export const looped = (
  body: readonly Line[],
  next: Line = ['NEXT_FOREACH', 2, 1, 'head', 0],
  after: readonly Line[] = [['RETURN']],
): Given => ({
  loopCount: 1,
  code: [['LOAD_LOCAL', 0], ['INIT_FOREACH', 2, 1, 'over', 0], 'head:', ...body, next, 'over:', ...after],
});
export const CAUGHT: readonly Line[] = [['RETURN'], 'caught:', ['CATCH', 1, 0, 0], ['RETURN']];
/** Declares slots 0 and 1 set, slot 2 a cursor, wherever control arrives inside. */
export const keepingCursor = (given: Given): Given => ({
  ...given,
  joins: (joins) =>
    joins.map((join) => (join.scopes.length === 0 ? join : { ...join, slots: Uint8Array.of(0b11_01_01) })),
});
/** A branch that stays inside what is around it. */
export const SKIP: readonly Line[] = [PUSH, ['JUMP_IF_TRUE', 'on'], ['NOP'], 'on:'];
export const branched: readonly Line[] = [PUSH, ['JUMP_IF_TRUE', 'end'], ['NOP'], 'end:', ['RETURN']];
export const withJoin = (change: (join: Join) => Partial<Join>, lines = branched): Given => ({
  code: lines,
  joins: (declared) => declared.map((join, i) => (i === 0 ? { ...join, ...change(join) } : join)),
});
export const places = (...rows: number[]): Given => ({
  code: [PUSH, ['NEG'], ['NEG'], ['RETURN_VALUE']],
  places: Int32Array.from(rows),
});
export const lambda = (captures: readonly number[], cells: readonly number[] = []): HandMadeUnit => ({
  kind: 'lambda',
  parameterCount: 0,
  captures,
  cells,
  code: [['RETURN']],
});
export const making = (before: readonly Line[], made: HandMadeUnit): Given => ({
  units: [{ code: [...before, ['CLOSURE', 1], ['RETURN_VALUE']] }, made],
});
export const MANY = 65_536;

export function isOp(line: Line, op: string): boolean {
  return Array.isArray(line) && line[0] === op;
}

export function joinAt(at: number): Join {
  return { at, height: 0, scopes: [], slots: Uint8Array.of(SLOT.value) };
}

/** Branches to one join, over as many slots as a frame may have. */
export function wideJumps(branches: number): Given {
  const lines = Array.from({ length: branches }, (): readonly Line[] => [PUSH, ['JUMP_IF_TRUE', 'end']]).flat();
  return { slotCount: 65_535, slotNames: new Array(65_535).fill(''), code: [...lines, 'end:', ['RETURN']] };
}

/** An export that outputs, suspends, waits and calls, and what is changed of its declaration. */
export function effects(change: Partial<typeof NO_EFFECTS> | object): Given {
  const declared = { emits: true, suspends: true, awaits: true, imports: [0, 1], ...change };
  const lines: readonly Line[] = [
    ['CALL_HOST', 0, 0],
    ['SUSPEND'],
    ['OUTPUT_VALUE'],
    PUSH,
    PUSH,
    ['SHARED_AWAIT'],
    ['RETURN_VALUE'],
  ];
  return { code: lines, exports: [{ name: 'u', unit: 0, effects: declared }] };
}

export function calledEffects(change: object): Given {
  const declared = { ...NO_EFFECTS, suspends: true, ...change };
  return {
    units: [
      { code: [['CALL_FN', 1, 0], ['RETURN_VALUE']] },
      { code: [['CLOSURE', 2], ['RETURN_VALUE']] },
      { ...lambda([]), code: [PUSH, ['SUSPEND'], ['RETURN_VALUE']] },
    ],
    exports: [{ name: 'u', unit: 0, effects: declared }],
  };
}
