/** Units in which one way brings another stack, region or slot than the code behind it needs. */
import { SLOT } from '../../../src/bytecode/module.ts';
import type { Reason } from '../../../src/verify/reasons.ts';
import type { Line } from '../../support/hand-made.ts';
import {
  branched,
  CAUGHT,
  type Case,
  code,
  isOp,
  keepingCursor,
  lambda,
  looped,
  MANY,
  making,
  PUSH,
  PUSH_POP,
  pair,
  SKIP,
  tried,
  withJoin,
} from './case-parts.ts';

export const STATE_CASES = {
  'stack-underflow': [
    pair('nothing to drop', code(['POP'], ['RETURN']), 0, { code: [...PUSH_POP, ['RETURN']] }),
    pair('nothing to return', code(['RETURN_VALUE']), 0, code(PUSH, ['RETURN_VALUE'])),
    pair('one operand', code(PUSH, ['ADD'], ['RETURN']), 2, code(PUSH, PUSH, ['ADD'], ['RETURN'])),
    pair('elements', code(PUSH, ['MAKE_ARRAY', 2], ['RETURN']), 2, code(PUSH, ['MAKE_ARRAY', 1], ['RETURN'])),
    pair('fields', code(PUSH, ['MAKE_RECORD', 0], ['RETURN']), 2, code(PUSH, PUSH, ['MAKE_RECORD', 0], ['RETURN'])),
    pair(
      'computed keys',
      code(PUSH, ['SET_PATH', 0, 0], ['RETURN']),
      2,
      code(PUSH, PUSH, ['SET_PATH', 0, 0], ['RETURN']),
    ),
    pair('what stood there before the TRY', { code: [PUSH, ...tried([['POP'], PUSH])] }, 4, {
      code: [PUSH, ...tried([PUSH, ['POP']])],
    }),
    pair('what stood there before the TRY, behind a join', { code: [PUSH, ...tried([...SKIP, ['POP'], PUSH])] }, 9, {
      code: [PUSH, ...tried(SKIP)],
    }),
    pair(
      'what stood there before the outer TRY',
      {
        code: [
          PUSH,
          ['TRY_START', 'outer'],
          ...tried([], [['POP'], PUSH, ['TRY_END']]),
          'outer:',
          ['CATCH', 1, 0, 0],
          ['RETURN'],
        ],
      },
      13,
      { code: tried([]) },
    ),
  ],
  'stack-overflow': [
    pair('a value too many', { code: [...new Array<Line>(MANY).fill(PUSH), ['RETURN']] }, 2 * (MANY - 1), {
      code: [...new Array<Line>(MANY - 1).fill(PUSH), ['RETURN']],
    }),
  ],
  'height-mismatch': [
    pair('one way pushes', code(PUSH, ['JUMP_IF_TRUE', 'end'], PUSH, 'end:', ['RETURN']), 6, { code: branched }),
    pair('a loop leaves a value each time', looped([PUSH]), 9, looped(PUSH_POP)),
    pair('a guarded part leaves a value', { code: tried([PUSH]) }, 11, { code: tried(PUSH_POP) }),
    pair(
      'the declaration is higher',
      withJoin(({ height }) => ({ height: height + 1 })),
      2,
      { code: branched },
    ),
  ],
  'scope-mismatch': [
    pair('an end without a TRY', code(['TRY_END'], ['RETURN']), 0, { code: tried([]) }),
    pair('a loop’s end instead of a TRY’s', looped([['TRY_END']]), 7, looped(tried([]).slice(0, -1))),
    pair(
      'a next without a loop',
      { loopCount: 1, code: ['head:', ['NEXT_FOREACH', 2, 1, 'head', 0], ['RETURN']] },
      0,
      looped([]),
    ),
    pair(
      'a next inside a TRY inside the loop',
      keepingCursor(looped([['TRY_START', 'caught']], ['NEXT_FOREACH', 2, 1, 'head', 0], CAUGHT)),
      9,
      looped(tried([]).slice(0, -1)),
    ),
    pair('a jump out of a TRY', { code: tried([PUSH, ['JUMP_IF_TRUE', 'end']]) }, 7, {
      code: tried(SKIP),
    }),
    pair('a jump out of a loop', looped([PUSH, ['JUMP_IF_TRUE', 'over']]), 9, looped(PUSH_POP)),
    pair('a jump into a TRY', { code: [PUSH, ['JUMP_IF_TRUE', 'in'], ...tried(['in:', ['NOP']])] }, 6, {
      code: [PUSH, ['JUMP_IF_TRUE', 'in'], 'in:', ...tried([['NOP']])],
    }),
    pair(
      'a region that a way leaves open',
      { code: tried([]).map((line) => (isOp(line, 'TRY_END') ? (['NOP'] as const) : line)) },
      9,
      { code: tried([]) },
    ),
    pair(
      'the declaration has none open',
      {
        code: tried(SKIP),
        joins: (joins) => joins.map((join, i) => (i === 0 ? { ...join, scopes: [] } : join)),
      },
      4,
      { code: tried([]) },
    ),
  ],
  'catch-entry': [
    pair('by falling into it', { code: tried([]).filter((line) => !isOp(line, 'JUMP')) }, 3, { code: tried([]) }),
    pair('from the start', code(['CATCH', 2, 0, 0], ['RETURN']), 0, {}),
    pair('by a jump', { code: tried([PUSH, ['JUMP_IF_TRUE', 'caught']]) }, 4, { code: tried([]) }),
    pair('by another TRY', { code: [['TRY_START', 'caught'], ...tried([])] }, 2, {
      code: [['TRY_START', 'outer'], ...tried([], [['TRY_END'], ['RETURN'], 'outer:', ['CATCH', 1, 0, 0]])],
    }),
    pair('a TRY that names no CATCH', code(['TRY_START', 'on'], 'on:', ['TRY_END'], ['RETURN']), 0, {
      code: tried([]),
    }),
    pair('of a loop', looped([['CATCH', 1, 0, 0]]), 7, looped([])),
  ],
  'cursor-use': [
    pair('another cursor', { ...looped([], ['NEXT_FOREACH', 0, 1, 'head', 0]) }, 7, looped([])),
    pair('another element', { ...looped([], ['NEXT_FOREACH', 2, 0, 'head', 0]) }, 7, looped([])),
    pair(
      'one slot for both',
      {
        loopCount: 1,
        code: [
          ['LOAD_LOCAL', 0],
          ['INIT_FOREACH', 2, 2, 'end', 0],
          'head:',
          ['NEXT_FOREACH', 2, 2, 'head', 0],
          'end:',
          ['RETURN'],
        ],
      },
      2,
      looped([]),
    ),
    pair('a load of it', looped([['LOAD_LOCAL', 2], ['POP']]), 7, looped([['LOAD_LOCAL', 1], ['POP']])),
    pair('a store over it', keepingCursor(looped([PUSH, ['STORE_LOCAL', 2]])), 9, looped([PUSH, ['STORE_LOCAL', 1]])),
    pair('a cell over it', keepingCursor(looped([PUSH, ['MAKE_CELL', 2]])), 9, looped([PUSH, ['MAKE_CELL', 1]])),
    pair('a write through it', looped([PUSH, ['APPEND', 2]]), 9, looped([PUSH, ['APPEND', 1]])),
    pair(
      'a second loop with it',
      keepingCursor(looped([['LOAD_LOCAL', 0], ['INIT_FOREACH', 2, 1, 'in', 0], 'in:'])),
      9,
      {},
    ),
    pair(
      'a join that forgets it',
      {
        ...looped([]),
        joins: (joins) =>
          joins.map((join, i) => (i === 0 ? { ...join, slots: Uint8Array.of(SLOT.value | (SLOT.value << 2)) } : join)),
      },
      7,
      looped([]),
    ),
  ],
  'slot-empty': [
    pair(
      'a load',
      code(['LOAD_LOCAL', 1], ['RETURN_VALUE']),
      0,
      code(PUSH, ['STORE_LOCAL', 1], ['LOAD_LOCAL', 1], ['RETURN_VALUE']),
    ),
    pair(
      'a load of a cell',
      code(['LOAD_VAR', 1], ['RETURN_VALUE']),
      0,
      code(PUSH, ['MAKE_CELL', 1], ['LOAD_VAR', 1], ['RETURN_VALUE']),
    ),
    pair('a write', code(PUSH, ['APPEND', 1], ['RETURN']), 2, code(PUSH, ['APPEND', 0], ['RETURN'])),
    pair(
      'set on one way only',
      code(PUSH, ['JUMP_IF_TRUE', 'end'], PUSH, ['STORE_LOCAL', 1], 'end:', ['LOAD_LOCAL', 1], ['RETURN_VALUE']),
      8,
      code(
        PUSH,
        ['STORE_LOCAL', 1],
        PUSH,
        ['JUMP_IF_TRUE', 'end'],
        PUSH,
        ['STORE_LOCAL', 1],
        'end:',
        ['LOAD_LOCAL', 1],
        ['RETURN_VALUE'],
      ),
    ),
    pair('set in the guarded part', { code: tried([PUSH, ['STORE_LOCAL', 2]], [['LOAD_LOCAL', 2], ['POP']]) }, 13, {
      code: tried([PUSH, ['STORE_LOCAL', 2], ['LOAD_LOCAL', 2], ['POP']]),
    }),
    pair(
      'an element after its loop',
      looped([], undefined, [['LOAD_LOCAL', 1], ['RETURN_VALUE']]),
      12,
      looped([['LOAD_LOCAL', 1], ['POP']]),
    ),
    pair('the error when there was none', { code: tried([], [['LOAD_LOCAL', 1], ['POP']]) }, 9, { code: tried([]) }),
  ],
  'slot-kind': [
    pair(
      'a value for a cell',
      code(['LOAD_VAR', 0], ['RETURN_VALUE']),
      0,
      code(['LOAD_LOCAL', 0], ['MAKE_CELL', 0], ['LOAD_VAR', 0], ['RETURN_VALUE']),
    ),
    pair('a store to a cell that is a value', code(PUSH, ['STORE_VAR', 0], ['RETURN']), 2, {}),
    pair('a cell for a value', code(PUSH, ['MAKE_CELL', 1], ['LOAD_LOCAL', 1], ['RETURN_VALUE']), 4, {}),
    pair(
      'a captured cell',
      { units: [{ code: [['RETURN']] }, { ...lambda([0], [0]), code: [['LOAD_LOCAL', 0], ['RETURN_VALUE']] }] },
      { unit: 1, offset: 0 },
      { units: [{ code: [['RETURN']] }, { ...lambda([0], [0]), code: [['LOAD_VAR', 0], ['RETURN_VALUE']] }] },
    ),
  ],
  'slot-mismatch': [
    pair(
      'declared set, set on one way only',
      withJoin(({ slots }) => ({ slots: slots.map((byte) => byte | (SLOT.value << 2)) })),
      2,
      { code: branched },
    ),
    pair(
      'declared a cell that is a value',
      withJoin(({ slots }) => ({ slots: slots.map((byte) => byte ^ SLOT.value ^ SLOT.cell) })),
      2,
      {},
    ),
    pair(
      'declared a cursor',
      withJoin(({ slots }) => ({ slots: slots.map((byte) => byte | (SLOT.cursor << 2)) })),
      2,
      {},
    ),
    pair(
      'changed in the guarded part',
      {
        code: tried([PUSH, ['MAKE_CELL', 0]]),
        joins: (joins) =>
          joins.map((join, i) => (i === 0 ? { ...join, slots: join.slots.map((byte) => byte | SLOT.value) } : join)),
      },
      4,
      { code: tried([PUSH, ['MAKE_CELL', 0]]) },
    ),
  ],
  'capture-kind': [
    pair('an empty slot', making([], lambda([1])), 0, making([], lambda([0]))),
    pair('a value for a cell', making([], lambda([0], [0])), 0, making([PUSH, ['MAKE_CELL', 1]], lambda([1], [0]))),
    pair('a cell for a value', making([PUSH, ['MAKE_CELL', 1]], lambda([1])), 4, {}),
    pair('a slot that there is not', making([], lambda([3])), 0, {}),
    pair(
      'a cursor',
      {
        units: [
          { ...looped([['CLOSURE', 1], ['POP']]), code: looped([['CLOSURE', 1], ['POP']]).code ?? [] },
          lambda([2]),
        ],
      },
      7,
      {
        units: [
          { ...looped([['CLOSURE', 1], ['POP']]), code: looped([['CLOSURE', 1], ['POP']]).code ?? [] },
          lambda([1]),
        ],
      },
    ),
  ],
} as const satisfies { readonly [R in Reason]?: readonly Case[] };
