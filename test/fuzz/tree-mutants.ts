/**
 * Changed JSON ASTs, as objects and as texts: nodes, values and types exchanged, dropped, repeated; fields with the names of
 * prototypes; too deep ones; objects that are no JSON. What passes the checks is compiled, and the verifier may refuse that
 * only for its size.
 */
import { unparseModule } from '../../src/front/unparse.ts';
import { checkModule } from '../../src/ir/check.ts';
import { decodeModuleText, decodeModuleValue } from '../../src/ir/decode.ts';
import { encodeModule } from '../../src/ir/encode.ts';
import type { IrModule } from '../../src/ir/nodes.ts';
import { IR_REASONS } from '../../src/ir/reasons.ts';
import { STANDARD } from '../../src/std/index.ts';
import { isSizeReason, type Refusal } from '../../src/verify/reasons.ts';
import { verifyModule } from '../../src/verify/verify.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { compileIr, irOf, type Seed, SeedPool, seedsOf } from './mutant-seeds.ts';
import { type Judged, type Mutant, type MutantOptions, type MutantReport, runMutants } from './mutants.ts';
import type { Random } from './random.ts';
import { type Mutable, mutate, nestDeeply } from './tree-edits.ts';

export { formatMutants } from './mutants.ts';

/** Each how manieth accepted tree is also written as a program and read again. */
const UNPARSED_EVERY = 4;

export async function mutateTrees(options: MutantOptions): Promise<MutantReport> {
  // Parsed anew for each mutant, which is faster than a clone.
  const pool = new SeedPool(seedsOf(options.scripts, options.seed), textOf);
  return runMutants(options, (random) => mutantOf(random, pool), sizeOnly);
}

/** Half of them without places. */
function textOf({ ir, lines }: Seed, index: number): string {
  return JSON.stringify(encodeModule(ir, { source: index % 2 === 0 ? lines : null }));
}

function sizeOnly(refusals: readonly Refusal[]): string | undefined {
  const other = refusals.find(({ reason }) => !isSizeReason(reason));
  return other && `compiled code is refused: ${other.reason} in ${other.unit} ${other.what}`;
}

function mutantOf(random: Random, pool: SeedPool<string>): Mutant {
  return random.weighted([
    [80, () => changedTree(random, pool)],
    [10, () => changedText(random, pool)],
    [5, () => deepTree(random, pool)],
    [5, () => foreignTree(random, pool)],
  ]);
}

function changedTree(random: Random, pool: SeedPool<string>): Mutant {
  const ast = JSON.parse(pool.pick(random)) as Mutable;
  mutate(random, ast, JSON.parse(pool.pick(random)) as Mutable);
  const isText = random.chance(5);
  const isUnparsed = random.below(UNPARSED_EVERY) === 0;
  return {
    name: isText ? 'tree as text' : 'tree',
    judge: () => judge(isText ? decodeModuleText(JSON.stringify(ast)) : decodeModuleValue(ast), isUnparsed),
    show: () => JSON.stringify(ast),
  };
}

function changedText(random: Random, pool: SeedPool<string>): Mutant {
  const [seed, donor] = [pool.pick(random), pool.pick(random)].map((text) => Buffer.from(text)) as [Buffer, Buffer];
  const { name, bytes } = mutateBytes(seed, random, donor);
  const text = Buffer.from(bytes).toString('utf8');
  return { name: `text, ${name}`, judge: () => judge(decodeModuleText(text), false), show: () => text };
}

function deepTree(random: Random, pool: SeedPool<string>): Mutant {
  const ast = JSON.parse(pool.pick(random)) as Mutable;
  nestDeeply(random, ast);
  return {
    name: 'deep tree',
    judge: () => judge(decodeModuleValue(ast), false),
    show: () => JSON.stringify(ast),
  };
}

/** Somewhere in it stands what no JSON text can say; nothing of it may be called. */
function foreignTree(random: Random, pool: SeedPool<string>): Mutant {
  const text = pool.pick(random);
  const calls: string[] = [];
  const call = (what: string) => (): never => {
    calls.push(what);
    throw new Error(what);
  };
  const foreign = random.pick<() => unknown>([
    () => Object.defineProperty({}, 'kind', { get: call('get'), enumerable: true }),
    () => Object.setPrototypeOf({}, { kind: 'Not' }),
    () => ({ toJSON: call('toJSON'), valueOf: call('valueOf'), toString: call('toString') }),
    () => ({ [Symbol.iterator]: call('iterator'), [Symbol.toPrimitive]: call('toPrimitive') }),
    () => new Proxy({}, { get: call('proxy get'), has: call('proxy has') }),
    () => Object.assign(new Array(5), { 7: 1 }),
    () => new Map([['kind', 'Not']]),
    () => new (class Node {})(),
    () => call('function'),
    () => Symbol('x'),
    () => undefined,
    () => 12n,
    () => Number.NaN,
  ])();
  const chosen = random.below(countValues(JSON.parse(text)));
  let at = 0;
  const ast: unknown = JSON.parse(text, (_, value: unknown) => (at++ === chosen ? foreign : value));
  const judgeForeign = (): Judged => {
    const judged = judge(decodeModuleValue(ast), false);
    return calls.length === 0 ? judged : { problem: `${calls.join()} of a foreign value was called` };
  };
  return { name: `foreign ${typeof foreign}`, judge: judgeForeign, show: () => `entry ${chosen} of ${text}` };
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + countValues(part), 1);
}

function judge(decoding: ReturnType<typeof decodeModuleValue>, isUnparsed: boolean): Judged {
  if (!decoding.ok) return refused('decoder', decoding.refusal.reason, decoding.refusal.pointer);
  const refusal = checkModule(decoding.module, { standard: STANDARD }, decoding.source);
  if (refusal !== undefined) return refused('checker', refusal.reason, refusal.pointer);
  const problem = isUnparsed ? problemOfText(decoding.module) : undefined;
  return problem === undefined ? { verification: verifyModule(compileIr(decoding.module)) } : { problem };
}

function refused(by: 'decoder' | 'checker', reason: keyof typeof IR_REASONS, pointer: string): Judged {
  if (!Object.hasOwn(IR_REASONS, reason)) return { problem: `${reason} is no reason` };
  if (pointer !== '' && !pointer.startsWith('/')) return { problem: `${reason} is said of ${pointer}` };
  return { refusedBy: by, reason };
}

/** What is accepted can be written as a program that is accepted again. */
function problemOfText(module: IrModule): string | undefined {
  const unparsed = unparseModule(module, { standard: STANDARD });
  if ('text' in unparsed)
    return irOf(unparsed.text) === null ? `as a text it is refused:\n${unparsed.text}` : undefined;
  return unparsed.diagnostics.every(({ code }) => code === 'MR1002' || code === 'MR1003')
    ? undefined
    : `there is no text of it: ${unparsed.diagnostics[0]?.message}`;
}
