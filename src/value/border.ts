/**
 * Values crossing between the host and programs.
 *
 * In: `checkInput` walks and refuses what is not plain data; `copyInput` makes plain data of the program's own. Neither
 * runs code of the host: accessors are found by their descriptors. (A Proxy cannot be told from its target without
 * running its traps; it is what its traps say it is.) Out: `exportValue` turns what only the engine knows into what
 * JavaScript programs know, and copies nothing else.
 *
 * Invariant: recursion is bounded by the nesting limit, also for cyclic inputs. Inputs that share parts are walked once
 * per place; that is the host's own doing, results are charged for it.
 */
import { Bytes } from './bytes.ts';
import { allocateList, chargeBuilding, FUEL_PER_NODE, MAX_NESTING, nestingOf, recordBytes } from './charges.ts';
import { type Fault, leavingFault, nestingStop, stateFault } from './fault.ts';
import { elementsOf } from './iterate.ts';
import { isPlainScalar, kindOf, type PlainRecord, type Value } from './kinds.ts';
import { BYTES, type Meter } from './meter.ts';
import { OrderedMap } from './ordered-map.ts';
import { setOwn } from './path.ts';

const apply = Reflect.apply;
const getOwnPropertyDescriptor = Object.getOwnPropertyDescriptor;
const getOwnPropertyNames = Object.getOwnPropertyNames;
const getOwnPropertySymbols = Object.getOwnPropertySymbols;
const bufferOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer')?.get;
const MAX_PATH_LENGTH = 200;

/**
 * Throws a fault that names the place of the first part that is not plain data; a Stop where it nests too deeply.
 *
 * Measured on Node 20 for an order of 100 values, in times of a walk that would run accessors (1 µs): 6.3, of which
 * descriptors are 4, symbols and hidden names 1.4. Nothing cheaper tells an accessor without running it: asking for a getter
 * by `__lookupGetter__` takes as long and misses setters, all descriptors at once take five times as long.
 */
export function checkInput(value: Value, nesting: number): void {
  new InputWalk(nesting, null).check(value, 0);
}

/**
 * A deep copy: plain records and lists, with null for undefined. Refuses what `checkInput` refuses. `meter` pays for the
 * copy where a program can cause it.
 */
export function copyInput(value: Value, nesting: number, meter: Meter | null = null): Value {
  return new InputWalk(nesting, meter).copy(value, 0);
}

/**
 * The value as hosts get it: ordered maps become plain objects (integer keys as text), bytes `Uint8Array`s. A container
 * with nothing to convert below it is returned as it is. Foreign values were the host's and go back untouched.
 *
 * The first `paid` visits of containers and their parts are not charged.
 */
export function exportValue(meter: Meter, value: Value, paid = 0): Value {
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  return exportObject(new ExportWalk(meter, paid), value, 0);
}

/** One walk over an input. The path to the part at hand is kept for the message of a refusal. */
class InputWalk {
  readonly #nesting: number;
  readonly #meter: Meter | null;
  readonly #path: (string | number)[] = [];

  constructor(nesting: number, meter: Meter | null) {
    this.#meter = meter;
    this.#nesting = Math.min(nesting, MAX_NESTING);
  }

