/**
 * Damaged binary modules: bytes anywhere, bytes inside sections whose lengths are put right, and modules that were taken
 * apart, changed, and encoded again with or without new declarations, which is what gets past the decoder and often past
 * the verifier.
 */
import { decodeBinary } from '../../src/bytecode/decode.ts';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import type { Module } from '../../src/bytecode/module.ts';
import { verifyModule } from '../../src/verify/verify.ts';
import { mutateModule } from '../support/mutate-bytes.ts';
import { editModule } from './module-edits.ts';
import { type Seed, SeedPool, seedsOf } from './mutant-seeds.ts';
import { type Judged, type Mutant, type MutantOptions, type MutantReport, runMutants } from './mutants.ts';
import type { Random } from './random.ts';

export { formatMutants } from './mutants.ts';

interface BinarySeed extends Pick<Seed, 'module' | 'lines'> {
  readonly bytes: Uint8Array;
}

export async function mutateBinaries(options: MutantOptions): Promise<MutantReport> {
  const pool = new SeedPool(seedsOf(options.scripts, options.seed), binarySeed);
  return runMutants(options, (random) => mutantOf(random, pool));
}

/** Half of them without places, some signed by nobody. */
function binarySeed({ module, lines }: Seed, index: number): BinarySeed {
  const signature = index % 4 === 0 ? Uint8Array.of(1, 2, 3) : null;
  const bytes = encodeBinary({ module, lines: index % 2 === 0 ? lines : null, signature });
  return { module, lines, bytes };
}

function mutantOf(random: Random, pool: SeedPool<BinarySeed>): Mutant {
  const [seed, donor] = [pool.pick(random), pool.pick(random)];
  const { name, bytes } = random.weighted([
    [40, () => mutateModule(seed.bytes, random, donor.bytes)],
    [50, () => edited(random, seed, donor)],
    [
      10,
      () => {
        const first = edited(random, seed, donor);
        const second = mutateModule(first.bytes, random, donor.bytes);
        return { name: `${first.name}, ${second.name}`, bytes: second.bytes };
      },
    ],
  ]);
  return { name, judge: () => judge(bytes), show: () => `base64 ${Buffer.from(bytes).toString('base64')}` };
}

function edited(random: Random, seed: BinarySeed, donor: BinarySeed): { name: string; bytes: Uint8Array } {
  const { name, module } = editModule(random, seed.module, donor.module);
  return { name, bytes: encodeBinary({ module, lines: hasPlaces(module) ? seed.lines : null, signature: null }) };
}

/** A line table is written only of the places that the compiler made. */
function hasPlaces({ units }: Module): boolean {
  return units.every(({ places }) => places.length > 0);
}

function judge(bytes: Uint8Array): Judged {
  const decoding = decodeBinary(bytes);
  if (!decoding.ok) {
    const { reason, byteOffset } = decoding.refusal;
    if (byteOffset < 0 || byteOffset > bytes.length) return { problem: `${reason} is said of byte ${byteOffset}` };
    return { refusedBy: 'decoder', reason };
  }
  if (Buffer.compare(encodeBinary(decoding.file), bytes) !== 0)
    return { problem: 'the module has another file as well' };
  return { verification: verifyModule(decoding.file.module) };
}
