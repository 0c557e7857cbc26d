/**
 * A writer of JSON texts that loses nothing: bigints and decimals in full, bytes as base64, sets as sorted lists,
 * integer keys as text. What JSON cannot say is refused, never dropped: NaN, lambdas, host values.
 *
 * Promises: no `toJSON` of anything is called and no prototype is looked at. Recursion is bounded by the nesting limit.
 */
import { encodeBase64 } from './base64.ts';
import { chargeText, wordsOf } from './bigints.ts';
import { Bytes } from './bytes.ts';
import { chargeFlattening, checkTextLength } from './charges.ts';
import { Decimal } from './decimal.ts';
import { argumentFault, type Fault, foreignFault, leavingFault, nestingStop } from './fault.ts';
import { elementsOf } from './iterate.ts';
import type { NumberMode } from './json-reader.ts';
import { kindOf, type PlainRecord, type Value } from './kinds.ts';
import { BYTES, type Meter } from './meter.ts';
import { OrderedMap } from './ordered-map.ts';

/** What a text does not show of its value though nothing of it is refused: for warnings. */
export type JsonLoss = 'bytes' | 'key-order' | 'wide-number';

export interface WriterOptions {
  readonly numbers: NumberMode;
  /** Spaces per level; 0 prints on one line without any. */
  readonly indent: number;
  /** Sorted keys, fixed escapes and number forms: equal values have equal texts. */
  readonly canonical: boolean;
  readonly nesting: number;
  /** Charged per node and character when a program prints. */
  readonly meter: Meter | undefined;
  /** Told at each loss. */
  readonly onLoss?: ((loss: JsonLoss) => void) | undefined;
}

/** Measured on Node 20: 200 ns for a number in a list, 800 for a field of a large record, 150 for a line, 6 per escape. */
const FUEL_PER_NODE = 10;
const FUEL_PER_FIELD = 20;
const FUEL_PER_LINE = 8;
/** Escaping makes a text at most six times as long. */
const LONGEST_UNMEASURED = 2 ** 26;