  check(value: Value, depth: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#checkScalar(value);
      return;
    }
    switch (kindOf(value)) {
      case 'record':
        this.#checkRecord(value as PlainRecord, depth);
        return;
      case 'list':
        this.#checkNames(value, this.#visitElements(value as readonly Value[], depth) + 1);
        return;
      case 'set':
        this.#checkDepth(depth);
        for (const element of elementsOf(value as ReadonlySet<Value>)) this.check(element, depth + 1);
        return;
      default:
        this.#checkLeaf(value);
    }
  }

  copy(value: Value, depth: number): Value {
    if (typeof value !== 'object' || value === null) {
      this.#checkScalar(value);
      return value === undefined ? null : value;
    }
    switch (kindOf(value)) {
      case 'record':
        return this.#copyRecord(value as PlainRecord, depth);
      case 'list':
        return this.#copyList(value as readonly Value[], depth);
      case 'set':
        this.#checkDepth(depth);
        this.#charge((value as ReadonlySet<Value>).size, BYTES.list, BYTES.mapEntry);
        return new Set(elementsOf(value as ReadonlySet<Value>).map((element) => this.copy(element, depth + 1)));
      case 'bytes':
        this.#checkLeaf(value);
        this.#meter?.allocate(Bytes.dataOf(value as Uint8Array).length);
        return Uint8Array.from(Bytes.dataOf(value as Uint8Array));
      default:
        this.#checkLeaf(value);
        return value;
    }
  }

  #checkRecord(record: PlainRecord, depth: number): void {
    this.#checkDepth(depth);
    let count = 0;
    for (const key in record) {
      const part = this.#dataOf(record, key);
      if (part === INHERITED) continue;
      count++;
      if (isPlainScalar(part)) continue;
      this.#path.push(key);
      this.check(part, depth + 1);
      this.#path.pop();
    }
    this.#checkNames(record, count);
  }

  #visitElements(list: readonly Value[], depth: number): number {
    this.#checkDepth(depth);
    for (let i = 0; i < list.length; i++) {
      const part = this.#dataOf(list, i);
      if (isPlainScalar(part)) continue;
      this.#path.push(i);
      if (part === INHERITED) throw this.#refusal('a missing element');
      this.check(part, depth + 1);
      this.#path.pop();
    }
    return list.length;
  }

  #copyRecord(record: PlainRecord, depth: number): PlainRecord {
    this.#checkDepth(depth);
    const copy: PlainRecord = {};
    const keys = Object.keys(record);
    this.#checkNames(record, keys.length);
    if (this.#meter !== null) {
      this.#meter.charge(FUEL_PER_NODE);
      chargeBuilding(this.#meter, keys.length);
      this.#meter.allocate(recordBytes(keys.length));
    }
    for (const key of keys) {
      const part = this.#dataOf(record, key);
      this.#path.push(key);
      setOwn(copy, key, this.copy(part, depth + 1));
      this.#path.pop();
    }
    return copy;
  }

  #copyList(list: readonly Value[], depth: number): Value[] {
    this.#checkDepth(depth);
    this.#charge(list.length, BYTES.list, BYTES.listSlot);
    const copy: Value[] = [];
    for (let i = 0; i < list.length; i++) {
      const part = this.#dataOf(list, i);
      this.#path.push(i);
      if (part === INHERITED) throw this.#refusal('a missing element');
      copy.push(this.copy(part, depth + 1));
      this.#path.pop();
    }
    this.#checkNames(list, list.length + 1);
    return copy;
  }

  /** The value of a data property, without running an accessor; INHERITED where it is no own property. */
  #dataOf(container: object, key: string | number): Value {
    const descriptor = getOwnPropertyDescriptor(container, key);
    if (descriptor === undefined) return INHERITED;
    if (descriptor.value === undefined && (descriptor.get !== undefined || descriptor.set !== undefined)) {
      this.#path.push(key);
      throw this.#refusal('an accessor');
    }
    return descriptor.value;
  }

  /** Symbols and properties that enumeration does not show would be read in place, unchecked. */
  #checkNames(container: object, expected: number): void {
    if (getOwnPropertySymbols(container).length > 0) throw this.#refusal('an object with a symbol key');
    if (getOwnPropertyNames(container).length !== expected) throw this.#refusal('an object with hidden properties');
  }

  #checkScalar(value: Value): void {
    switch (typeof value) {
      case 'number':
        if (!Number.isFinite(value)) throw this.#refusal(String(value));
        return;
      case 'function':
      case 'symbol':
        throw this.#refusal(`a ${typeof value}`);
    }
  }

  #checkLeaf(value: object): void {
    const kind = kindOf(value);
    if (kind === 'decimal') return;
    if (kind !== 'bytes') throw this.#refusal(kind === 'foreign' ? 'an instance of a class' : `a ${kind} of a program`);
    if (value instanceof Bytes) return;
    const buffer: unknown = bufferOf === undefined ? undefined : apply(bufferOf, value, []);
    if (!(buffer instanceof ArrayBuffer)) throw this.#refusal('a view of shared memory');
  }

  /** A copy of a container, when a run pays for it: a value that shares its parts is copied as a tree. */
  #charge(parts: number, header: number, part: number): void {
    this.#meter?.charge(FUEL_PER_NODE * (1 + parts));
    this.#meter?.allocate(header + part * parts);
  }

  #checkDepth(depth: number): void {
    if (depth >= this.#nesting) throw nestingStop(this.#nesting);
  }

  #refusal(what: string): Fault {
    const place = this.#path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    const shown = place.length > MAX_PATH_LENGTH ? `${place.slice(0, MAX_PATH_LENGTH)}…` : place;
    return stateFault('MR6016', `input${shown} is ${what}, which programs cannot take`);
  }
}

