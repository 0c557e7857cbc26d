/**
 * What work and memory are charged is honest: a part of the table that `bench/honesty.mjs` makes, with its bounds, and the
 * proof that it finds what is undercharged.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { StdRow } from '../../src/link/native.ts';
import type { Meter } from '../../src/value/meter.ts';
import { CASES, unmeasuredFunctions, unmeasuredOpcodes } from '../honesty/cases.ts';
import { type Distortion, Machine } from '../honesty/measure.ts';
import { Table } from '../honesty/table.ts';

const BOUNDS = { time: 20, memory: 3, freeBytes: 8 << 20 };
const EFFORT = { ms: 2, rounds: 2, chances: 6 };
const SIZE = 10_000;
/** Memory is made only as fast as time passes: enough of it to exceed what is free takes a while. */
const LONG_EFFORT = { ms: 20, rounds: 1, chances: 3 };
/** Those that were undercharged once, and one of each kind of work. */
const SAMPLE = [
  'ADD: joined texts that are read',
  'ADD: a text that grows',
  'SET_STATIC: in a copy',
  'SET_DYNAMIC: joined keys',
  'MAKE_OBJECT: a joined key',
  'PUT: a key of its own each',
  'SUBSTRING: of a joined text',
  'TRIM: of a joined text',
  'UPPER: one that triples',
  'SORT: texts',
  'REPLACE: each character',
  'JSON_STRING: keys',
];

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

async function undercharged(
  names: readonly string[],
  distort?: Distortion,
  effort = EFFORT,
): Promise<readonly string[]> {
  const table = new Table(await Machine.start(distort), BOUNDS, effort, gc);
  return CASES.filter(({ name }) => names.includes(name))
    .filter((subject) => !table.row(subject, SIZE).isHonest)
    .map(({ name }) => name);
}

/** The function works as before, but what it charges by size goes nowhere. */
function forgetting(name: string, forgotten: keyof Meter & ('charge' | 'allocate')): Distortion {
  return (row: StdRow) => {
    if (row.name !== name || row.kind !== 'native') return row;
    const { call } = row;
    return {
      ...row,
      call: (context, ...args) => {
        const free = { charge: context.charge.bind(context), allocate: context.allocate.bind(context) };
        return call(Object.assign(Object.create(context), free, { [forgotten]: () => undefined }), ...args);
      },
    };
  };
}

it('every function and every opcode is measured', async () => {
  expect(unmeasuredFunctions()).toEqual([]);
  expect(unmeasuredOpcodes(await Machine.start())).toEqual([]);
});

it('time and memory are charged for', async () => {
  expect(CASES.filter(({ name }) => SAMPLE.includes(name))).toHaveLength(SAMPLE.length);
  expect(await undercharged(SAMPLE)).toEqual([]);
});

it('work that is not charged is found', async () => {
  expect(await undercharged(['SORT: texts'], forgetting('SORT', 'charge'))).toEqual(['SORT: texts']);
});

it('memory that is not charged is found', async () => {
  expect(await undercharged(['REVERSE'], forgetting('REVERSE', 'allocate'), LONG_EFFORT)).toEqual(['REVERSE']);
});
