/** Units with one bad instruction or one bad jump. */
import type { Reason } from '../../../src/verify/reasons.ts';
import {
  branched,
  type Case,
  code,
  isOp,
  joinAt,
  lambda,
  looped,
  MANY,
  making,
  PUSH,
  PUSH_POP,
  pair,
  tried,
  withJoin,
} from './case-parts.ts';

export const CODE_CASES = {
  'empty-unit': [pair('no code', code(), 0, {})],
  'unknown-opcode': [
    pair('a free number', code(0x0e), 0, {}),
    pair('the largest byte', code(['NOP'], 0xff, ['RETURN']), 1, code(['NOP'], ['RETURN'])),
    pair('a negative one', code(-1), 0, {}),
    pair('one beyond a byte', code(0x101), 0, {}),
  ],
  'runtime-only-opcode': [
    pair('a charge', code(['CHARGE', 0], ['RETURN']), 0, {}),
    pair(
      'a fused load',
      code(['LOAD_PART', 0, 0], ['RETURN_VALUE']),
      0,
      code(['LOAD_LOCAL', 0], ['ACCESS_STATIC', 0], ['RETURN_VALUE']),
    ),
    pair('zeroed code', code(0), 0, {}),
  ],
  'truncated-instruction': [
    pair('no operand', code(0x10), 0, code(PUSH, ['RETURN_VALUE'])),
    pair(
      'an operand too few',
      code(['LOAD_LOCAL', 0], 0x80, 0, 1),
      2,
      code(['LOAD_LOCAL', 0], ['CALL', 0, 1, 1], ['RETURN_VALUE']),
    ),
  ],
  'operand-range': [
    pair('a constant', code(['PUSH', 3], ['RETURN_VALUE']), 0, code(['PUSH', 2], ['RETURN_VALUE'])),
    pair('a negative constant', code(['PUSH', -1], ['RETURN_VALUE']), 0, {}),
    pair(
      'a key',
      code(PUSH, ['ACCESS_STATIC', 2], ['RETURN_VALUE']),
      2,
      code(PUSH, ['ACCESS_STATIC', 1], ['RETURN_VALUE']),
    ),
    pair('a shape', code(['OUTPUT_RECORD', 1], ['RETURN']), 0, code(PUSH, PUSH, ['OUTPUT_RECORD', 0], ['RETURN'])),
    pair('a path', code(PUSH, ['SET_PATH', 0, 3], ['RETURN']), 2, code(PUSH, ['SET_PATH', 0, 1], ['RETURN'])),
    pair('a call', code(['CALL_HOST', 2, 0], ['RETURN']), 0, code(['CALL_HOST', 0, 0], ['RETURN_VALUE'])),
    pair('a unit', code(['CALL_FN', 1, 0], ['RETURN']), 0, {
      units: [{ code: [['CALL_FN', 1, 0], ['RETURN_VALUE']] }, { code: [['RETURN']] }],
    }),
    pair('a shared resource', code(['LOAD_SCOPE', 1], ['RETURN']), 0, {}),
    pair('a trace point', code(['TRACE', 0, 0], ['RETURN']), 0, {
      ...code(['TRACE', 0, 0], ['RETURN']),
      points: [{ kind: 'end-loop' }],
    }),
    pair('a slot', code(['LOAD_LOCAL', 3], ['RETURN_VALUE']), 0, code(['LOAD_LOCAL', 0], ['RETURN_VALUE'])),
    pair('a back edge', { ...looped([]), loopCount: 0 }, 7, looped([])),
    pair('a target', { ...code(['JUMP', 2]), joins: () => [] }, 0, code(['JUMP', 'on'], 'on:', ['RETURN'])),
    pair('a count', code(['MAKE_ARRAY', 65_535], ['RETURN']), 0, code(['MAKE_ARRAY', 0], ['RETURN'])),
    pair('a negative count', code(['MAKE_ARRAY', -1], ['RETURN']), 0, {}),
    pair('a flag', code(['FAULT', 2]), 0, code(['FAULT', 1])),
    pair('a number', { code: tried(PUSH_POP).map((line) => (isOp(line, 'CATCH') ? ['CATCH', 1, -1, 0] : line)) }, 8, {
      code: tried(PUSH_POP),
    }),
  ],
  'entry-kind': [
    pair('a function’s name', code(['CALL', 0, 0, 0], ['RETURN_VALUE']), 0, code(['CALL', 0, 1, 0], ['RETURN_VALUE'])),
    pair('a path of nothing to set', code(PUSH, ['SET_PATH', 0, 2], ['RETURN']), 2, {}),
    pair(
      'a path of nothing to append to',
      code(PUSH, ['APPEND_PATH', 0, 2, 0], ['RETURN']),
      2,
      code(PUSH, ['APPEND_PATH', 0, 1, 0], ['RETURN']),
    ),
    pair('a computed path to modify', code(['MODIFY', 0, 0, 0], ['RETURN']), 0, code(['MODIFY', 0, 1, 0], ['RETURN'])),
  ],
  'unit-kind': [
    pair(
      'a lambda called by index',
      { units: [{ code: [['CALL_FN', 1, 0], ['RETURN']] }, lambda([])] },
      0,
      making([], lambda([])),
    ),
    pair('a TRANSFORM called', code(['CALL_FN', 0, 0], ['RETURN']), 0, {}),
    pair('a lambda made of a FUNC', making([], { code: [['RETURN']] }), 0, {}),
  ],
  'call-arity': [
    pair(
      'an argument too many',
      code(PUSH, ['CALL_HOST', 0, 1], ['RETURN_VALUE']),
      2,
      code(PUSH, ['CALL_HOST', 1, 1], ['RETURN_VALUE']),
    ),
  ],
  'output-outside-transform': [
    pair(
      'a record in a FUNC',
      { units: [{ code: [['RETURN']] }, { code: [PUSH, PUSH, ['OUTPUT', 1], ['RETURN']] }] },
      { unit: 1, offset: 4 },
      code(PUSH, PUSH, ['OUTPUT', 1], ['RETURN']),
    ),
    pair(
      'a shape in a lambda',
      making([], { ...lambda([]), code: [PUSH, PUSH, ['OUTPUT_RECORD', 0], ['RETURN']] }),
      { unit: 1, offset: 4 },
      making([], { ...lambda([]), code: [PUSH, ['OUTPUT_VALUE'], ['RETURN']] }),
    ),
  ],
  'falls-off': [
    pair('behind an instruction', code(...PUSH_POP), 2, code(...PUSH_POP, ['RETURN'])),
    pair('behind a branch', code('again:', PUSH, ['JUMP_IF_TRUE', 'end'], 'end:', ['NOP']), 4, { code: branched }),
  ],
  'unreachable-code': [
    pair('behind a return', code(['RETURN'], ['RETURN']), 1, {}),
    pair(
      'behind a jump',
      code(['JUMP', 'end'], ['NOP'], 'end:', ['RETURN']),
      2,
      code(['JUMP', 'end'], 'end:', ['RETURN']),
    ),
    pair(
      'a join that only code behind it leads to',
      { ...code(['RETURN'], ['NOP'], ['RETURN']), joins: () => [joinAt(1)] },
      1,
      {},
    ),
  ],
  'target-boundary': [
    pair('into an operand', code(PUSH, ['JUMP_IF_TRUE', 5], PUSH, ['RETURN_VALUE']), 5, { code: branched }),
    pair('into the operand of the last instruction', code(PUSH, ['JUMP_IF_TRUE', 5], ['FAULT', 0]), 5, {
      code: branched,
    }),
    pair('to a place that is not declared', { code: branched, joins: () => [] }, 2, { code: branched }),
  ],
  'backward-jump': [
    pair('a jump to itself', code('on:', ['JUMP', 'on']), 0, {}),
    pair('a branch back', code('on:', PUSH, ['JUMP_IF_TRUE', 'on'], ['RETURN']), 2, {}),
    pair('a loop without its head', looped(PUSH_POP, ['NEXT_FOREACH', 2, 1, 2, 0]), 10, looped(PUSH_POP)),
    pair('a TRY that leads back', code('on:', ['NOP'], ['TRY_START', 'on'], ['TRY_END'], ['RETURN']), 1, {
      code: tried([]),
    }),
    pair(
      'a loop that ends before it begins',
      {
        loopCount: 1,
        code: ['over:', ['LOAD_LOCAL', 0], ['INIT_FOREACH', 2, 1, 'over', 0], ['RETURN']],
      },
      2,
      looped([]),
    ),
  ],
  'join-shape': [
    pair(
      'a place beyond the code',
      withJoin(() => ({ at: 6 })),
      0,
      { code: branched },
    ),
    pair(
      'a place that is no number',
      withJoin(() => ({ at: Number.NaN })),
      0,
      {},
    ),
    pair('places out of order', { code: tried([]), joins: (joins) => [...joins].reverse() }, 9, { code: tried([]) }),
    pair('one place twice', { code: branched, joins: (joins) => [...joins, ...joins] }, 5, {}),
    pair(
      'a negative height',
      withJoin(() => ({ height: -1 })),
      0,
      {},
    ),
    pair(
      'a height beyond the limit',
      withJoin(() => ({ height: MANY })),
      0,
      {},
    ),
    pair(
      'too few slots',
      withJoin(() => ({ slots: new Uint8Array(0) })),
      0,
      {},
    ),
    pair(
      'too many slots',
      withJoin(() => ({ slots: new Uint8Array(2) })),
      0,
      {},
    ),
    pair(
      'a slot that there is not',
      withJoin(({ slots }) => ({ slots: slots.map((byte) => byte | 0b0100_0000) })),
      5,
      {},
    ),
    pair(
      'a place that no jump names',
      { ...code(['NOP'], ['RETURN']), joins: () => [joinAt(1)] },
      1,
      code(['NOP'], ['RETURN']),
    ),
  ],
} as const satisfies { readonly [R in Reason]?: readonly Case[] };