const INT64_BOUND = 2 ** 63;
const ESCAPED = /["\\\u0000-\u001f]/;
const ALL_ESCAPED = /["\\\u0000-\u001f]/g;

export class JsonWriter {
  readonly #options: WriterOptions;
  #text = '';

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  print(value: Value): string {
    this.#write(value, 0);
    return this.#text;
  }

  /** The elements of a set in the order in which it is written. */
  sort(set: ReadonlySet<Value>): readonly Value[] {
    return this.#sorted(set, this.#below(0)).map((element) => element.value);
  }

  #write(value: Value, depth: number): void {
    this.#options.meter?.charge(FUEL_PER_NODE);
    switch (typeof value) {
      case 'string':
        this.#append(this.#quoted(value));
        return;
      case 'number':
        this.#append(this.#numberText(value));
        return;
      case 'boolean':
        this.#append(value ? 'true' : 'false');
        return;
      case 'undefined':
        this.#append('null');
        return;
      case 'bigint':
        this.#append(this.#integerText(value));
        return;
      case 'object':
        if (value === null) this.#append('null');
        else this.#writeObject(value, depth);
        return;
      default:
        throw foreignFault('written as JSON');
    }
  }

  #writeObject(value: object, depth: number): void {
    const kind = kindOf(value);
    switch (kind) {
      case 'decimal':
        this.#append(this.#decimalText(value as Decimal));
        return;
      case 'bytes':
        this.#options.onLoss?.('bytes');
        this.#append(`"${this.#bytesText(Bytes.dataOf(value as Bytes | Uint8Array))}"`);
        return;
      case 'list':
        this.#writeList(value as readonly Value[], this.#below(depth));
        return;
      case 'set':
        this.#writeSet(value as ReadonlySet<Value>, depth);
        return;
      case 'record':
        this.#writeRecord(value as PlainRecord, this.#below(depth));
        return;
      case 'map':
        this.#writeEntries(textEntriesOf(value as OrderedMap), this.#below(depth));
        return;
      case 'closure':
      case 'handle':
      case 'sequence':
        throw leavingFault(kind);
      default:
        throw foreignFault('written as JSON');
    }
  }

  #writeList(list: readonly Value[], depth: number): void {
    if (list.length === 0) {
      this.#append('[]');
      return;
    }
    this.#append('[');
    for (let i = 0; i < list.length; i++) {
      this.#startItem(i, depth);
      this.#write(list[i], depth);
    }
    this.#end(']', depth);
  }

  #writeRecord(record: PlainRecord, depth: number): void {
    const keys = Object.keys(record);
    this.#options.meter?.charge(FUEL_PER_FIELD * keys.length);
    if (this.#options.canonical) this.#sortKeys(keys);
    this.#writeFields(keys, (key) => record[key], depth);
  }

  #writeEntries(entries: ReadonlyMap<string, Value>, depth: number): void {
    const keys = [...entries.keys()];
    this.#options.meter?.charge(FUEL_PER_FIELD * keys.length);
    if (this.#options.canonical) this.#sortKeys(keys);
    this.#writeFields(keys, (key) => entries.get(key), depth);
  }

  #sortKeys(keys: string[]): void {
    if (keys.every((key, i) => i === 0 || (keys[i - 1] as string) < key)) return;
    this.#options.onLoss?.('key-order');
    keys.sort();
  }

  #writeFields(keys: readonly string[], partOf: (key: string) => Value, depth: number): void {
    if (keys.length === 0) {
      this.#append('{}');
      return;
    }
    const colon = this.#options.indent === 0 ? ':' : ': ';
    this.#append('{');
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      this.#startItem(i, depth);
      this.#append(this.#quoted(key) + colon);
      this.#write(partOf(key), depth);
    }
    this.#end('}', depth);
  }

  /** null < booleans < numbers < texts < lists < objects, then by value, then by canonical text. */
  #writeSet(set: ReadonlySet<Value>, depth: number): void {
    const below = this.#below(depth);
    const elements = this.#sorted(set, below);
    if (this.#options.canonical && this.#options.indent === 0) {
      // Why not write the elements again: sets in sets would then be printed twice at every level.
      this.#append(`[${elements.map((element) => element.text).join(',')}]`);
    } else {
      this.#writeList(
        elements.map((element) => element.value),
        below,
      );
    }
  }

  #sorted(set: ReadonlySet<Value>, depth: number): readonly Sortable[] {
    const elements = elementsOf(set).map((value) => this.#sortable(value, depth));
    this.#options.meter?.charge(8 * elements.length);
    return elements.sort(compareSortables);
  }

  #sortable(value: Value, depth: number): Sortable {
    const { canonical: isPrinted, onLoss, nesting } = this.#options;
    const canonical = {
      ...this.#options,
      indent: 0,
      canonical: true,
      nesting: nesting - depth,
      onLoss: isPrinted ? onLoss : undefined,
    };
    const text = new JsonWriter(canonical).print(value);
    switch (kindOf(value)) {
      case 'null':
        return { rank: 0, value, text };
      case 'boolean':
        return { rank: 1, value, text };
      case 'number':
      case 'bigint':
        return { rank: 2, value, text, number: value as number | bigint };
      case 'decimal':
        return { rank: 2, value, text, number: Decimal.numberOf(value as Decimal) };
      case 'text':
        return { rank: 3, value, text, unquoted: value as string };
      case 'bytes':
        return { rank: 3, value, text, unquoted: text.slice(1, -1) };
      case 'list':
      case 'set':
        return { rank: 4, value, text };
      default:
        return { rank: 5, value, text };
    }
  }

  #numberText(value: number): string {
    if (!Number.isFinite(value)) throw argumentFault('MR6024', 'JSON output cannot encode NaN or Infinity');
    if (!this.#options.canonical) return String(value);
    // Why: a canonical text does not tell a big integer that came as a double from one that came as a bigint.
    const isWide = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < INT64_BOUND;
    return isWide ? this.#integerText(BigInt(value)) : String(value).replace('e+', 'e');
  }

  #integerText(value: bigint): string {
    if (this.#options.meter !== undefined) chargeText(this.#options.meter, wordsOf(value));
    if (this.#options.numbers === 'strict') throw strictFault(value.toString());
    if (this.#options.numbers === 'safe') return `"${value}"`;
    this.#options.onLoss?.('wide-number');
    return value.toString();
  }

  #decimalText(value: Decimal): string {
    if (this.#options.meter !== undefined) {
      chargeText(this.#options.meter, wordsOf(Decimal.unscaledOf(value)));
      this.#options.meter.charge(Math.abs(Decimal.scaleOf(value)) >> 3);
    }
    const text = Decimal.plainTextOf(value);
    if (this.#options.numbers === 'strict') throw strictFault(text);
    if (this.#options.numbers === 'safe') return `"${text}"`;
    this.#options.onLoss?.('wide-number');
    return text;
  }

  #bytesText(data: Uint8Array): string {
    this.#options.meter?.charge(data.length);
    return encodeBase64(data);
  }

  #quoted(text: string): string {
    this.#options.meter?.charge(text.length >> 2);
    if (this.#options.meter !== undefined) chargeFlattening(this.#options.meter, text.length);
    if (text.length > LONGEST_UNMEASURED) checkTextLength(longestQuoted(text));
    if (!this.#options.canonical) return JSON.stringify(text);
    return ESCAPED.test(text) ? `"${text.replace(ALL_ESCAPED, canonicalEscape)}"` : `"${text}"`;
  }

  #startItem(index: number, depth: number): void {
    if (index > 0) this.#append(',');
    this.#newLine(depth);
  }

  #end(bracket: string, depth: number): void {
    this.#newLine(depth - 1);
    this.#append(bracket);
  }

  #newLine(depth: number): void {
    if (this.#options.indent === 0) return;
    this.#options.meter?.charge(FUEL_PER_LINE);
    this.#append(`\n${' '.repeat(this.#options.indent * depth)}`);
  }

  #below(depth: number): number {
    if (depth >= this.#options.nesting) throw nestingStop(this.#options.nesting);
    return depth + 1;
  }

  #append(piece: string): void {
    checkTextLength(this.#text.length + piece.length);
    this.#options.meter?.charge(piece.length >> 5);
    this.#options.meter?.allocate(BYTES.stringHeader + 2 * piece.length);
    this.#text += piece;
  }
}

interface Sortable {
  readonly rank: number;
  readonly value: Value;
  /** Canonical. */
  readonly text: string;
  readonly number?: number | bigint;
  /** Of texts and of bytes, which are printed as texts: without quotes and escapes, so that both have one order. */
  readonly unquoted?: string;
}

function compareSortables(a: Sortable, b: Sortable): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.number !== undefined && b.number !== undefined) {
    if (a.number < b.number) return -1;
    if (a.number > b.number) return 1;
  } else if (a.unquoted !== undefined && b.unquoted !== undefined) {
    return a.unquoted < b.unquoted ? -1 : a.unquoted > b.unquoted ? 1 : 0;
  }
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

/** Keys as text; where an integer and a text key meet, the first place and the last value win. */
function textEntriesOf(map: OrderedMap): ReadonlyMap<string, Value> {
  const entries = new Map<string, Value>();
  for (const [key, value] of OrderedMap.entriesOf(map)) entries.set(String(key), value);
  return entries;
}

/** How long the text may become in quotes, before it is made. */
function longestQuoted(text: string): number {
  let length = text.length + 2;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff)) length += 5;
    else if (unit === 0x22 || unit === 0x5c) length++;
  }
  return length;
}

function canonicalEscape(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function strictFault(number: string): Fault {
  const shown = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  return argumentFault('MR6024', `strict JSON output cannot encode ${shown} exactly`);
}
