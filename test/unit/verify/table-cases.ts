/** Modules with one bad entry in a table, or one bad count. */
import type { Reason } from '../../../src/verify/reasons.ts';
import {
  type Case,
  CLOCK,
  calledEffects,
  clock,
  code,
  effects,
  lambda,
  making,
  NO_EFFECTS,
  PUSH,
  pair,
  places,
  SHARED,
  table,
  unit,
  wideJumps,
} from './case-parts.ts';

export const TABLE_CASES = {
  'table-size': [
    table(
      'too many imports',
      { imports: Array.from({ length: 257 }, (_, i) => ({ ...CLOCK, alias: `c${i}` })) },
      'imports',
    ),
  ],
  'table-entry': [
    table('a constant −0', { constants: [-0] }, 'constants[0]', { constants: [0] }),
    table('a constant NaN', { constants: [Number.NaN] }, 'constants[0]', { constants: [0] }),
    table('an import without a URI', clock({ uri: '' }), 'imports[0]'),
    table(
      'a pin that is no digest',
      clock({ uri: './m.bl', pin: 'sha256:12' }),
      'imports[0]',
      clock({ uri: './m.bl', pin: `sha256:${'0'.repeat(64)}` }),
    ),
    table('a pinned capability', clock({ pin: `sha256:${'0'.repeat(64)}` }), 'imports[0]'),
    table('something handed on that is no import', clock({ uri: './m.bl', handedOn: [7] }), 'imports[0]'),
    table('something handed on that was only implied', clock({ uri: './m.bl', handedOn: [1] }), 'imports[0]'),
    table('a module imported by implication', clock({ uri: './m.bl', implied: true }), 'imports[0]'),
    table(
      'a negative arity',
      clock({ members: [{ name: 'now', arity: -1 }] }),
      'imports[0]',
      clock({ members: [{ name: 'now', arity: null }] }),
    ),
    table('a call of a member that is not declared', { calls: [{ name: 'later', import: 0 }] }, 'calls[0]', {
      calls: [{ name: 'now', import: 0 }],
    }),
    table('a call of an import that is not there', { calls: [{ name: 'now', import: 9 }] }, 'calls[0]'),
    table('a negative key', { keys: [-1] }, 'keys[0]', { keys: [1] }),
    table('a key with a fraction', { keys: [0.5] }, 'keys[0]'),
    table('the key −0', { keys: [-0] }, 'keys[0]'),
    table('a big key that is a small number', { keys: [5n] }, 'keys[0]', { keys: [2n ** 60n] }),
    table('a bad key in a path', { paths: [{ segments: ['a', -1] }] }, 'paths[0]', { paths: [{ segments: ['a', 1] }] }),
    table(
      'shared state without the import of it',
      { imports: [CLOCK], code: [['LOAD_SCOPE', 0], ['RETURN_VALUE']] },
      'shared',
      code(['LOAD_SCOPE', 0], ['RETURN_VALUE']),
    ),
    table(
      'shared state by name without the import of it',
      { imports: [CLOCK], shared: [], code: [PUSH, PUSH, ['SHARED_AWAIT'], ['RETURN_VALUE']] },
      'shared',
      code(PUSH, PUSH, ['SHARED_AWAIT'], ['RETURN_VALUE']),
    ),
    table(
      'an export of a unit that is not there',
      { exports: [{ name: 'u', unit: 3, effects: NO_EFFECTS }] },
      'exports[0]',
      { exports: [{ name: 'u', unit: 0, effects: NO_EFFECTS }] },
    ),
    table('an export under another name', { exports: [{ name: 'v', unit: 0, effects: NO_EFFECTS }] }, 'exports[0]'),
    table(
      'an exported lambda',
      { ...making([], lambda([])), exports: [{ name: 'u1', unit: 1, effects: NO_EFFECTS }] },
      'exports[0]',
      making([], lambda([])),
    ),
  ],
  'duplicate-entry': [
    table('constants', { constants: [1, 1] }, 'constants[1]', { constants: [1, 1n, '1', 0] }),
    table('keys', { keys: ['a', 'a'] }, 'keys[1]', { keys: ['1', 1] }),
    table('shapes', { shapes: [['a'], ['a']] }, 'shapes[1]', {
      shapes: [
        ['a', 'b'],
        ['b', 'a'],
      ],
    }),
    table('keys of a shape', { shapes: [['a', 'a']] }, 'shapes[0][1]'),
    table('paths', { paths: [{ segments: ['a'] }, { segments: ['a'] }] }, 'paths[1]', {
      paths: [{ segments: ['*'] }, { segments: [null] }],
    }),
    table(
      'calls',
      {
        calls: [
          { name: 'now', import: 0 },
          { name: 'now', import: 0 },
        ],
      },
      'calls[1]',
      {
        calls: [
          { name: 'now', import: 0 },
          { name: 'now', import: null },
        ],
      },
    ),
    table('aliases', { imports: [CLOCK, CLOCK] }, 'imports[1]', { imports: [CLOCK, { ...CLOCK, alias: 'c' }] }),
    table('implied imports', { imports: [CLOCK, SHARED, SHARED] }, 'imports[1]'),
    table(
      'members',
      clock({ members: [...CLOCK.members, ...CLOCK.members] }),
      'imports[0].members[1]',
      clock({ members: [...CLOCK.members, { name: 'now', arity: 1 }] }),
    ),
    table(
      'what is handed on',
      { imports: [CLOCK, { ...CLOCK, uri: './m.bl', alias: 'm', handedOn: [0, 0] }] },
      'imports[1].handedOn[1]',
      { imports: [CLOCK, { ...CLOCK, uri: './m.bl', alias: 'm', handedOn: [0] }] },
    ),
    table(
      'shared resources',
      {
        shared: [
          { name: 's', mode: 'MANY' },
          { name: 's', mode: 'MANY' },
        ],
      },
      'shared[1]',
    ),
    table(
      'names of units',
      { units: [{ code: [['RETURN']] }, { name: 'u', code: [['RETURN']] }], exports: [] },
      'units[1]',
      { units: [{ code: [['RETURN']] }, { name: 'v', code: [['RETURN']] }] },
    ),
    table(
      'exports',
      {
        exports: [
          { name: 'u', unit: 0, effects: NO_EFFECTS },
          { name: 'u', unit: 0, effects: NO_EFFECTS },
        ],
      },
      'exports[1]',
    ),
  ],
  'unit-shape': [
    table('a TRANSFORM of two', { code: [['RETURN']], parameterCount: 2 }, 'units[0]'),
    table(
      'a FUNC that captures',
      { units: [{ code: [['RETURN']] }, { captures: [0], code: [['RETURN']] }] },
      'units[1]',
    ),
    table('a capture of no slot', { units: [{ code: [['RETURN']] }, lambda([-1])] }, 'units[1]', {
      units: [{ code: [['RETURN']] }, lambda([0])],
    }),
    table('a kind that there is not', { code: [['RETURN']], kind: 'other' as 'lambda' }, 'units[0]'),
    unit('fewer slots than none', { slotCount: -1, slotNames: [] }),
    unit('more slots than a frame may have', { slotCount: 65_536, slotNames: new Array(65_536).fill('') }),
    unit('more parameters than slots', { slotCount: 0, slotNames: [] }),
    unit('slots without names', { slotNames: ['input'] }),
    unit('a count that is no number', { loopCount: Number.NaN }),
    unit('a cell that is no slot', { cells: [3] }),
    unit('cells out of order', { cells: [2, 1] }),
  ],
  'verification-cost': [
    pair('jumps that compare many slots', wideJumps(20_000), { unit: 0, offset: -1 }, wideJumps(2)),
  ],
  'line-table': [
    pair('a row too few', places(2, 0, 1), 3, places(2, 0, 1, 3, 0, 1)),
    pair('a row too many', places(2, 0, 1, 3, 0, 1, 4, 0, 1), 4, {}),
    pair('rows out of order', places(3, 0, 1, 2, 0, 1), 2, {}),
    pair('a range that ends before it begins', places(2, 5, 4, 3, 0, 1), 2, places(2, 5, 5, 3, 0, 1)),
    pair('a range before the text', places(2, -1, 4, 3, 0, 1), 2, {}),
    pair('half a row', places(2, 0, 1, 3, 0), 3, {}),
  ],
  'undeclared-effect': [
    table('output', effects({ emits: false }), 'exports[0]', effects({})),
    table('suspension', effects({ suspends: false }), 'exports[0]'),
    table('waiting', effects({ awaits: false }), 'exports[0]'),
    table('an import', effects({ imports: [1] }), 'exports[0]'),
    table('more than there is', effects({ imports: [0, 1, 2] }), 'exports[0]'),
    table('an import twice', effects({ imports: [0, 0] }), 'exports[0]'),
    table('what a FUNC does that is called', calledEffects({ suspends: false }), 'exports[0]', calledEffects({})),
  ],
} as const satisfies { readonly [R in Reason]?: readonly Case[] };