/** Stands for the value of a property that an object does not have itself. */
const INHERITED = Symbol('inherited');

/** One walk over what leaves. */
class ExportWalk {
  readonly meter: Meter;
  readonly limit: number;
  #paid: number;

  constructor(meter: Meter, paid: number) {
    this.meter = meter;
    this.limit = nestingOf(meter);
    this.#paid = paid;
  }

  visit(count: number): void {
    this.#paid -= count;
    if (this.#paid >= 0) return;
    this.meter.charge(-this.#paid);
    this.#paid = 0;
  }
}

function exportObject(walk: ExportWalk, value: object, depth: number): Value {
  walk.visit(1);
  const kind = kindOf(value);
  switch (kind) {
    case 'record':
      return exportRecord(walk, value as PlainRecord, depthBelow(walk, depth));
    case 'list':
      return exportList(walk, value as readonly Value[], depthBelow(walk, depth));
    case 'map':
      return exportMap(walk, value as OrderedMap, depthBelow(walk, depth));
    case 'set':
      return exportSet(walk, value as ReadonlySet<Value>, depthBelow(walk, depth));
    case 'bytes':
      return value instanceof Bytes ? exportBytes(walk, value) : value;
    case 'closure':
    case 'handle':
    case 'sequence':
      throw leavingFault(kind);
    default:
      return value;
  }
}

/** Scalars need no conversion; asking here saves a call for each. */
function isScalar(value: Value): boolean {
  return typeof value !== 'object' || value === null;
}

function exportRecord(walk: ExportWalk, record: PlainRecord, depth: number): PlainRecord {
  const keys = Object.keys(record);
  walk.visit(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const part = record[keys[i]];
    if (isScalar(part)) continue;
    const exported = exportObject(walk, part as object, depth);
    if (exported !== part) return exportFields(walk, record, keys, i, exported, depth);
  }
  return record;
}

/** A copy of the record whose field `first` is the first that converts. */
function exportFields(
  walk: ExportWalk,
  record: PlainRecord,
  keys: readonly string[],
  first: number,
  exported: Value,
  depth: number,
): PlainRecord {
  walk.meter.allocate(recordBytes(keys.length));
  const copy: PlainRecord = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const part = record[key];
    const isDone = i < first || isScalar(part);
    setOwn(copy, key, i === first ? exported : isDone ? part : exportObject(walk, part as object, depth));
  }
  return copy;
}

function exportList(walk: ExportWalk, list: readonly Value[], depth: number): readonly Value[] {
  walk.visit(list.length);
  for (let i = 0; i < list.length; i++) {
    const part = list[i];
    if (isScalar(part)) continue;
    const exported = exportObject(walk, part as object, depth);
    if (exported !== part) return exportElements(walk, list, i, exported, depth);
  }
  return list;
}

/** A copy of the list whose element `first` is the first that converts. */
function exportElements(
  walk: ExportWalk,
  list: readonly Value[],
  first: number,
  exported: Value,
  depth: number,
): readonly Value[] {
  allocateList(walk.meter, list.length);
  const copy: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const part = list[i];
    const isDone = i < first || isScalar(part);
    copy.push(i === first ? exported : isDone ? part : exportObject(walk, part as object, depth));
  }
  return copy;
}

/** Where an integer and a text key have the same text, the first place and the last value win. */
function exportMap(walk: ExportWalk, map: OrderedMap, depth: number): PlainRecord {
  const size = OrderedMap.size(map);
  const { meter } = walk;
  chargeBuilding(meter, size);
  meter.allocate(recordBytes(size));
  const record: PlainRecord = {};
  for (const [key, part] of OrderedMap.entriesOf(map)) {
    setOwn(record, String(key), isScalar(part) ? part : exportObject(walk, part as object, depth));
  }
  return record;
}

function exportSet(walk: ExportWalk, set: ReadonlySet<Value>, depth: number): ReadonlySet<Value> {
  const elements = elementsOf(set);
  const exported = exportList(walk, elements, depth);
  return exported === elements ? set : new Set(exported);
}

/** A copy, because the host may write to what it gets. */
function exportBytes(walk: ExportWalk, bytes: Bytes): Uint8Array {
  const data = Bytes.dataOf(bytes);
  const { meter } = walk;
  meter.charge(data.length >> 6);
  meter.allocate(data.length);
  return Uint8Array.from(data);
}

function depthBelow(walk: ExportWalk, depth: number): number {
  const { limit } = walk;
  if (depth >= limit) throw nestingStop(limit);
  return depth + 1;
}
