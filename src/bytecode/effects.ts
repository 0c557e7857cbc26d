/**
 * Effects of units: what a unit and all it can call inside its module may do. The compiler declares them of exports with
 * this; the verifier computes them again from the code and compares.
 */
import type { CallEntry, Effects, Import, Unit } from './module.ts';
import { type Effect, OP_NAMES, OPCODES, type OpName, opWidth } from './opcodes.ts';

export const SHARED_URI = 'host:shared';

/** By opcode: what reading code for its effects needs of the table. */
const ROWS: {
  readonly name: OpName;
  readonly effect: Effect;
  readonly width: number;
  /** Adds nothing to what a unit may do. */
  readonly isSilent: boolean;
}[] = [];
const SILENT: ReadonlySet<Effect> = new Set(['none', 'write', 'trace']);
for (const name of OP_NAMES) {
  const { code, effect } = OPCODES[name];
  ROWS[code] = {
    name,
    effect,
    width: opWidth(name),
    isSilent: SILENT.has(effect) && name !== 'CLOSURE' && name !== 'CATCH',
  };
}

const EMITS = 1n;
const SUSPENDS = 2n;
const AWAITS = 4n;
const FIRST_IMPORT = 8n;

/** What a unit reaches inside its module. */
export interface Reach {
  readonly emits: boolean;
  readonly suspends: boolean;
  readonly awaitsShared: boolean;
  readonly usesShared: boolean;
  /** Has a TRY with a BACKOFF. */
  readonly backsOff: boolean;
  /** Indexes into `calls`. */
  readonly calls: ReadonlySet<number>;
}

interface Direct extends Reach {
  /** Units called, and lambdas made: they may be called from anywhere later, so they count where they are made. */
  readonly units: ReadonlySet<number>;
}

export interface EffectTables {
  readonly units: readonly Pick<Unit, 'code'>[];
  readonly calls: readonly CallEntry[];
  readonly imports: readonly Import[];
}

/** Computes effects; each unit is read once, however often it is asked for. */
export class EffectsOfUnits {
  /** Empty once each of them has been read: the code may go while its effects are still asked for. */
  #units: EffectTables['units'];
  readonly #tables: Omit<EffectTables, 'units'>;
  readonly #direct = new Map<number, Direct>();
  readonly #reach = new Map<number, Reach>();
  #summaries: readonly bigint[] | undefined;

  constructor({ units, calls, imports }: EffectTables) {
    this.#units = units;
    this.#tables = { calls, imports };
  }

  of(index: number): Effects {
    this.#summaries ??= this.#summarise();
    const summary = this.#summaries[index] as bigint;
    const imports: number[] = [];
    for (let i = 0; i < this.#tables.imports.length; i++) if (has(summary, FIRST_IMPORT << BigInt(i))) imports.push(i);
    return { emits: has(summary, EMITS), suspends: has(summary, SUSPENDS), awaits: has(summary, AWAITS), imports };
  }

  /** Whether the unit itself does. */
  usesShared(unit: number): boolean {
    return this.#directOf(unit).usesShared;
  }

  reachOf(index: number): Reach {
    const known = this.#reach.get(index);
    if (known !== undefined) return known;
    const own = this.#directOf(index);
    if (own.units.size === 0) return own;
    const reached = new Set([index]);
    const calls = new Set<number>();
    const sum = { emits: false, suspends: false, awaitsShared: false, usesShared: false, backsOff: false, calls };
    for (const unit of reached) {
      const direct = this.#directOf(unit);
      sum.emits ||= direct.emits;
      sum.suspends ||= direct.suspends;
      sum.awaitsShared ||= direct.awaitsShared;
      sum.usesShared ||= direct.usesShared;
      sum.backsOff ||= direct.backsOff;
      for (const call of direct.calls) calls.add(call);
      for (const callee of direct.units) reached.add(callee);
    }
    this.#reach.set(index, sum);
    return sum;
  }

  /**
   * By unit, one bit for each effect. What a unit learns goes on to those that reach it, until nothing is new: a module
   * where everything calls everything costs its calls, times its imports at worst.
   */
  #summarise(): readonly bigint[] {
    const units = this.#units;
    const summaries: bigint[] = [];
    for (let unit = 0; unit < units.length; unit++) summaries.push(this.#ownSummary(this.#directOf(unit)));
    this.#units = [];
    // Nobody passes anything on.
    if (units.length === 1) return summaries;
    const users: number[][] = units.map(() => []);
    units.forEach((_, unit) => {
      for (const callee of this.#directOf(unit).units) users[callee]?.push(unit);
    });
    const changed = new Set(units.keys());
    for (const unit of changed) {
      changed.delete(unit);
      for (const user of users[unit] ?? []) {
        const sum = (summaries[user] as bigint) | (summaries[unit] as bigint);
        if (sum === summaries[user]) continue;
        summaries[user] = sum;
        changed.add(user);
      }
    }
    return summaries;
  }

  #ownSummary({ emits, suspends, awaitsShared, usesShared, backsOff, calls }: Direct): bigint {
    const { imports, calls: entries } = this.#tables;
    let summary = (emits ? EMITS : 0n) | (suspends ? SUSPENDS : 0n) | (awaitsShared || backsOff ? AWAITS : 0n);
    const shared = usesShared ? imports.findIndex((entry) => entry.uri === SHARED_URI) : -1;
    if (shared >= 0) summary |= FIRST_IMPORT << BigInt(shared);
    for (const call of calls) {
      const from = entries[call]?.import;
      if (from !== null && from !== undefined) summary |= FIRST_IMPORT << BigInt(from);
    }
    return summary;
  }

  #directOf(index: number): Direct {
    const known = this.#direct.get(index);
    if (known !== undefined) return known;
    const direct = readCode((this.#units[index] as Pick<Unit, 'code'>).code);
    this.#direct.set(index, direct);
    return direct;
  }
}

function has(summary: bigint, flag: bigint): boolean {
  return (summary & flag) !== 0n;
}

function readCode(code: Int32Array): Direct {
  const calls = new Set<number>();
  const units = new Set<number>();
  const direct = {
    emits: false,
    suspends: false,
    awaitsShared: false,
    usesShared: false,
    backsOff: false,
    calls,
    units,
  };
  for (let offset = 0; offset < code.length; ) {
    const { name, effect, width, isSilent } = ROWS[code[offset] as number] as (typeof ROWS)[number];
    if (isSilent) {
      offset += width;
      continue;
    }
    const operand = code[offset + 1] as number;
    switch (effect) {
      case 'emit':
        direct.emits = true;
        break;
      case 'suspend':
        direct.suspends = true;
        break;
      case 'shared':
        direct.usesShared = true;
        direct.awaitsShared ||= name === 'SHARED_AWAIT';
        break;
      case 'call':
        if (name === 'CALL_FN') units.add(operand);
        else if (name === 'CALL_HOST') calls.add(operand);
        break;
      default:
        if (name === 'CLOSURE') units.add(operand);
        else if (name === 'CATCH') direct.backsOff ||= code[offset + OPCODES.CATCH.operands.length] !== 0;
    }
    offset += width;
  }
  return direct;
}
